// Rosenbrock's function Σ 100·(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)² and its gradient, by hand.

/** The value; the gradient goes into `slopes`. */
export function rosenbrock(x: Float64Array, slopes: Float64Array): number {
  const last = x.length - 1;
  let total = 0;
  let here = x[0] as number;
  /** What the term before adds to the slope here. */
  let before = 0;
  for (let i = 0; i < last; i++) {
    const next = x[i + 1] as number;
    const difference = next - here * here;
    const rest = 1 - here;
    total += 100 * difference * difference + rest * rest;
    slopes[i] = before - 400 * difference * here - 2 * rest;
    before = 200 * difference;
    here = next;
  }
  slopes[last] = before;
  return total;
}
