// Which outputs of a graph depend on which inputs, element by element.

import type { Arithmetic, NdArray } from "../../expr/arithmetic.ts";
import { SymtapeError } from "../../expr/errors.ts";
import { type Node, reachable, type SymbolicTensor } from "../../expr/graph.ts";
import { stopGradientOp } from "../../expr/ops/gradient-control.ts";
import { inputOp } from "../../expr/ops/leaves.ts";
import { type ConcreteTensor, dataOf } from "../../expr/tensor.ts";
import { type Dependency, dependencyArithmetic, NOTHING } from "./dependencies.ts";

/** The elements of one value: data where it is constant. */
type Value = ConcreteTensor | NdArray<Dependency>;

/**
 * For each element of the outputs, in order, the elements of the variables that it depends on smoothly, counted
 * through all variables. Other inputs of the graph count as constants.
 */
export function dependenciesOf(
  outputs: readonly SymbolicTensor[],
  variables: readonly SymbolicTensor[],
): readonly Int32Array[] {
  const values: Value[] = [];
  let place = 0;
  for (const variable of variables) {
    const data = Array.from({ length: variable.size }, () => Int32Array.of(place++));
    values[variable.slot] = { shape: variable.shape, data };
  }
  const arithmetic = dependencyArithmetic();
  for (const node of reachable(outputs)) {
    const [first] = node.outputs as readonly [SymbolicTensor];
    if (values[first.slot] !== undefined) continue;
    const operands = node.inputs.map((input) => values[input.slot] as Value);
    valuesOf(node, operands, arithmetic).forEach((value, i) => {
      values[(node.outputs[i] as SymbolicTensor).slot] = value;
    });
  }
  return outputs.flatMap((output) => setsOf(values[output.slot] as Value));
}

function setsOf(value: Value): Int32Array[] {
  if (isConstant(value)) return new Array<Int32Array>(value.size).fill(NOTHING);
  return Array.from(value.data, (element) => (typeof element === "number" ? NOTHING : element));
}

function isConstant(value: Value): value is ConcreteTensor {
  return "tracer" in value;
}

function valuesOf(
  node: Node,
  operands: readonly Value[],
  arithmetic: Arithmetic<Dependency>,
): readonly Value[] {
  const { op, params, value, outputs } = node;
  if (value !== undefined) return [value];
  if (op === inputOp) return outputs.map((output) => alike(output, NOTHING));
  if (operands.every(isConstant)) return op.evaluate(operands, params);
  if (op.nondifferentiable || op === stopGradientOp)
    return outputs.map((output) => alike(output, NOTHING));
  try {
    return op.reference(arithmetic, operands.map(elementsOf), params);
  } catch (error) {
    if (!(error instanceof SymtapeError)) throw error;
    // It looks at numbers that are not there, such as an order: everything may depend on everything.
    const all = unionOf(operands);
    return outputs.map((output) => alike(output, all));
  }
}

function alike({ shape, size }: SymbolicTensor, element: Int32Array): NdArray<Dependency> {
  return { shape, data: new Array<Int32Array>(size).fill(element) };
}

function elementsOf(value: Value): NdArray<Dependency> {
  return isConstant(value) ? { shape: value.shape, data: dataOf(value) } : value;
}

function unionOf(values: readonly Value[]): Int32Array {
  const places = new Set<number>();
  const seen = new Set<Int32Array>();
  for (const set of values.flatMap((value) => (isConstant(value) ? [] : setsOf(value)))) {
    if (seen.has(set)) continue;
    seen.add(set);
    for (const place of set) places.add(place);
  }
  return Int32Array.from(places).sort();
}
