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
 *
 * @param noise how far rounding moves the value of `f` at a place; taken from the values unless given
 */
export function centralDifference(
  f: (x: number) => number,
  x: number,
  noise: (x: number) => number = noNoise,
): DifferenceEstimate {
  const size = Math.abs(x);
  const scale = Math.max(size, 1);
  const starts = new Set([0.1, 0.1 * Math.max(size, 1e-8), 0.002 * scale, 1e-5 * scale]);
  const found = [...starts]
    .sort((a, b) => b - a)
    .map((start) => {
      return extrapolate(f, x, start, Math.max(noise(x), noise(x + start)));
    });
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

function noNoise(): number {
  return 0;
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

function extrapolate(
  f: (x: number) => number,
  x: number,
  start: number,
  noise: number,
): Extrapolation {
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
    rounding = (Math.abs(above) + Math.abs(below)) * (Number.EPSILON / step) + noise / (high - low);
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

/** The steps that look around a point, beside its scale. */
const COARSE = 2 ** -14;
const FINE = 2 ** -22;

/** How a function behaves around a point, as far as its values tell. */
export type Smoothness =
  | { readonly kind: "smooth" }
  /** The derivatives from the left and the right differ. */
  | { readonly kind: "kink"; readonly left: number; readonly right: number }
  /** The slopes grow without bound as the point comes near, as of the root of |x|. */
  | { readonly kind: "cusp"; readonly left: number; readonly right: number }
  /** The values from the left and the right differ. */
  | { readonly kind: "jump"; readonly left: number; readonly right: number }
  /** The values from the left and the right are one, and the value at the point is another. */
  | { readonly kind: "isolated"; readonly value: number; readonly around: number }
  /** The values grow without bound as the point comes near. */
  | { readonly kind: "pole" }
  /** On one side there are no finite values. */
  | { readonly kind: "edge"; readonly side: "left" | "right" | "both" };

/**
 * Looks for a kink, a jump, a pole or an edge of the domain at `x`. Steps relative to x and relative to 1
 * must both see it: a fast oscillation looks like a kink to steps that are too long.
 *
 * @param noise how far rounding moves values of `f` near `x`; taken from the value itself unless given
 */
export function smoothnessAt(f: (x: number) => number, x: number, noise = 0): Smoothness {
  const size = Math.max(Math.abs(x), 1e-3);
  const found = lookAround(f, x, size, noise);
  if (found.kind === "smooth") return found;
  // Steps stay well above the distance of neighbouring doubles.
  if (size > 1) return lookAround(f, x, Math.max(1, size * FINE), noise);
  const isBreak = found.kind === "jump" || found.kind === "pole" || found.kind === "isolated";
  // A pole or a jump beside a tiny x lies within the first steps, but not at x.
  return isBreak && x !== 0 && size > Math.abs(x) ? lookAround(f, x, Math.abs(x), noise) : found;
}

function lookAround(f: (x: number) => number, x: number, scale: number, noise: number): Smoothness {
  const center = f(x);
  const coarse = oneSided(f, x, center, scale * COARSE);
  const fine = oneSided(f, x, center, scale * FINE);
  const leftIsFinite = Number.isFinite(fine.below);
  const rightIsFinite = Number.isFinite(fine.above);
  if (!leftIsFinite || !rightIsFinite) {
    return { kind: "edge", side: leftIsFinite ? "right" : rightIsFinite ? "left" : "both" };
  }
  if (!Number.isFinite(center)) return { kind: "smooth" };
  const uncertain = 4 * Number.EPSILON * Math.abs(center) + noise;
  const gap = Math.abs(fine.right - fine.left);
  const coarseGap = Math.abs(coarse.right - coarse.left);
  const size = Math.max(Math.abs(fine.left), Math.abs(fine.right));
  if (!Number.isFinite(gap)) return { kind: "smooth" };
  const rounding = (16 * uncertain) / (scale * FINE);
  if (gap <= 1e-3 * size + rounding || gap <= 0.1 * coarseGap) return { kind: "smooth" };
  if (gap > 96 * coarseGap) return breakOf(coarse, fine, center);
  const { left, right } = fine;
  return { kind: gap > 1.5 * coarseGap + rounding ? "cusp" : "kink", left, right };
}

/** What breaks the values at a point: a pole, a value of its own, or a jump between the sides. */
function breakOf(coarse: Sides, fine: Sides, center: number): Smoothness {
  const { below, above } = fine;
  const high = Math.max(Math.abs(below), Math.abs(above));
  if (high > 8 * Math.max(Math.abs(coarse.below), Math.abs(coarse.above))) return { kind: "pole" };
  const around = below / 2 + above / 2;
  const isIsolated = Math.abs(above - below) <= 1e-3 * Math.abs(center - around);
  return isIsolated
    ? { kind: "isolated", value: center, around }
    : { kind: "jump", left: below, right: above };
}

/** The values beside a point and the slopes to them. */
interface Sides {
  readonly below: number;
  readonly above: number;
  readonly left: number;
  readonly right: number;
}

function oneSided(f: (x: number) => number, x: number, center: number, step: number): Sides {
  const high = x + step;
  const low = x - step;
  const above = f(high);
  const below = f(low);
  return { below, above, left: (center - below) / (x - low), right: (above - center) / (high - x) };
}
