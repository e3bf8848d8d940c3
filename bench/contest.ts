// A contest: contenders are checked against each other, warmed up until their times settle, and timed in turn.

import type { Contender, Numbers, Ready } from "./contender.ts";
import { median, quantile } from "./statistics.ts";
import { type Outcome, outcomeOf, type Target } from "./targets.ts";

export interface Contest {
  readonly title: string;
  readonly contenders: readonly Contender[];
  readonly targets?: readonly Target[];
  /** Additions and multiplications of one call, for a column with the speed. */
  readonly operations?: number;
  /** How long the measured rounds may take together. */
  readonly seconds?: number;
}

export interface Row {
  readonly name: string;
  readonly kind: Contender["kind"];
  /** Milliseconds of one call: the median of the rounds, the quarters around it, and the ends. */
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  readonly fastest: number;
  readonly slowest: number;
  readonly rounds: number;
  /** Whether its times came to rest before the rounds began. */
  readonly settled: boolean;
}

export interface ContestResult {
  readonly title: string;
  readonly operations?: number;
  readonly rows: readonly Row[];
  /** Who did not take part, and why. */
  readonly absent: readonly { readonly name: string; readonly reason: string }[];
  /** Our own contenders that could not run, and anyone's results that differ. */
  readonly failures: readonly string[];
  readonly targets: readonly Outcome[];
}

interface Runner {
  readonly contender: Contender;
  readonly ready: Ready;
  calls: number;
  settled: boolean;
  readonly times: number[];
}

/**
 * A round is as many calls as fill it, in milliseconds: so few that most rounds escape interruption on a busy machine, while
 * warming up takes longer ones.
 */
const ROUND = 5;
const WARM_ROUND = 25;
const MOST_WARM_MILLISECONDS = 3000;
/** Medians of so many rounds are compared with those of as many before. */
const WINDOW = 3;
const SETTLED = 0.05;

/** Set by `--quick`: everything runs and is checked, the times are rough. */
const quick = process.env["BENCH_QUICK"] === "1";

export async function runContest(contest: Contest): Promise<ContestResult> {
  const absent: { name: string; reason: string }[] = [];
  const failures: string[] = [];
  const runners = await makeRunners(contest.contenders, absent, failures);
  for (const runner of runners) await warmUp(runner);
  await timeRounds(runners, (contest.seconds ?? 10) * 1000 * (quick ? 0.05 : 1));
  for (const { ready } of runners) ready.dispose?.();
  const times = new Map(runners.map(({ contender, times }) => [contender.name, times]));
  return {
    title: contest.title,
    ...(contest.operations !== undefined && { operations: contest.operations }),
    rows: runners.map(rowOf),
    absent,
    failures,
    targets: (contest.targets ?? []).map((target) => outcomeOf(target, times)),
  };
}

/** Those that get ready and agree with the first of them. */
async function makeRunners(
  contenders: readonly Contender[],
  absent: { name: string; reason: string }[],
  failures: string[],
): Promise<Runner[]> {
  const runners: Runner[] = [];
  let reference: Numbers | undefined;
  for (const contender of contenders) {
    const { name, kind, tolerance } = contender;
    try {
      const ready = await contender.make();
      const numbers = await ready.check?.();
      reference ??= numbers;
      const difference = differenceOf(numbers, reference, tolerance);
      if (difference === undefined) {
        runners.push({ contender, ready, calls: 1, settled: false, times: [] });
      } else failures.push(`${name} computes something else: ${difference}`);
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
      absent.push({ name, reason });
      if (kind === "ours" && !(error instanceof NotBuilt)) failures.push(`${name}: ${reason}`);
    }
  }
  return runners;
}

/** Thrown by a contender of a part of symtape that the build does not have. */
export class NotBuilt extends Error {}

function differenceOf(
  left: Numbers | undefined,
  right: Numbers | undefined,
  tolerance: number,
): string | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (left.length !== right.length) return `${left.length} lists in place of ${right.length}`;
  for (const [k, list] of left.entries()) {
    const other = right[k] as ArrayLike<number>;
    if (list.length !== other.length) return `${list.length} numbers in place of ${other.length}`;
    let largest = 0;
    for (let i = 0; i < other.length; i++)
      largest = Math.max(largest, Math.abs(other[i] as number));
    for (let i = 0; i < list.length; i++) {
      const [a, b] = [list[i] as number, other[i] as number];
      if (!(Math.abs(a - b) <= tolerance * largest))
        return `list ${k}, number ${i}: ${a}, not ${b}`;
    }
  }
  return undefined;
}

/** Finds how many calls fill a round, and repeats rounds until they take as long as those before. */
async function warmUp(runner: Runner): Promise<void> {
  const { ready } = runner;
  const most = quick ? MOST_WARM_MILLISECONDS / 20 : MOST_WARM_MILLISECONDS;
  const start = performance.now();
  let took = await ready.time(1);
  for (; took < WARM_ROUND / 2; took = await ready.time(runner.calls)) runner.calls *= 2;
  if (took > MOST_WARM_MILLISECONDS) {
    runner.times.push(took);
    return;
  }
  const times = [took / runner.calls];
  runner.calls = callsFor(times[0] as number, WARM_ROUND);
  while (!runner.settled && performance.now() - start < most) {
    times.push((await ready.time(runner.calls)) / runner.calls);
    runner.settled = hasSettled(times);
    runner.calls = callsFor(times.at(-1) as number, WARM_ROUND);
  }
  runner.calls = callsFor(median(times.slice(-WINDOW)), ROUND);
}

function hasSettled(times: readonly number[]): boolean {
  if (times.length < 2 * WINDOW) return false;
  const now = median(times.slice(-WINDOW));
  const before = median(times.slice(-2 * WINDOW, -WINDOW));
  return Math.abs(now - before) <= SETTLED * before;
}

function callsFor(each: number, round: number): number {
  return Math.max(1, Math.round(round / each));
}

/**
 * Everyone has a turn in every round, so that what slows the machine down for a while slows all. Those who have used up
 * their share of the time sit out, so that the slow leave rounds to the others.
 */
async function timeRounds(runners: readonly Runner[], budget: number): Promise<void> {
  const [least, most] = quick ? [2, 9] : [5, 201];
  const start = performance.now();
  for (let round = 0; round < most; round++) {
    if (round >= least && performance.now() - start > budget) return;
    for (const { ready, calls, times } of runners) {
      const spent = times.reduce((total, time) => total + time * calls, 0);
      if (spent < budget / 3) times.push((await ready.time(calls)) / calls);
    }
  }
}

function rowOf({ contender, settled, times }: Runner): Row {
  return {
    name: contender.name,
    kind: contender.kind,
    median: median(times),
    lower: quantile(times, 0.25),
    upper: quantile(times, 0.75),
    fastest: Math.min(...times),
    slowest: Math.max(...times),
    rounds: times.length,
    settled,
  };
}
