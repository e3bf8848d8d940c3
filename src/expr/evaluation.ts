// Evaluation: outputs of a graph at a point, by replay on plain numbers or operation by operation.

import { SymtapeError } from "./errors.ts";
import { evaluateNodes } from "./evaluate-nodes.ts";
import { type Node, reachable, type SymbolicTensor } from "./graph.ts";
import { inputOp } from "./ops/leaves.ts";
import { stack } from "./ops/movement/indexing.ts";
import { cast } from "./ops/movement/reshape.ts";
import { scalarReplay } from "./replay.ts";
import { type NestedArray, scalar, Tensor, tensor } from "./tensor.ts";

/** A value for an input: a tensor, a number, or these in nested arrays. */
export type PointValue = Tensor | number | readonly PointValue[];

/** Values for the inputs of a formula by name. Arrays become float64 tensors. */
export type Point = Readonly<Record<string, PointValue>>;

/** Several outputs of one graph, ready to be computed together at any point. */
export interface Evaluator {
  /** The inputs whose values are looked at. */
  readonly inputs: readonly SymbolicTensor[];
  /** The outputs where everything is scalar arithmetic and the point gives plain numbers. */
  onNumbers(point: Point): Float64Array | undefined;
  /** The point's values by name, as tensors. */
  read(point: Point): ReadonlyMap<string, Tensor>;
  onTensors(values: ReadonlyMap<string, Tensor>): readonly Tensor[];
}

/**
 * An evaluator of `outputs`. Of the `declared` inputs those that no output depends on may be missing from a
 * point.
 */
export function makeEvaluator(
  declared: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
): Evaluator {
  const nodes = reachable(outputs);
  const used = nodes.filter((node) => node.op === inputOp).map(firstOutput);
  const usedSet = new Set(used);
  const unused = declared.filter((input) => !usedSet.has(input));
  const names = used.map(nameOf);
  const unusedNames = unused.map(nameOf);
  const replay = scalarReplay(nodes, used, outputs);
  const numbers = new Float64Array(names.length);
  return {
    inputs: [...used, ...unused],
    onNumbers: (point) => {
      if (replay === undefined || !unusedNames.every((name) => isPlain(point[name])))
        return undefined;
      for (let i = 0; i < names.length; i++) {
        const value = point[names[i] as string];
        if (typeof value !== "number") return undefined;
        numbers[i] = value;
      }
      return replay(numbers);
    },
    read: (point) => {
      const given = unused.filter((input) => Object.hasOwn(point, nameOf(input)));
      return readPoint([...used, ...given], point);
    },
    onTensors: (values) => {
      const resultOf = evaluateNodes(nodes, (node) => {
        if (node.value !== undefined) return node.value;
        return node.op === inputOp ? values.get(node.params.name as string) : undefined;
      });
      return outputs.map(resultOf);
    },
  };
}

function isPlain(value: PointValue | undefined): boolean {
  return value === undefined || typeof value === "number";
}

function firstOutput(node: Node): SymbolicTensor {
  return node.outputs[0] as SymbolicTensor;
}

/** The name of an input. */
export function nameOf(input: SymbolicTensor): string {
  return input.node.params.name as string;
}

/** Reads the values of a point: numbers are float64 scalars, arrays float64 tensors. */
function readPoint(inputs: readonly SymbolicTensor[], point: Point): ReadonlyMap<string, Tensor> {
  const values = new Map<string, Tensor>();
  for (const input of inputs) {
    const name = nameOf(input);
    const value = Object.hasOwn(point, name) ? point[name] : undefined;
    if (value === undefined) {
      const given = Object.keys(point).join(", ") || "nothing";
      throw new SymtapeError(
        "usage",
        `the point has no value for ${name}: it gives ${given}. Add ${name}: …`,
        { operation: "evaluate" },
      );
    }
    values.set(name, toTensor(value));
  }
  return values;
}

function toTensor(value: PointValue): Tensor {
  if (value instanceof Tensor) return value.weak ? cast(value, "float64") : value;
  if (typeof value === "number") return scalar(value);
  return holdsTensors(value) ? stack(value.map(toTensor)) : tensor(value as NestedArray);
}

function holdsTensors(value: PointValue): value is readonly PointValue[] {
  return Array.isArray(value) && value.some((item) => item instanceof Tensor || holdsTensors(item));
}

/** The values of a point for the inputs of a formula, as tensors by name. */
export function pointTensors(
  formula: { readonly inputs: readonly SymbolicTensor[] },
  point: Point,
): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(readPoint(formula.inputs, point));
}
