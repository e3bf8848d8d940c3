// How time and memory grow: with the number of elements of a tensor, and with the number of nodes of a graph.

import { spread } from "./contender.ts";
import type { GroupResult } from "./group.ts";
import { type GrowthPoint, plotGrowth } from "./growth-plot.ts";
import { sumAndSlopes } from "./hand-written/elementwise.ts";
import { bytesInUse } from "./heap.ts";
import { compiled, symtape, type Tensor } from "./ours.ts";
import { median } from "./statistics.ts";
import { aligned, formatTime } from "./table.ts";

const QUICK = process.env["BENCH_QUICK"] === "1";
/** A size is left out when it would take longer, going by the size before. */
const MOST_MILLISECONDS = QUICK ? 500 : 15_000;

/** The heap moves by some kilobytes: what fewer elements or nodes hold cannot be told. */
const LEAST_BYTES = 1000;

const { add, exp, log, multiply, negate, sigmoid, sin, square, sum, tanh, tensor, valueAndGrad } =
  symtape;

/** Something that is measured at growing sizes. */
interface Series {
  readonly name: string;
  readonly across: GrowthPoint["across"];
  readonly sizes: readonly number[];
  /** Gets ready for a size; `bytes` are what it holds. */
  at(size: number): Promise<Measured> | Measured;
}

interface Measured {
  run(): unknown;
  readonly bytes?: () => number;
}

const elements = Array.from({ length: 6 }, (_, k) => 10 ** (k + 2));
const nodes = Array.from({ length: 5 }, (_, k) => 10 ** (k + 2));

/** What the tape holds once a function has run, in bytes; only looked for when it is asked. */
let look = false;
let held = 0;

function watched(f: (x: Tensor) => Tensor): (x: Tensor) => Tensor {
  return (x) => {
    const before = look ? bytesInUse() : 0;
    const value = f(x);
    if (look) held = bytesInUse() - before;
    return value;
  };
}

const ofElements = valueAndGrad(
  watched((x) => sum(add(multiply(sigmoid(x), square(tanh(x))), log(add(1, exp(negate(x))))))),
);

/** A chain of so many operations on numbers. */
function chain(length: number): (x: Tensor) => Tensor {
  return watched((x) => {
    let value = x;
    for (let k = 0; k < length; k += 2) value = multiply(sin(value), x);
    return value;
  });
}

const series: readonly Series[] = [
  {
    name: "JavaScript loop",
    across: "elements",
    sizes: elements,
    at: (size) => {
      const x = spread(size, 5, 4);
      const slopes = new Float64Array(size);
      return { run: () => sumAndSlopes(x, slopes) };
    },
  },
  {
    name: "compiled",
    across: "elements",
    sizes: elements,
    at: async (size) => {
      const { compile } = await compiled();
      const x = tensor(spread(size, 5, 4));
      const f = compile((x: Tensor) => ofElements(x), [x]);
      f(x);
      return { run: () => f.run(), bytes: () => f.report().arenaBytes };
    },
  },
  {
    name: "recorded anew",
    across: "elements",
    sizes: elements,
    at: (size) => {
      const x = tensor(spread(size, 5, 4));
      return { run: () => ofElements(x), bytes: () => bytesHeld(() => ofElements(x)) };
    },
  },
  {
    name: "recorded anew",
    across: "nodes",
    sizes: nodes,
    at: (size) => {
      const f = valueAndGrad(chain(size));
      return { run: () => f(0.9), bytes: () => bytesHeld(() => f(0.9)) };
    },
  },
  {
    name: "compiling",
    across: "nodes",
    sizes: nodes,
    at: async (size) => {
      const { compile } = await compiled();
      const f = valueAndGrad(chain(size));
      const make = (): unknown => compile((x: Tensor) => f(x), [0.9]);
      return { run: make, bytes: () => bytesOf(make) };
    },
  },
  {
    name: "compiled",
    across: "nodes",
    sizes: nodes,
    at: async (size) => {
      const { compile } = await compiled();
      const f = valueAndGrad(chain(size));
      const program = compile((x: Tensor) => f(x), [0.9]);
      program(0.9);
      return { run: () => program.run() };
    },
  },
];

function bytesHeld(run: () => unknown): number {
  look = true;
  run();
  look = false;
  return held;
}

/** What a thing keeps as long as it is reachable. */
function bytesOf(make: () => unknown): number {
  const before = bytesInUse();
  const thing = make();
  const after = bytesInUse();
  return thing === undefined ? 0 : after - before;
}

/** The median of as many runs as fit into some tenths of a second, and at least one. */
function timeOf(run: () => unknown): number {
  const times: number[] = [];
  const begin = performance.now();
  while (
    times.length < 1 ||
    (performance.now() - begin < (QUICK ? 30 : 400) && times.length < 2000)
  ) {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  }
  return median(times.slice(Math.floor(times.length / 3)));
}

async function grow({ name, across, sizes, at }: Series): Promise<GrowthPoint[]> {
  const points: GrowthPoint[] = [];
  let last = 0;
  for (const size of sizes) {
    if (last * 10 > MOST_MILLISECONDS) break;
    const start = performance.now();
    const { run, bytes } = await at(size);
    const made = performance.now() - start;
    const milliseconds = timeOf(run);
    const held = size < LEAST_BYTES ? undefined : bytes?.();
    points.push({ name, across, size, milliseconds, ...(held !== undefined && { bytes: held }) });
    last = Math.max(milliseconds, made);
  }
  return points;
}

function print(points: readonly GrowthPoint[]): void {
  for (const across of ["elements", "nodes"] as const) {
    const lines = points
      .filter((point) => point.across === across)
      .map(({ name, size, milliseconds, bytes }) => [
        name,
        size.toLocaleString("en"),
        formatTime(milliseconds),
        formatTime(milliseconds / size),
        bytes === undefined ? "" : (bytes / size).toFixed(1),
        "",
      ]);
    const headings = ["", across, "time", "for each", "bytes for each", ""];
    process.stdout.write(`\nValue and gradient by number of ${across}, float64\n\n`);
    for (const line of aligned(headings, lines)) process.stdout.write(`  ${line}\n`);
  }
}

export async function growth(): Promise<GroupResult> {
  const points: GrowthPoint[] = [];
  for (const one of series) points.push(...(await grow(one)));
  print(points);
  if (!QUICK) process.stdout.write(`\n  ${await plotGrowth(points)}\n`);
  return { data: { points } };
}
