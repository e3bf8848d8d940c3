// Numbers that derivative rules have computed are shown as what they are: 0.693… is log(2).

import type { SymbolicTensor } from "../../graph.ts";
import * as arithmetic from "../../ops/arithmetic.ts";
import { log } from "../../ops/exponential.ts";
import { pi } from "../../tensor.ts";
import type { Rewriter } from "./rewriter.ts";

/** Fewer digits than this are taken for a number that somebody chose. */
const FEWEST_DIGITS = 15;
const LARGEST_OPERAND = 1000;

/**
 * log(n) or √n for a whole n, or a multiple of √π, whose value in float64 is the constant to the last bit;
 * any other constant stays as it is.
 */
export function closedForm(rewriter: Rewriter, value: SymbolicTensor): SymbolicTensor {
  const constant = value.node.value;
  if (constant?.rank !== 0 || !constant.weak || value.node.params.name !== undefined) return value;
  const number = constant.at(0);
  if (number < 0 || String(number).length < FEWEST_DIGITS) return value;
  const result = rootOrLogarithm(rewriter, number) ?? multipleOfRootPi(rewriter, number);
  return result === undefined ? value : rewriter.report("closed form", () => value, result);
}

function rootOrLogarithm(rewriter: Rewriter, number: number): SymbolicTensor | undefined {
  const square = Math.round(number * number);
  if (square <= LARGEST_OPERAND && Math.sqrt(square) === number) {
    return rewriter.plain(arithmetic.sqrt.op, [rewriter.number(square)]);
  }
  const power = Math.round(Math.exp(number));
  if (power <= LARGEST_OPERAND && Math.log(power) === number) {
    return rewriter.plain(log.op, [rewriter.number(power)]);
  }
  return undefined;
}

function multipleOfRootPi(rewriter: Rewriter, number: number): SymbolicTensor | undefined {
  const { divide, multiply, sqrt } = arithmetic;
  const constant = rewriter.graph.constant(pi);
  const root = (count: number): SymbolicTensor => {
    const operand =
      count === 1 ? constant : rewriter.plain(multiply.op, [rewriter.number(count), constant]);
    return rewriter.plain(sqrt.op, [operand]);
  };
  if (number === 2 / Math.sqrt(Math.PI)) {
    return rewriter.plain(divide.op, [rewriter.number(2), root(1)]);
  }
  if (number === Math.sqrt(2 * Math.PI)) return root(2);
  if (number !== 1 / Math.sqrt(2 * Math.PI)) return undefined;
  return rewriter.plain(divide.op, [rewriter.number(1), root(2)]);
}
