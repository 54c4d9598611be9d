/** Whether a text can be the name of a host: labels of letters, digits and dashes, the last one of letters. */
export function hasKnownForm(host: string): boolean {
  const labels = host.split('.');
  const top = labels.at(-1) ?? '';
  if (labels.length < 2 || !/^(?:\p{L}{2,24}|xn--[0-9a-z-]{2,59})$/iu.test(top)) return false;
  return labels.every((label) =>
    /^[\p{L}\p{M}\p{N}_](?:[\p{L}\p{M}\p{N}_-]{0,61}[\p{L}\p{M}\p{N}_])?$/u.test(label),
  );
}

/**
 * Whether a name without `http` or `www` before it is surely a host. File names (`main.py`, `lib.rs`), versions and
 * sentences that lack a blank look alike, so that only ends which are nothing else count.
 */
export function isBareHost(host: string): boolean {
  const labels = labelsOf(host);
  const top = labels.at(-1) ?? '';
  if (TOP_LEVEL.has(top)) return true;
  return labels.length > 2 && top.length === 2 && SECOND_LEVEL.has(labels.at(-2) ?? '');
}

/** Whether a name is a host given that a word such as `website` announces one: any ending but that of a file. */
export function isAnnouncedHost(host: string): boolean {
  const top = labelsOf(host).at(-1);
  return top !== undefined && !FILES.has(top) && top === host.slice(-top.length);
}

/** In lower case; empty where the text is no name of a host, or has the form of `e.g` or of a version. */
function labelsOf(host: string): readonly string[] {
  if (!hasKnownForm(host)) return [];
  const labels = host.toLowerCase().split('.');
  const second = labels.at(-2) ?? '';
  return /^[0-9_]+$/.test(second) || second.length < 2 ? [] : labels;
}

/** Endings of the registry that are no file ending, no method and no common word of a language with a blank missing. */
const TOP_LEVEL = new Set(
  `com net org edu gov mil biz io ai eu uk de fr nl ch dk fi cz sk hu hr ro bg ru ua by jp cn kr tw hk sg th vn tr
  gr cy pt ca au nz za se ee lv lt lu ie il mx br ar cl uy pe ec ve gl tn dz eg ng ke pk lk np xyz shop`.split(
    /\s+/,
  ),
);
const FILES = new Set(
  `html htm php asp aspx jsp js mjs cjs ts tsx jsx css py rb rs go java kt cpp cs sh bat exe dll txt md pdf doc docx xls
  xlsx csv json xml yaml yml toml ini cfg conf log jpg jpeg png gif svg mp mov zip tar gz sql db`.split(
    /\s+/,
  ),
);
/** As in `co.za`, `com.br`. */
const SECOND_LEVEL = new Set('co com org net edu gov ac or ne'.split(' '));
