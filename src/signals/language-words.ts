/**
 * Frequent short words of the languages in Latin script, in lower case. A word stands with every language that uses it
 * often, since what tells two languages apart is the words that only one of them has. Single letters stand nowhere:
 * formulas and code are full of them.
 */
const WORDS: Readonly<Record<string, string>> = {
  de:
    'aber alle als am an auch auf aus bei bin bist bitte da das dass davon dein deine dem den der des dich ' +
    'die diese dieser dieses dir du durch ein eine einem einen einer einfach er es euch eure für gegen gibt ' +
    'habe haben hast hat heute hier ich ihnen ihr ihre ihren im in ist ja jetzt kann kannst kein keine können ' +
    'könnte kostet mache machen mag mal man mehr mein meine meinem meinen meiner mich mir mit möchte muss ' +
    'müssen nach nein nicht noch nur oder ohne sagen schon sehr sein seine sie sind so soll sollte über um ' +
    'und uns unter von vor wann war warum was weil welche welcher welches wenn wer werden wie wir wird wo ' +
    'wurde zu zum zur zwischen',
  en:
    'about after again all also always am an and any anything are as at be because been before being between ' +
    'both but by can care co could couldn did didn do does doesn dont during each every explain find for from ' +
    'get give go good got had has have he help her here his how if im in into is isn it its just keep know ' +
    'let like ll long made make many may me men more most much must my need never no non not now of off on ' +
    'one only or other our out over pay please put right same say she should show since so some someone ' +
    'something still such take tell than that the their them then there these they thing think this those ' +
    'through to today tomorrow under until up us use ve very want was way we well were what when where ' +
    'whether which while who why will with work would wouldn write yet you your',
  es:
    'ahora al algo años aquí ayer bien cada como cómo con cuál cuáles cuando cuándo cuanta cuánto cuántos ' +
    'dame de debo del desde dime donde dónde el en entre era es escribe ese eso esta está están estar estas ' +
    'este esto estos explica fue fuera gracias ha hace hacer hago han hasta hay he hola hoy la las le lo los ' +
    'mañana más me mejor mi mis muchas mucho muy nada necesito ni no nos nuestra otra otro otros para pero ' +
    'por porque puede pueden puedes puedo que qué quién quiero se sé ser si sí sin sobre son su sus también ' +
    'te tengo tiene tienes toda todo todos tu un una unas unos ya',
  fi:
    'ei en ennen että haluan he hyvä hän hänen ilman ja joka jonka jos jotka jälkeen kaikki kanssa kuin ' +
    'kuinka kuka kun me mihin miksi mikä milloin minulla minulle minun minä missä mistä miten mitkä mitä ' +
    'mukaan mutta myös ne niin nyt nämä ole olen olet oli olla on onko ovat ovatko paljon pitäisi pitää saa ' +
    'saan se sekä sen sinun sinä sitten sitä tai te tehdä tämä tämän tätä vai vain voi voiko voin voinko voit',
  fr:
    'ai alors après as au aujourd aussi aux avant avec avez avoir avons bien bonjour ce ces cet cette chez ' +
    'combien comme comment dans de demain des dois donc donne dont du elle elles en encore entre es est et ' +
    'était être faire fait faut hier il ils je jusqu la le les leur leurs lorsqu lui ma mais me merci mes ' +
    'mieux moi moins mon ne ni nos notre nous on ont ou où par pas peut peux plus pour pourquoi pouvez puis ' +
    'qu quand que quel quelle quelles quelque quels qui quoi sa sans se ses si son sont sous suis sur ta te ' +
    'tes toi ton toujours tous tout toute toutes très tu un une veux vos votre vous',
  hu:
    'abban aki által amely ami arra az azok azt be csak de ebben egy el előtt én erre és ez ezek ezt fel ha ' +
    'hány hogy hogyan hol is itt kapcsolatban kell kérem kérlek ki kinek között lehet lesz már más meg még ' +
    'melyik mennyi mennyibe mi miért mikor milyen minden mint mit most nagyon neked nekem nélkül nem ott sem ' +
    'szeretnék te tudnék tudod tudok tudom után vagy vagyok való van vannak volt',
  it:
    'abbiamo ad agli ai al all alla alle allo anche avere che chi ci come con cos cosa da dai dal dall dalla ' +
    'dalle degli dei del dell della delle dello devo di dopo dove ed era essa essere fa fare fra gli ha hai ' +
    'hanno ho il in la le lo lui ma meno mi mia miei mio molto nei nel nell nella nelle non ogni per perché ' +
    'più posso prima può puoi qual quale quali quando quanti quanto quell quella quello questa queste questi ' +
    'questo se sei senza si siamo sono su sua sui sul sull sulla sulle suo ti tra tua tuo tutte tutti tutto ' +
    'un una uno vi vorrei',
  nl:
    'aan al alle als ben bent bij dan dat de deze die dit doe doen door een en er gaat geen goed graag haar ' +
    'had heb hebben hebt heeft heel hem het hier hij hoe hun ik in is je jij jouw jullie kan kunnen kunt maar ' +
    'mag me meer met mij mijn moet moeten na naar niet noch nog nu of om onder ons onze ook op over te tegen ' +
    'ten ter tot tussen uit van veel voor waar waarom wanneer was wat we wel welke werd wie wij wil willen ' +
    'worden wordt zal ze zij zijn zonder zou zullen',
  no:
    'alle at av bare ble bli blir da de deg del den denne der dere det dette din dine disse ditt du ei eller ' +
    'en enn er et etter for fra få får gjør gjøre ha hadde han har her hun hva hvem hvilke hvilken hvilket ' +
    'hvor hvordan hvorfor ikke inn jeg kan kunne like mange med meg mellom men mer min mine mitt mot mye må ' +
    'noe noen nå når og også om opp oss over på seg sin sitt skal skulle som så ta til under ut uten var ved ' +
    'vi vil ville være vært',
  pl:
    'aby albo ale bardzo bez być był była było chcę ci cię co czy czym dla dlaczego do dziś gdy gdzie go ich ' +
    'ile ja jak jaka jaki jakie jako jego jej jest jestem jeszcze jeśli jutro już każdy kiedy kto która które ' +
    'który lub ma mam masz mi mieć między mnie mogę moja moją moje może możesz można mój mu my na nad nas nią ' +
    'nie od on ona oni oraz po pod powinienem proszę przed przez przy są się ta tak te tego tej ten teraz też ' +
    'to trzeba twój ty tych tylko tym was we wy za ze że żeby',
  pt:
    'ainda ao aos as até bem cada com como da dar das de desde do dos ela elas ele eles em entre era essa ' +
    'esse esta está estão estar este eu faço faz fazer foi há isso isto já lhe mais mas me meu meus minha ' +
    'minhas muito na nada não nas nem no nos nós onde os ou para pela pelo pode podem por porque posso ' +
    'preciso quais qual quando quanto quantos que quem quero são se sem ser seu seus sobre sua suas também te ' +
    'tem tenho ter toda todo todos um uma umas uns você',
  ro:
    'aceasta această acest acesta acestei ai al ale am are au avem care că când cât câte câți ce cine cu cum ' +
    'dacă dar de decât despre din doar după ea ei el ele era este eu fără fi fie foarte fost îmi în între își ' +
    'îți la lui mai mea mele meu mi mod mult nici noi nu om orice până pe pentru poate pot poți prin sa sau ' +
    'să se spre sunt și şi ta tău toate tot trebuie tu un unde unei unui voi vor vreau',
  sv:
    'alla att av bara blev bli blir de del den denna dessa det detta dig din dina ditt du där efter eller en ' +
    'ett från få får för gör göra ha hade han har hon hos hur här in inte jag ju kan kunde med mellan men mer ' +
    'mig min mina mitt mot mycket må många måste ni nu någon något några när och också om oss på sig sin sitt ' +
    'ska skulle som så till under upp ut utan vad var vara varför varit vem vi vid vilka vilken vilket vill ' +
    'ville åt än är över',
  tr:
    'ama az bana ben beni benim bir biz bu bugün bunu bunun bütün çok da daha de değil din diye edilir eğer ' +
    'en gerekir gibi göre hangi hangisi hem her hiç için ile ise istiyorum iyi kaç kadar ki kim lütfen mal mı ' +
    'mıdır mısın mıyım mi midir misin miyim mu mudur musun mü nasıl ne neden nedir nerede nereye niçin olan ' +
    'olarak oldu olduğu olduğunu olur onlar önce sana sen senin siz son sonra şey şimdi şu var ve veya ya ' +
    'yapabilirim yapılır yarın yok',
  // The rest are in nobody's config: they keep their like from being taken for one of the above.
  af:
    'aan alle as dat deur die dit ek elke en geen het hierdie hulle hy in is jy kan mag met moet my na nie of ' +
    'om onder ons ook op sal se so sy te ten ter tot tussen van vir voor was wat wil word',
  ca:
    'al als amb aquest aquesta cada com de del dels el els en entre es és està fer ha han he jo la les li més ' +
    'meu meva molt ni no on per però pot puc quan que què qui quin quina se sense ser seu seus seva si sobre ' +
    'són tinc tot tota tu un una',
  cs:
    'aby ale bez by být co do jak jako je jeho jsem jsou kde kdo kdy která který má mám mi mu na nebo není od ' +
    'po pod pro při se si ta tak te ten to toho ve za ze že',
  da:
    'af alle at bare blev bliver da de den denne der det dette dig din dine disse dit du efter eller en end ' +
    'er et for fra få får gør gøre han har havde have her hun hvad hvem hvilke hvilken hvilket hvor hvordan ' +
    'hvorfor ikke ind jeg kan kun kunne mange med meget mellem men mere mig min mine mit mod må nogen noget ' +
    'nu når og også om op os over på sig sin sit skal skulle som så til ud uden under var ved vi vil ville ' +
    'være været',
  eo:
    'al aŭ ĉu da de el en estas ili je kaj ke kie kiel kio kiu kun la li mi ne ni oni per pli por pri pro ' +
    'same sed sen sur tiu tre vi',
  et:
    'aga ei et ja ka kas kes kui kus kõik ma me minu mis nad olen oli olla oma on sa saa seda see selle siis ' +
    'ta te tema vara või',
  gl:
    'ao as cando co como con da das de del do dos el ela en entre esta está este eu lle máis me moi na nas no ' +
    'non nos onde os ou para pero por que se sen ser seu seus son súa te ten ti toda todo todos un unha',
  hr:
    'ako ali bez biti da do ga gdje ili ima isto iz je kada kako kao koja koje koji li ma mi mu na ne nije od ' +
    'po pod pri sa sam se si su svi što ta te tko to za',
  id:
    'ada adalah akan anda apa atau bagaimana bisa dalam dan dari dengan di ini itu ke mana pada saya tak ' +
    'tidak untuk yang',
  la: 'ab ac ad cum de ea esse est et ex in me nec non per pro quae qui quod se sed si sua sui suis sunt te ut',
  sw: 'au cha hii ile je katika kila kuwa kwa la lo mimi na ni nini tu vya wa wewe wo ya yake za',
};

/** Codes of the languages that have words here, those of the config before those that only stand beside them. */
export const WORD_LANGUAGES: readonly string[] = Object.keys(WORDS);

/** For each word, in lower case, a bit for each of `WORD_LANGUAGES`. */
export const WORD_BITS: ReadonlyMap<string, number> = bitsOf(WORDS);

function bitsOf(words: typeof WORDS): Map<string, number> {
  const bits = new Map<string, number>();
  for (const [index, list] of Object.values(words).entries()) {
    for (const word of list.split(' ')) bits.set(word, (bits.get(word) ?? 0) | (1 << index));
  }
  return bits;
}
