// Who takes part in a contest: how it gets ready, what it computes, and how long a number of calls takes.

/** Lists of numbers that must be equal among contenders, such as a loss and a gradient. */
export type Numbers = readonly ArrayLike<number>[];

/**
 * What a contender is: our own, a library beside it, or written by hand for the work. The first that is written by hand is
 * the one that others are divided by.
 */
export type Kind = "ours" | "peer" | "hand";

export interface Contender {
  readonly name: string;
  readonly kind: Kind;
  /** How far its results may be from the reference, relative to the largest of a list. */
  readonly tolerance: number;
  /** Throws where it cannot take part, with the reason. */
  make(): Ready | Promise<Ready>;
}

export interface Ready {
  /** The results of the work, from its start; not given where there is nothing to compare. */
  readonly check?: () => Numbers | Promise<Numbers>;
  /** Does the work so many times; milliseconds. */
  time(calls: number): number | Promise<number>;
  dispose?(): void;
}

/** Relative tolerances by what a contender computes in. */
export const FLOAT64 = 1e-11;
export const FLOAT32 = 2e-4;

/** A contender that is done when the call returns. */
export function ready(check: (() => Numbers) | undefined, run: () => unknown): Ready {
  const loop = ownLoop(
    "(calls) => { let last; for (let i = 0; i < calls; i++) last = run(); }",
    run,
  );
  const time = (calls: number): number => milliseconds(() => loop(calls));
  return check === undefined ? { time } : { check, time };
}

/** A contender whose call gives a promise. */
export function readyAsync(
  check: () => Numbers | Promise<Numbers>,
  run: () => Promise<unknown>,
): Ready {
  const loop = ownLoop(
    "async (calls) => { let last; for (let i = 0; i < calls; i++) last = await run(); }",
    run,
  );
  return {
    check,
    time: async (calls) => {
      const start = performance.now();
      await loop(calls);
      return performance.now() - start;
    },
  };
}

/**
 * The loop around a contender's call, compiled for this contender alone: one loop shared by all would make every call
 * indirect, which costs more than the smallest work here.
 */
function ownLoop(text: string, run: () => unknown): (calls: number) => unknown {
  loops += 1;
  return new Function("run", `return ${text} // ${loops}`)(run);
}

let loops = 0;

function milliseconds(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** What a training step is checked by: the losses of the first three steps, and the parameters that they lead to. */
export function trained(
  step: () => number,
  parameters: () => readonly ArrayLike<number>[],
): Numbers {
  return [[step(), step(), step()], ...parameters().map(samples)];
}

/** At most 512 numbers of a long list, evenly spaced; bench/python/server.py picks the same. */
export function samples(list: ArrayLike<number>): Float64Array {
  const count = Math.min(list.length, 512);
  return Float64Array.from(
    { length: count },
    (_, i) => list[Math.floor((i * list.length) / count)] as number,
  );
}

/** Numbers in [0, 1) from a hash of their places; bench/python/server.py makes the same. */
export function uniform(length: number, seed: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => {
    let hash = Math.imul(i + 1 + Math.imul(seed, 0x9e3779b1), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
    return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
  });
}

/** The same spread over [−scale, scale). */
export function spread(length: number, seed: number, scale = 1): Float64Array {
  return uniform(length, seed).map((value) => scale * (2 * value - 1));
}
