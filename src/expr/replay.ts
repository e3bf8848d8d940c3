// Replay: a graph of float64 scalars computed again and again without making tensors in between.

import type { Node, SymbolicTensor } from "./graph.ts";
import { inputOp } from "./ops/leaves.ts";
import { pointwiseFunctions } from "./ops/tensor-arithmetic.ts";

type Kernel = (...operands: number[]) => number;

/** One operation of a replay: a function of numbers and the places of its operands and its result. */
interface Instruction {
  readonly kernel: Kernel;
  readonly operands: readonly number[];
  readonly target: number;
}

/** Computes outputs from input numbers, both in the order in which they were named. */
export type Replay = (inputs: ArrayLike<number>) => Float64Array;

/** A replay of a graph, if all of it is pointwise arithmetic on float64 scalars. */
export function scalarReplay(
  nodes: readonly Node[],
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
): Replay | undefined {
  const places = new Map<SymbolicTensor, number>(inputs.map((input, i) => [input, i]));
  const constants: [place: number, value: number][] = [];
  const instructions: Instruction[] = [];
  for (const node of nodes) {
    const value = node.outputs[0] as SymbolicTensor;
    if (value.rank > 0 || !isDouble(value)) return undefined;
    if (node.op === inputOp) continue;
    const target = inputs.length + constants.length + instructions.length;
    if (node.value !== undefined) constants.push([target, node.value.at(0)]);
    else {
      const kernel = pointwiseFunctions().get(node.op.name)?.op.kernel;
      if (kernel === undefined) return undefined;
      const operands = node.inputs.map((input) => places.get(input) as number);
      instructions.push({ kernel, operands, target });
    }
    places.set(value, target);
  }
  const results = outputs.map((output) => places.get(output));
  if (results.some((place) => place === undefined)) return undefined;
  const size = inputs.length + constants.length + instructions.length;
  return replayOf(instructions, constants, results as number[], inputs.length, size);
}

/** Whether numbers stand for the value exactly: literals, truth values and float64. */
function isDouble(value: SymbolicTensor): boolean {
  return value.dtype === "float64" || value.dtype === "bool" || value.weak;
}

function replayOf(
  instructions: readonly Instruction[],
  constants: readonly (readonly [number, number])[],
  results: readonly number[],
  inputCount: number,
  size: number,
): Replay {
  const values = new Float64Array(size);
  for (const [place, value] of constants) values[place] = value;
  return (inputs) => {
    for (let i = 0; i < inputCount; i++) values[i] = inputs[i] as number;
    for (let i = 0; i < instructions.length; i++) {
      const { kernel, operands, target } = instructions[i] as Instruction;
      const first = values[operands[0] as number] as number;
      if (operands.length === 1) values[target] = kernel(first);
      else {
        const second = values[operands[1] as number] as number;
        values[target] =
          operands.length === 2
            ? kernel(first, second)
            : kernel(first, second, values[operands[2] as number] as number);
      }
    }
    return Float64Array.from(results, (place) => values[place] as number);
  };
}
