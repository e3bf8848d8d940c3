// Interleaved timing: every contender takes its turn in every round, and medians are compared.

/** Something to time: one call does the whole work once, on what was prepared for that call alone. */
export interface Contender<T = unknown> {
  readonly name: string;
  /** Makes the material of one call; its time is not counted. */
  prepare?(): T;
  run(material: T): unknown;
}

export interface Timing {
  readonly name: string;
  /** Median time of one call in microseconds. */
  readonly median: number;
  /** The fastest and the slowest round, in microseconds. */
  readonly fastest: number;
  readonly slowest: number;
}

const ROUND_MILLISECONDS = 30;

/** Times contenders in turn. Calls are repeated within a round until it is long enough to be measured. */
export function interleave(contenders: readonly Contender[], rounds = 15): Timing[] {
  const repeats = contenders.map(repeatsFor);
  const times: number[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    contenders.forEach((contender, i) => {
      times[i]?.push(roundOf(contender, repeats[i] as number));
    });
  }
  return contenders.map(({ name }, i) => summarize(name, times[i] as number[]));
}

/** Median and spread of measured times. */
export function summarize(name: string, times: readonly number[]): Timing {
  const sorted = [...times].sort((left, right) => left - right);
  return {
    name,
    median: sorted[sorted.length >> 1] as number,
    fastest: sorted[0] as number,
    slowest: sorted.at(-1) as number,
  };
}

/** One round: as many batches as fill it. */
function roundOf(contender: Contender, repeats: number): number {
  const batches: number[] = [];
  let spent = 0;
  while (spent < ROUND_MILLISECONDS * 1000) {
    const each = timeOf(contender, repeats);
    batches.push(each);
    spent += Math.max(each * repeats, 100);
  }
  return summarize("", batches).median;
}

/** Warms up, and finds how many calls fill a round. */
function repeatsFor(contender: Contender): number {
  let calls = 1;
  for (let spent = 0; spent < 10 * ROUND_MILLISECONDS; calls *= 2) {
    spent += (timeOf(contender, calls) * calls) / 1000;
    if (spent >= 5 * ROUND_MILLISECONDS) break;
  }
  const each = timeOf(contender, calls) / 1000;
  const most = contender.prepare === undefined ? 2000 : MOST_PREPARED;
  return Math.max(1, Math.min(Math.round(ROUND_MILLISECONDS / each), most));
}

/** So few that what is prepared does not burden the garbage collector. */
const MOST_PREPARED = 5;

/** Microseconds of one call, over several. */
function timeOf(contender: Contender, repeats: number): number {
  const materials = Array.from({ length: repeats }, () => contender.prepare?.());
  const start = performance.now();
  for (const material of materials) contender.run(material);
  return ((performance.now() - start) * 1000) / repeats;
}

/** Throws unless two lists of numbers are equal to a relative tolerance. */
export function requireEqual(
  what: string,
  left: readonly number[],
  right: readonly number[],
  tolerance: number,
): void {
  const differs = left.some((value, i) => {
    const other = right[i] as number;
    return !(
      Math.abs(value - other) <=
      tolerance * Math.max(Math.abs(value), Math.abs(other), 1e-300)
    );
  });
  if (differs || left.length !== right.length) {
    throw new Error(`${what}: results differ: ${left.join(", ")} beside ${right.join(", ")}`);
  }
}

/** Prints timings with the ratio of every contender to the first. */
export function printTimings(what: string, timings: readonly Timing[]): void {
  const first = timings[0] as Timing;
  process.stdout.write(`\n${what}\n`);
  for (const { name, median, fastest, slowest } of timings) {
    const ratio = (median / first.median).toFixed(2).padStart(9);
    const spread = `${fastest.toFixed(2)} … ${slowest.toFixed(2)}`;
    process.stdout.write(
      `  ${name.padEnd(34)} ${median.toFixed(2).padStart(12)} µs  ${ratio} ×   (${spread})\n`,
    );
  }
}
