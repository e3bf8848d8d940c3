// Finite differences with adaptive steps, and what they say about kinks, jumps and edges.

/** A derivative estimated from values alone. */
export interface DifferenceEstimate {
  readonly value: number;
  /** An estimate of the error of `value`. */
  readonly error: number;
}

const SHRINK = 1.6;
const COLUMNS = 14;

/**
 * The derivative of `f` at `x` by central differences, extrapolated to step 0 after C. J. F. Ridders,
 * "Accurate computation of F′(x) and F′(x)F″(x)" (1982). Several first steps are tried, and the estimate
 * with the least error is kept, among those that the plain difference with the least step bears out: steps
 * across a pole may agree with each other by accident.
 */
export function centralDifference(f: (x: number) => number, x: number): DifferenceEstimate {
  const size = Math.abs(x);
  const scale = Math.max(size, 1);
  const starts = new Set([0.1, 0.1 * Math.max(size, 1e-8), 0.002 * scale, 1e-5 * scale]);
  const found = [...starts].sort((a, b) => b - a).map((start) => extrapolate(f, x, start));
  const plain = found.map(({ finest }) => finest).findLast(isKnown);
  let best: DifferenceEstimate = plain ?? UNKNOWN;
  for (const { best: estimate } of found) {
    const borneOut =
      plain === undefined ||
      Math.abs(estimate.value - plain.value) <= plain.error + 1e-6 * Math.abs(plain.value);
    if (borneOut && estimate.error < best.error) best = estimate;
  }
  return best;
}

const UNKNOWN: DifferenceEstimate = { value: Number.NaN, error: Number.POSITIVE_INFINITY };

function isKnown({ value, error }: DifferenceEstimate): boolean {
  return Number.isFinite(value) && Number.isFinite(error);
}

interface Extrapolation {
  readonly best: DifferenceEstimate;
  /** The plain difference with the least step, and how far the last ones lie apart; NaN if unknown. */
  readonly finest: DifferenceEstimate;
}

function extrapolate(f: (x: number) => number, x: number, start: number): Extrapolation {
  let best = UNKNOWN;
  let previous: number[] = [];
  const plain: number[] = [];
  let rounding = 0;
  let step = start;
  for (let row = 0; row < COLUMNS; row++, step /= SHRINK) {
    const high = x + step;
    const low = x - step;
    const above = f(high);
    const below = f(low);
    const current = [(above - below) / (high - low)];
    rounding = (Math.abs(above) + Math.abs(below)) * (Number.EPSILON / step);
    plain.push(current[0] as number);
    let factor = SHRINK * SHRINK;
    for (let column = 1; column <= row; column++, factor *= SHRINK * SHRINK) {
      const finer = current[column - 1] as number;
      const coarser = previous[column - 1] as number;
      const value = (finer * factor - coarser) / (factor - 1);
      current.push(value);
      const error = Math.max(Math.abs(value - finer), Math.abs(value - coarser)) + rounding;
      if (error < best.error) best = { value, error };
    }
    previous = current;
  }
  const last = plain.slice(-4);
  // Steps below the resolution of `f`, as of a float32 result, see a plateau and tell nothing.
  const onPlateau = last.includes(0) && plain.some((value) => value !== 0);
  const spread = onPlateau ? Number.NaN : Math.max(...last) - Math.min(...last);
  return { best, finest: { value: last.at(-1) as number, error: spread + rounding } };
}

/** How a function behaves around a point, as far as its values tell. */
export type Smoothness =
  | { readonly kind: "smooth" }
  /** The derivatives from the left and the right differ. */
  | { readonly kind: "kink"; readonly left: number; readonly right: number }
  /** The values from the left and the right differ. */
  | { readonly kind: "jump"; readonly left: number; readonly right: number }
  /** On one side there are no finite values. */
  | { readonly kind: "edge"; readonly side: "left" | "right" | "both" };

/**
 * Looks for a kink, a jump or an edge of the domain at `x`. Steps relative to x and relative to 1 must both
 * see it: a fast oscillation looks like a kink to steps that are too long.
 */
export function smoothnessAt(f: (x: number) => number, x: number): Smoothness {
  const size = Math.max(Math.abs(x), 1e-3);
  const found = lookAround(f, x, size);
  return found.kind === "smooth" || size <= 1 ? found : lookAround(f, x, 1);
}

function lookAround(f: (x: number) => number, x: number, scale: number): Smoothness {
  const center = f(x);
  const coarse = oneSided(f, x, center, scale * 2 ** -14);
  const fine = oneSided(f, x, center, scale * 2 ** -22);
  const leftIsFinite = Number.isFinite(fine.below);
  const rightIsFinite = Number.isFinite(fine.above);
  if (!leftIsFinite || !rightIsFinite) {
    return { kind: "edge", side: leftIsFinite ? "right" : rightIsFinite ? "left" : "both" };
  }
  if (!Number.isFinite(center)) return { kind: "smooth" };
  const rounding = (4 * Number.EPSILON * Math.abs(center)) / (scale * 2 ** -22);
  const gap = Math.abs(fine.right - fine.left);
  const coarseGap = Math.abs(coarse.right - coarse.left);
  const size = Math.max(Math.abs(fine.left), Math.abs(fine.right));
  if (gap <= 1e-3 * size + 16 * rounding || gap <= 0.1 * coarseGap) return { kind: "smooth" };
  if (gap > 64 * coarseGap) return { kind: "jump", left: fine.below, right: fine.above };
  return { kind: "kink", left: fine.left, right: fine.right };
}

function oneSided(
  f: (x: number) => number,
  x: number,
  center: number,
  step: number,
): { below: number; above: number; left: number; right: number } {
  const high = x + step;
  const low = x - step;
  const above = f(high);
  const below = f(low);
  return { below, above, left: (center - below) / (x - low), right: (above - center) / (high - x) };
}
