// The operations of scalar programs: pointwise operations of the library and the roundings between them.

import { wholePower } from "../../expr/ops/int32.ts";
import { pointwiseFunctions } from "../../expr/ops/tensor-arithmetic.ts";

/**
 * Which dtypes hold a value exactly, as bits: float32, int32, bool. A value that its dtype holds already is not rounded
 * to it again.
 */
export type Exactness = number;
export const SINGLE = 1;
export const WHOLE = 2;
export const TRUTH = 4;
export const EXACT_EVERYWHERE: Exactness = SINGLE | WHOLE | TRUTH;

/** An operation on numbers. */
export type Kernel = (...operands: number[]) => number;

/** An operation on numbers, made once for its name. */
export interface ScalarOp {
  readonly name: string;
  /** A number of its own, for tables. */
  readonly id: number;
  readonly kernel: Kernel;
  /** Whether the operands may be swapped without any change of the result. */
  readonly commutes: boolean;
  /** What is known of results of operands of which `common` is known. */
  exactness(common: Exactness): Exactness;
}

/** What programs compute beside the pointwise operations of the library. */
const OWN: Readonly<Record<string, Kernel>> = {
  /** The nearest float32. */
  single: Math.fround,
  /** The low 32 bits of the whole part. */
  whole: (x) => (x as number) | 0,
  /** The product modulo 2³². */
  wholeProduct: Math.imul,
  wholePower: (x, y) => wholePower(x as number, y as number),
  /** e^−|x|, which sigmoids of x and of −x have in common. */
  decay: (x) => Math.exp(-Math.abs(x as number)),
  /** The sigmoid of x from its decay. */
  logistic: (x, decay) => ((x as number) >= 0 ? 1 : (decay as number)) / (1 + (decay as number)),
};

const COMMUTING: ReadonlySet<string> = new Set([
  ...["add", "multiply", "wholeProduct", "maximum", "minimum"],
  ...["equal", "notEqual", "and", "or", "xor"],
]);

const TRUTH_VALUES: ReadonlySet<string> = new Set([
  ...["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"],
  ...["and", "or", "xor"],
]);

/** Results are among the operands, or lie on the grid of the operands' dtype as they do. */
const CHOOSING: ReadonlySet<string> = new Set([
  ...["maximum", "minimum", "floor", "ceil", "round"],
]);

/** The sign of 0 and the size of −2³¹ leave the whole numbers. */
const SIGN_CHANGING: ReadonlySet<string> = new Set(["negate", "abs", "sign"]);

function exactnessOf(name: string): ScalarOp["exactness"] {
  if (TRUTH_VALUES.has(name)) return () => EXACT_EVERYWHERE;
  if (CHOOSING.has(name)) return (common) => common;
  if (SIGN_CHANGING.has(name)) return (common) => common & SINGLE;
  if (name === "single") return () => SINGLE;
  if (name === "whole" || name === "wholeProduct") return () => WHOLE;
  return () => 0;
}

const made = new Map<string, ScalarOp>();

/** The operation of a name; `kernel` tells what a name means that neither the library nor this file knows. */
export function scalarOp(name: string, kernel?: Kernel): ScalarOp {
  const known = made.get(name);
  if (known !== undefined) return known;
  const own: Kernel | undefined = Object.hasOwn(OWN, name)
    ? OWN[name]
    : pointwiseFunctions().get(name)?.op.kernel;
  const op: ScalarOp = {
    name,
    id: made.size,
    kernel: (own ?? kernel) as Kernel,
    commutes: COMMUTING.has(name),
    exactness: exactnessOf(name),
  };
  made.set(name, op);
  return op;
}
