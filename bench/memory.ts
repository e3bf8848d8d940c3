// What stays on the heap: work whose results are dropped must leave it where it was.

import { bytesInUse } from "./heap.ts";

/** The built package, as users run it. */
const { add, multiply, sin, sum, tensor } = (await import(
  new URL("dist/index.js", `file://${process.cwd()}/`).href
)) as typeof import("../src/index.ts");

/** Work that is repeated and leaves nothing behind. */
interface MemoryTask {
  readonly name: string;
  /** How often the work is done between the two looks at the heap. */
  readonly repeats: number;
  /** How many operations one repeat applies. */
  readonly operations: number;
  run(repeat: number): void;
}

export interface MemoryRow {
  readonly problem: string;
  readonly operations: number;
  /** Bytes on the heap and in array buffers, after the garbage collector. */
  readonly before: number;
  readonly after: number;
}

const tasks: readonly MemoryTask[] = [smallOperations()];

/** A million operations on four numbers each, one fed by the other four at a time. */
function smallOperations(): MemoryTask {
  const x = tensor([0.1, 0.2, 0.3, 0.4]);
  return {
    name: "1,000,000 eager operations on 4 numbers",
    repeats: 250_000,
    operations: 4,
    run: (repeat) => {
      sum(sin(add(multiply(x, repeat), x)));
    },
  };
}

/** What may be left over, in bytes: the engine's own tables move by some kilobytes. */
const SLACK = 1_000_000;

function measure({ name, repeats, operations, run }: MemoryTask): MemoryRow {
  const repeatAll = (count: number): void => {
    for (let i = 0; i < count; i++) run(i);
  };
  repeatAll(Math.ceil(repeats / 100));
  const before = bytesInUse();
  repeatAll(repeats);
  const after = bytesInUse();
  if (after - before > SLACK) throw new Error(`${name}: ${after - before} bytes were left behind`);
  return { problem: name, operations: repeats * operations, before, after };
}

export function memoryBench(): MemoryRow[] {
  const rows = tasks.map(measure);
  const shown = (bytes: number): string => `${(bytes / 1e6).toFixed(3).padStart(9)} MB`;
  process.stdout.write("\nheap before and after, garbage collected\n");
  for (const { problem, before, after } of rows) {
    const change = ((after - before) / 1e3).toFixed(1);
    process.stdout.write(
      `  ${problem.padEnd(44)} ${shown(before)} ${shown(after)}   (${change} kB more)\n`,
    );
  }
  return rows;
}
