/** The probability behind log odds. 0 to 1; NaN for what is not a number. */
export function sigmoid(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
