import { stemOf } from './tokens.js';

/** The stem that stands for all words of the same meaning as `stem`; undefined where no other is known. */
export function meaningOf(stem: string): string | undefined {
  return MEANINGS.get(stem);
}

/** Each line holds words that may replace one another in a question without making it another question. */
const SYNONYMS = `
  main primary principal key chief major important essential significant leading fundamental
  fix repair solve resolve troubleshoot mend
  buy purchase
  change modify update edit alter
  reset recover restore
  begin start commence
  end finish conclude
  big large huge
  small little tiny
  fast quick rapid speedy
  cheap inexpensive affordable
  make create build construct produce generate invent
  get obtain acquire receive
  show display present view
  delete remove erase
  cancel terminate
  use utilize employ apply usage
  choose select pick
  car automobile vehicle
  movie film
  doctor physician
  kid child
  job work occupation profession
  house home
  picture image photo photograph
  bug issue problem trouble
  error mistake
  benefit advantage pro upside
  drawback disadvantage downside con shortcoming
  reason cause
  difference distinction differ compare comparison contrast
  mean definition define meaning
  author writer write
  happen occur
  learn study
  improve enhance better optimize
  increase raise grow boost rise
  reduce decrease lower cut lessen
  price cost charge fee expensive
  country nation
  city town
  street road
  salary wage pay
  phone telephone cellphone smartphone
  app application program
  company firm business corporation
  employee worker staff
  customer client
  answer response reply
  talk speak
  trip travel journey
  vacation holiday
  illness disease sickness
  eat consume
  smart intelligent clever
  hard difficult tough challenging
  easy simple
  beautiful pretty
  best top ideal good great
  popular famous
  tall height high
  old age
  long length
  heavy weight weigh
  deep depth
  wide width
  far distance
  fast speed quick
  big size
  birth birthday
  locate location situated
  live reside
  population inhabitant
  allow permit
  connect link
  join combine concatenate
  split divide separate
  reverse invert
  check verify validate
  convert transform
  open launch
  close shut
  configure setup
  enable activate
  disable deactivate off
  login signin
  register signup enroll
  password passcode
  refund reimbursement
  ship shipping deliver delivery
  package parcel
  contact reach
  bill invoice
  video clip
  cook prepare
  store shop
  keep save
  money cash
  lawyer attorney
  airplane plane aircraft
  cultivate grow
  pain ache hurt
  medicine medication
  baby infant
  wash clean
  correct right
  wrong incorrect
  require need necessary
  idea concept
  purpose goal aim
  role function
  effect impact influence affect
  result outcome consequence
  feature characteristic property
  part component
  type kind sort category variety
  step process procedure
  rule regulation
  strategy plan
  tip advice suggestion
  story tale
  summary summarize overview
  global worldwide
  ocean sea
  forget forgot forgotten
  healthy health
  physical physically
  quit stop
  begin start
  rich wealthy
  angry mad
  attempt try
  assist help
  permit allow
  gift present
  exam test
  garbage trash rubbish
  elevator lift
  fall autumn
  apartment flat
  gas gasoline petrol
  soccer football
  cookie biscuit
  restroom bathroom toilet
  college university`;

const MEANINGS: ReadonlyMap<string, string> = readSynonyms(SYNONYMS);

/** The first line that holds a word decides, so that `present` does not make a gift of every display. */
function readSynonyms(table: string): ReadonlyMap<string, string> {
  const meanings = new Map<string, string>();
  for (const line of table.trim().split('\n')) {
    const stems = line.trim().split(/\s+/).map(stemOf);
    const first = stems[0] ?? '';
    const meaning = meanings.get(first) ?? first;
    for (const stem of stems) if (!meanings.has(stem)) meanings.set(stem, meaning);
  }
  return meanings;
}
