// What tells nodes apart, so that equal ones are made once.

import type { SymbolicTensor } from "./graph.ts";
import { NO_PARAMS, type Op, type Params } from "./op.ts";
import { type ConcreteTensor, namedConstants } from "./tensor.ts";

/** A graph holds at most this many values, so that two slots fit into one number. */
export const SLOT_LIMIT: number = 2 ** 26;

const SMALL_SLOT = 2 ** 15;

/** What tells nodes of one operation apart: a number for up to two operands, else a text. */
export function nodeKey(
  op: Op,
  inputs: readonly SymbolicTensor[],
  params: Params,
): number | string {
  const isPlain = params === NO_PARAMS || Object.keys(params).length === 0;
  if (isPlain && inputs.length <= 2 && inputs.length === op.inputs.length) {
    const first = (inputs[0] as SymbolicTensor).slot;
    const second = inputs.length === 2 ? (inputs[1] as SymbolicTensor).slot : 0;
    const small = first < SMALL_SLOT && second < SMALL_SLOT;
    return small ? first * SMALL_SLOT + second : -(first * SLOT_LIMIT + second);
  }
  const slots = inputs.map((input) => input.slot).join(",");
  return isPlain ? slots : `${slots} ${JSON.stringify(params)}`;
}

/** What constants are called that formulas know by name. */
export const constantNames: ReadonlyMap<ConcreteTensor, string> = new Map(
  Object.entries(namedConstants).map(([name, constant]) => [constant, name]),
);

/** What tells small constants apart. */
export function constantKey(data: ConcreteTensor, name: string | undefined): string {
  const parts: string[] = [];
  for (let i = 0; i < data.size; i++) {
    const element = data.at(i);
    parts.push(Object.is(element, -0) ? "-0" : String(element));
  }
  const isNumberLiteral = data.weak && data.dtype !== "bool";
  const type = isNumberLiteral ? "weak" : data.weak ? "weak bool" : data.dtype;
  return `constant ${name ?? ""} ${type} ${data.shape.join("x")} ${parts.join(",")}`;
}
