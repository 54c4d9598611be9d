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
  if (!hasKnownForm(host)) return false;
  const labels = host.toLowerCase().split('.');
  const top = labels.at(-1) ?? '';
  const second = labels.at(-2) ?? '';
  if (/^[0-9_]+$/.test(second) || second.length < 2) return false;
  if (TOP_LEVEL.has(top)) return true;
  return labels.length > 2 && top.length === 2 && SECOND_LEVEL.has(second);
}

/** Endings of the registry that are no file ending, no method and no common word of a language with a blank missing. */
const TOP_LEVEL = new Set(
  'com net org edu gov mil biz io ai eu uk de fr nl ch dk fi cz hu ro ru ua jp cn kr tr gr pt ca au nz se'.split(
    ' ',
  ),
);
/** As in `co.za`, `com.br`. */
const SECOND_LEVEL = new Set('co com org net edu gov ac or ne'.split(' '));
