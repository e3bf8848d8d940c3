// What we want of a contest, as ratios of times, and whether it came true.

import { median } from "./statistics.ts";

/** The time of `of` divided by the time of `to`. */
export interface Target {
  readonly of: string;
  readonly to: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

export interface Outcome extends Target {
  /** The median over the rounds of the ratio within a round; absent where one of both did not run. */
  readonly ratio?: number;
  readonly met?: boolean;
}

export function outcomeOf(target: Target, times: ReadonlyMap<string, readonly number[]>): Outcome {
  const [of, to] = [times.get(target.of), times.get(target.to)];
  return of === undefined || to === undefined ? target : judged(target, median(ratios(of, to)));
}

/** A target with a ratio that was measured in some other way. */
export function judged(target: Target, ratio: number): Outcome {
  const met = ratio <= (target.atMost ?? Infinity) && ratio >= (target.atLeast ?? 0);
  return { ...target, ratio, met };
}

/** One for each round that both took part in. */
function ratios(of: readonly number[], to: readonly number[]): number[] {
  const rounds = Math.min(of.length, to.length);
  return of.slice(0, rounds).map((time, round) => time / (to[round] as number));
}

/** How much is missing: 1.3 where a time is 1.3 times what it should be. */
export function shortfall({ ratio = 1, atMost, atLeast }: Outcome): number {
  return atMost !== undefined ? ratio / atMost : (atLeast ?? 1) / ratio;
}
