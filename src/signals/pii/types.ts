/** How one type of personal data is called, and who finds it. */
export interface PersonalDataType {
  /** The name that spans, policies and reports use. */
  readonly type: string;
  /** What the training data and the token head call it. */
  readonly dataName: string;
  /** Names that policies may use too. One name may stand for several types. */
  readonly aliases: readonly string[];
  /** Whether its form can be checked: evaluation reports these types on their own. */
  readonly structured: boolean;
  /**
   * Whether patterns alone decide. They read texts of any length from end to end, so that such a type is never unknown;
   * what the token head says of it counts for nothing.
   */
  readonly byPatternsAlone: boolean;
}

/** Every type that Sextant knows, under Presidio's name where Presidio has one. */
export const TYPES: readonly PersonalDataType[] = [
  fromHead('PERSON', ['PER', 'NAME']),
  fromHead('STREET_ADDRESS', ['LOCATION', 'ADDRESS']),
  fromHead('GPE', ['LOCATION']),
  fromHead('ORGANIZATION', ['ORG']),
  fromHead('TITLE'),
  fromHead('DATE_TIME', ['DATE']),
  fromHead('AGE'),
  fromHead('NRP', ['NORP']),
  fromHead('ZIP_CODE', ['US_ZIP_CODE']),
  { ...fromHead('PHONE_NUMBER', ['PHONE', 'US_PHONE_NUMBER']), structured: true },
  fromPatterns('CREDIT_CARD', ['CARD']),
  fromPatterns('IBAN_CODE', ['IBAN']),
  fromPatterns('US_SSN', ['SSN']),
  fromPatterns('US_DRIVER_LICENSE', ['DRIVER_LICENSE']),
  fromPatterns('EMAIL_ADDRESS', ['EMAIL']),
  { ...fromPatterns('URL', ['DOMAIN_NAME', 'DOMAIN']), dataName: 'DOMAIN_NAME' },
  fromPatterns('IP_ADDRESS', ['IP']),
  fromPatterns('MAC_ADDRESS', ['MAC']),
  fromPatterns('API_KEY', ['SECRET', 'TOKEN', 'PASSWORD']),
  fromPatterns('CRYPTO', ['CRYPTO_ADDRESS', 'BITCOIN_ADDRESS']),
];

const BY_NAME = new Map(
  TYPES.flatMap((each) => namesOf(each).map((name) => [name, each.type] as const)).reverse(),
);

/** The names that `typesNamed` takes: canonical ones first. */
export const TYPE_NAMES: readonly string[] = [
  ...new Set([...TYPES.map(({ type }) => type), ...BY_NAME.keys()]),
];

/** The canonical name behind a name of the data, of Presidio or of ours; undefined when there is none. */
export function canonicalType(name: string): string | undefined {
  return BY_NAME.get(name.toUpperCase());
}

/** All types that a policy means by a name: `LOCATION` stands for two. Empty when there is none. */
export function typesNamed(name: string): readonly PersonalDataType[] {
  const wanted = name.toUpperCase();
  return TYPES.filter((each) => namesOf(each).includes(wanted));
}

/** Whether unread text can hide nothing of this type. False for an unknown name. */
export function isByPatternsAlone(type: string): boolean {
  return BY_PATTERNS_ALONE.has(type);
}

const BY_PATTERNS_ALONE = new Set(TYPES.filter((each) => each.byPatternsAlone).map(({ type }) => type));

function namesOf({ type, dataName, aliases }: PersonalDataType): readonly string[] {
  return [type, dataName, ...aliases];
}

function fromHead(type: string, aliases: readonly string[] = []): PersonalDataType {
  return { type, dataName: type, aliases, structured: false, byPatternsAlone: false };
}

function fromPatterns(type: string, aliases: readonly string[]): PersonalDataType {
  return { type, dataName: type, aliases, structured: true, byPatternsAlone: true };
}
