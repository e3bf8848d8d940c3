// Runs small graphs as JavaScript programs, in both tiers, beside evaluation.

import { expect } from "vitest";
import { type JsExecutable, jsExecutable } from "../../src/compile/js/executable.ts";
import { makeEvaluator, nameOf } from "../../src/expr/evaluation.ts";
import { type SymbolicTensor, unify } from "../../src/expr/graph.ts";
import type { TypedArray } from "../../src/expr/shape.ts";
import { type ConcreteTensor, dataOf, type Tensor } from "../../src/expr/tensor.ts";

/** The program of expressions; `compileAfter` runs are replayed. */
export function program(
  inputs: readonly SymbolicTensor[],
  outputs: readonly Tensor[],
  options: { readonly compileAfter?: number; readonly limit?: number } = {},
): JsExecutable | undefined {
  const { values } = unify([...inputs, ...outputs]);
  const own = values.slice(0, inputs.length);
  return jsExecutable(own, values.slice(inputs.length), { aliases: [], ...options });
}

/** Runs until compiled code has taken over, with the inputs left as they are. */
export function compileNow(executable: JsExecutable): void {
  for (let run = 0; executable.tier() === "replay"; run++) {
    if (run > 1000) throw new Error("the program was not compiled");
    executable.run();
  }
}

/** The outputs of both tiers for values of the inputs. */
export function resultsOf(
  executable: JsExecutable,
  values: readonly ConcreteTensor[],
): { readonly replayed: TypedArray[]; readonly compiled: TypedArray[] } {
  const run = (): TypedArray[] => {
    values.forEach((value, i) => {
      executable.inputs[i]?.data.set(dataOf(value));
    });
    executable.run();
    return executable.outputs.map(({ data }) => data.slice());
  };
  const replayed = run();
  compileNow(executable);
  for (const { data } of executable.outputs) data.fill(Number.NaN);
  return { replayed, compiled: run() };
}

/**
 * Expects both tiers to give what evaluation gives, to the last bit. Returns whether there is a program for the
 * expressions.
 */
export function expectSameBits(
  inputs: readonly SymbolicTensor[],
  outputs: readonly Tensor[],
  values: readonly ConcreteTensor[],
): boolean {
  const executable = program(inputs, outputs, { compileAfter: 1 });
  if (executable === undefined) return false;
  const { values: symbols } = unify(outputs);
  const point = new Map(inputs.map((input, i) => [nameOf(input), values[i] as Tensor]));
  const expected = makeEvaluator(inputs, symbols).onTensors(point);
  const { replayed, compiled } = resultsOf(executable, values);
  expected.forEach((value, k) => {
    const numbers = Array.from(dataOf(value.concrete("test")));
    expect(Array.from(replayed[k] as TypedArray), `replayed output ${k}`).toEqual(numbers);
    expect(Array.from(compiled[k] as TypedArray), `compiled output ${k}`).toEqual(numbers);
  });
  return true;
}
