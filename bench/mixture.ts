/**
 * Unit vectors that lie in clouds as embeddings of questions do, and rewordings near them: evenly spread ones have no
 * near neighbours, and nobody asks for such.
 */
export class Mixture {
  private readonly dimension: number;
  private readonly random: () => number;
  private readonly centres: readonly Float32Array[];

  /** The same vectors for the same numbers; `random` gives them from 0 (included) to 1 (not included). */
  constructor(options: {
    readonly dimension: number;
    readonly clouds: number;
    readonly random: () => number;
  }) {
    this.dimension = options.dimension;
    this.random = options.random;
    this.centres = Array.from({ length: options.clouds }, () => this.around(undefined, 1));
  }

  next(): Float32Array {
    return this.around(this.pick(this.centres), 1);
  }

  /** A vector at a cosine of about 0.9 to the one given. */
  near(vector: Float32Array): Float32Array {
    return this.around(vector, 0.5);
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.random() * items.length)];
  }

  /** `spread` is how long the random part is beside the given one. */
  private around(centre: Float32Array | undefined, spread: number): Float32Array {
    const scale = spread / Math.sqrt(this.dimension);
    const sum = new Float32Array(this.dimension);
    let square = 0;
    for (let at = 0; at < sum.length; at += 1) {
      const value = (centre?.[at] ?? 0) + scale * this.normal();
      sum[at] = value;
      square += value * value;
    }
    return sum.map((value) => value / Math.sqrt(square));
  }

  /** Box and Muller: two even numbers make a normal one. */
  private normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random());
  }
}
