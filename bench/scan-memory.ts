// What the derivative of a long loop keeps: a JavaScript loop on the tape, a scan, and a scan with checkpoints.

import { bytesInUse } from "./heap.ts";

/** The built package, as users run it. */
const { add, cos, customRule, grad, multiply, scan, sin, sum, tensor } = (await import(
  new URL("dist/index.js", `file://${process.cwd()}/`).href
)) as typeof import("../src/index.ts");

type Tensor = import("../src/index.ts").Tensor;

/** The most bytes that one gradient held at a time, beyond what was there before. */
export interface ScanMemoryRow {
  readonly problem: string;
  readonly steps: number;
  readonly stateBytes: number;
  readonly peak: number;
  /** The peak as a multiple of the state. */
  readonly states: number;
}

const STATE = 500;
/** Looks at the heap take long: this many steps lie between two of them. */
const BETWEEN_LOOKS = 499;

let calls = 0;
let peak = 0;

function look(): void {
  calls += 1;
  if (calls % BETWEEN_LOOKS === 0) peak = Math.max(peak, bytesInUse());
}

/** The same numbers; it looks at the heap now and then, while the loop runs and on the way back. */
const watched = customRule({
  name: "watched",
  value: (x: Tensor) => {
    look();
    return multiply(x, 1);
  },
  pullback: (_, __, cotangent) => [watched(cotangent as Tensor)],
  check: false,
}) as unknown as (x: Tensor) => Tensor;

const step = (state: Tensor, parameter: Tensor): Tensor =>
  watched(add(sin(multiply(state, parameter)), multiply(0.1, cos(state))));

type Loop = (parameter: Tensor, start: Tensor, steps: number) => Tensor;

const loops: Readonly<Record<string, Loop>> = {
  "a JavaScript loop on the tape": (parameter, start, steps) => {
    let state = start;
    for (let k = 0; k < steps; k++) state = step(state, parameter);
    return sum(state);
  },
  scan: (parameter, start, steps) => sum(scanned(parameter, start, steps, false)),
  "scan with checkpoints": (parameter, start, steps) => sum(scanned(parameter, start, steps, true)),
};

function scanned(parameter: Tensor, start: Tensor, length: number, checkpoint: boolean): Tensor {
  const loop = (carry: Tensor): { carry: Tensor } => ({ carry: step(carry, parameter) });
  return scan(loop, start, null, { length, checkpoint }).carry;
}

function measure(name: string, loop: Loop, steps: number): ScanMemoryRow & { gradient: number } {
  const start = tensor(Float64Array.from({ length: STATE }, (_, i) => Math.sin(i)));
  const before = bytesInUse();
  calls = 0;
  peak = before;
  const gradient = grad((parameter: Tensor) => loop(parameter, start, steps))(0.9);
  const held = peak - before;
  const stateBytes = 8 * STATE;
  return { problem: name, steps, stateBytes, peak: held, states: held / stateBytes, gradient };
}

/** Measures loops of two lengths, one four times the other; the gradients must agree. */
export function scanMemoryBench(): ScanMemoryRow[] {
  const rows: ScanMemoryRow[] = [];
  process.stdout.write(
    `\nmost memory held by the gradient of a loop with a state of ${STATE} numbers\n`,
  );
  for (const steps of [2_500, 10_000]) {
    const found = Object.entries(loops).map(([name, loop]) => measure(name, loop, steps));
    for (const { gradient, ...row } of found) {
      const expected = found[0]?.gradient as number;
      if (Math.abs(gradient - expected) > 1e-9 * Math.abs(expected)) {
        throw new Error(`${row.problem}: ${gradient} beside ${expected}`);
      }
      rows.push(row);
      const size = `${(row.peak / 1e6).toFixed(2).padStart(8)} MB`;
      process.stdout.write(
        `  ${String(steps).padStart(6)} steps  ${row.problem.padEnd(32)} ${size}  ${row.states.toFixed(0).padStart(7)} states\n`,
      );
    }
  }
  return rows;
}
