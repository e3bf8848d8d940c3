// Arithmetic on vectors of floats of one lane type, written as calls.

import type { FloatLanes } from "../floats.ts";
import type { FunctionBuilder, Value } from "../function-builder.ts";
import type { VectorFunction } from "./vector-function.ts";

/** A vector, or a number for all of its lanes. */
export type Operand = Value | number;

/** Writes arithmetic for one lane type. */
export class LaneArithmetic {
  readonly builder: FunctionBuilder;
  readonly lanes: FloatLanes;
  readonly isDouble: boolean;
  /** The lanes of whole numbers of the same width. */
  readonly whole: "i64x2" | "i32x4";
  /** Bits of the significand that a number stores; the exponent begins above them. */
  readonly significandBits: 52 | 23;

  constructor(builder: FunctionBuilder, lanes: FloatLanes) {
    this.builder = builder;
    this.lanes = lanes;
    this.isDouble = lanes === "f64x2";
    this.whole = this.isDouble ? "i64x2" : "i32x4";
    this.significandBits = this.isDouble ? 52 : 23;
  }

  /** What belongs to the lane type. */
  pick<T>(double: T, single: T): T {
    return this.isDouble ? double : single;
  }

  #vector(operand: Operand): Value {
    return typeof operand === "number" ? this.builder.splat(this.lanes, operand) : operand;
  }

  #float(name: string, ...operands: readonly Operand[]): Value {
    return this.builder.emit(
      `${this.lanes}.${name}`,
      operands.map((operand) => this.#vector(operand)),
    );
  }

  #bits(name: string, ...operands: readonly Operand[]): Value {
    return this.builder.emit(
      `v128.${name}`,
      operands.map((operand) => this.#vector(operand)),
    );
  }

  add(x: Operand, y: Operand): Value {
    return this.#float("add", x, y);
  }

  subtract(x: Operand, y: Operand): Value {
    return this.#float("sub", x, y);
  }

  multiply(x: Operand, y: Operand): Value {
    return this.#float("mul", x, y);
  }

  divide(x: Operand, y: Operand): Value {
    return this.#float("div", x, y);
  }

  sqrt(x: Value): Value {
    return this.#float("sqrt", x);
  }

  abs(x: Value): Value {
    return this.#float("abs", x);
  }

  /** The nearest whole number, halves to the even one. */
  nearest(x: Value): Value {
    return this.#float("nearest", x);
  }

  negate(x: Value): Value {
    return this.#float("neg", x);
  }

  /** The second where it is less than the first, else the first, a NaN too. */
  lesser(x: Value, y: Operand): Value {
    return this.#float("pmin", x, y);
  }

  /** The second where it is greater than the first, else the first, a NaN too. */
  greater(x: Value, y: Operand): Value {
    return this.#float("pmax", x, y);
  }

  isLess(x: Operand, y: Operand): Value {
    return this.#float("lt", x, y);
  }

  isGreater(x: Operand, y: Operand): Value {
    return this.#float("gt", x, y);
  }

  isAtMost(x: Operand, y: Operand): Value {
    return this.#float("le", x, y);
  }

  isEqual(x: Operand, y: Operand): Value {
    return this.#float("eq", x, y);
  }

  isDifferent(x: Operand, y: Operand): Value {
    return this.#float("ne", x, y);
  }

  and(x: Operand, y: Operand): Value {
    return this.#bits("and", x, y);
  }

  /** The bits of x that y lacks. */
  without(x: Operand, y: Operand): Value {
    return this.#bits("andnot", x, y);
  }

  /** Whether `or` of the same operands has been computed. */
  hasOr(x: Operand, y: Operand): boolean {
    return this.builder.hasComputed("v128.or", [this.#vector(x), this.#vector(y)]);
  }

  or(x: Operand, y: Operand): Value {
    return this.#bits("or", x, y);
  }

  xor(x: Operand, y: Operand): Value {
    return this.#bits("xor", x, y);
  }

  /** `yes` in the lanes of the mask. */
  choose(mask: Value, yes: Operand, no: Operand): Value {
    return this.#bits("bitselect", yes, no, mask);
  }

  /** A size, without sign, with the sign of x. */
  withSignOf(size: Value, x: Value): Value {
    return this.or(size, this.and(x, -0));
  }

  /** A whole number in all lanes. */
  wholeNumber(value: bigint): Value {
    return this.builder.splat(this.whole, value);
  }

  addWhole(x: Value, y: Value): Value {
    return this.builder.emit(`${this.whole}.add`, [x, y]);
  }

  subtractWhole(x: Value, y: Value): Value {
    return this.builder.emit(`${this.whole}.sub`, [x, y]);
  }

  isEqualWhole(x: Value, y: Value): Value {
    return this.builder.emit(`${this.whole}.eq`, [x, y]);
  }

  shiftLeft(x: Value, bits: number): Value {
    return this.builder.emit(`${this.whole}.shl`, [x, this.builder.constant("i32", bits)]);
  }

  shiftRight(x: Value, bits: number): Value {
    return this.builder.emit(`${this.whole}.shr_u`, [x, this.builder.constant("i32", bits)]);
  }
}

/** A vector function of arithmetic on its operands. */
export function vectorized(
  write: (v: LaneArithmetic, ...operands: readonly Value[]) => Value,
): VectorFunction {
  return (builder, lanes, operands) => write(new LaneArithmetic(builder, lanes), ...operands);
}
