// Interleaved timing: every contender takes its turn in every round, and medians are compared.

/** Something to time: one call does the whole work once. */
export interface Contender {
  readonly name: string;
  run(): unknown;
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
      times[i]?.push(timeOf(contender, repeats[i] as number));
    });
  }
  return contenders.map(({ name }, i) => {
    const sorted = (times[i] as number[]).sort((left, right) => left - right);
    return {
      name,
      median: sorted[sorted.length >> 1] as number,
      fastest: sorted[0] as number,
      slowest: sorted.at(-1) as number,
    };
  });
}

/** Warms up, and finds how many calls fill a round. */
function repeatsFor(contender: Contender): number {
  const until = performance.now() + 10 * ROUND_MILLISECONDS;
  let calls = 0;
  while (performance.now() < until) {
    contender.run();
    calls += 1;
  }
  return Math.max(1, Math.round(calls / 10));
}

function timeOf(contender: Contender, repeats: number): number {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) contender.run();
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
