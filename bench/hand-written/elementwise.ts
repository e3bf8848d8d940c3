// Value and gradient of Σ σ(x)·tanh²x + log(1 + e⁻ˣ) by hand, in one walk.

type Floats = Float64Array | Float32Array;

/** The sum; the derivatives go into `slopes`. */
export function sumAndSlopes(x: Floats, slopes: Floats): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) {
    const value = x[i] as number;
    const e = Math.exp(-value);
    const s = 1 / (1 + e);
    const t = Math.tanh(value);
    const squared = t * t;
    total += s * squared + Math.log(1 + e);
    const opposite = e * s;
    slopes[i] = s * opposite * squared + 2 * s * t * (1 - squared) - opposite;
  }
  return total;
}
