// How operations read as sums and products, before anything is collected.

import type { SymbolicTensor } from "../../graph.ts";
import type { Op } from "../../op.ts";
import * as arithmetic from "../../ops/arithmetic.ts";
import { broadcastToOp } from "../../ops/movement/reshape.ts";
import type { FactorPart, TermPart } from "./algebra.ts";
import { wholeNumber } from "./facts.ts";
import { exactly, MINUS_ONE, ONE, type Rational } from "./rational.ts";

/** Powers up to this exponent are multiplied out into factors. */
const LARGEST_EXPONENT = 1000;

/** The operand without a broadcast: what uses it element by element broadcasts it again. */
export function unspread(value: SymbolicTensor): SymbolicTensor {
  return value.node.op === broadcastToOp ? (value.node.inputs[0] as SymbolicTensor) : value;
}

/** The operands of a sum with their signs, where the operation makes one. */
export function termsOf(
  op: Op,
  inputs: readonly SymbolicTensor[],
): readonly TermPart[] | undefined {
  const [x, y] = inputs as readonly [SymbolicTensor, SymbolicTensor];
  if (op === arithmetic.add.op) {
    return [
      { value: x, coefficient: ONE },
      { value: y, coefficient: ONE },
    ];
  }
  if (op === arithmetic.subtract.op) {
    return [
      { value: x, coefficient: ONE },
      { value: y, coefficient: MINUS_ONE },
    ];
  }
  return op === arithmetic.negate.op ? [{ value: x, coefficient: MINUS_ONE }] : undefined;
}

/** The operands of a product with their exponents, where the operation makes one. */
export function factorsOf(
  op: Op,
  inputs: readonly SymbolicTensor[],
): readonly FactorPart[] | undefined {
  const [x, y] = inputs as readonly [SymbolicTensor, SymbolicTensor];
  switch (op) {
    case arithmetic.multiply.op:
      return [
        { value: x, exponent: 1 },
        { value: y, exponent: 1 },
      ];
    case arithmetic.divide.op:
      return [
        { value: x, exponent: 1 },
        { value: y, exponent: -1 },
      ];
    case arithmetic.reciprocal.op:
      return [{ value: x, exponent: -1 }];
    case arithmetic.square.op:
      return [{ value: x, exponent: 2 }];
    case arithmetic.pow.op: {
      const exponent = wholeNumber(y);
      if (exponent === undefined || exponent === 0) return undefined;
      return Math.abs(exponent) <= LARGEST_EXPONENT ? [{ value: x, exponent }] : undefined;
    }
    default:
      return undefined;
  }
}

/** The exact value of a scalar number, or of a tensor all of whose elements are that number. */
export function exactValue(value: SymbolicTensor): Rational | undefined {
  const constant = value.node.value;
  if (constant === undefined || constant.size === 0 || value.node.params.name !== undefined) {
    return undefined;
  }
  const first = constant.at(0);
  for (let i = 1; i < constant.size; i++) if (constant.at(i) !== first) return undefined;
  return exactly(first);
}
