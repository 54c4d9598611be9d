/** As many as the style sheet has; further models share them again. */
const MODEL_COLOURS = 6;

/** The class by which a model has the same colour everywhere, by its place in the policy. */
export function modelColour(name: string, pool: readonly string[]): string {
  const at = pool.indexOf(name);
  return at < 0 ? 'c-other' : `c-m${at % MODEL_COLOURS}`;
}

/** The colour that a class stands for at this moment, as a canvas takes it. */
export function colourOf(className: string): string {
  const probe = document.createElement('span');
  probe.className = className;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
