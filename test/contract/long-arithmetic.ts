// Formulas in long arithmetic: mathjs with BigNumbers, with digits to spare until two answers agree.

import {
  all,
  type BigNumber,
  create,
  type FactoryFunctionMap,
  type MathJsInstance,
  type MathNode,
} from "mathjs";

/** 64 digits settle nearly all; beside a 1, e^-700 needs 305 more, and asinh(-1e200) another 400. */
const DIGITS = [64, 100, 800, 900] as const;

const instances = new Map<number, MathJsInstance>();

function mathWith(digits: number): MathJsInstance {
  let math = instances.get(digits);
  if (math === undefined) {
    math = create(all as FactoryFunctionMap, {
      number: "BigNumber",
      precision: digits,
      // The comparisons of mathjs are tolerant; these leave nothing to tolerate.
      relTol: 10 ** -60,
      absTol: 0,
    });
    instances.set(digits, math);
  }
  return math;
}

/** A float64 exactly: its 53 bits times a power of two, to as many digits as there are. */
function exactly(math: MathJsInstance, value: number): BigNumber {
  let exponent = 0;
  let whole = value;
  while (!Number.isInteger(whole)) {
    whole *= 2 ** 52;
    exponent -= 52;
  }
  // A subnormal times 2^52 is exact, and so is every later step.
  return math.bignumber(whole).times(math.bignumber(2).pow(exponent));
}

type Names = readonly string[];

/** The value of a formula at float64 numbers, rounded once to float64. */
export function formulaValue(formula: string, names: Names, at: readonly number[]): number {
  return settle((math) => valueIn(math, math.parse(formula), names, at));
}

/** The partial derivative that mathjs derives from a formula, without its simplifications. */
export function formulaDerivative(
  formula: string,
  by: string,
  names: Names,
  at: readonly number[],
): number {
  return settle((math) => {
    const tree = math.derivative(math.parse(formula), by, { simplify: false });
    return valueIn(math, tree, names, at);
  });
}

function valueIn(
  math: MathJsInstance,
  tree: MathNode,
  names: Names,
  at: readonly number[],
): number {
  const scope = Object.fromEntries(names.map((name, i) => [name, exactly(math, at[i] as number)]));
  const result: unknown = tree.evaluate(scope);
  if (typeof result === "boolean" || typeof result === "number") return Number(result);
  if (math.isBigNumber(result)) return Number(result.toString());
  throw new Error(`${tree.toString()} has no real value: ${String(result)}`);
}

function settle(compute: (math: MathJsInstance) => number): number {
  let previous = Number.NaN;
  for (const digits of DIGITS) {
    const value = compute(mathWith(digits));
    const ordinary = Math.abs(value) > 1e-20 && Math.abs(value) < 1e20;
    if (Object.is(value, previous) && (ordinary || digits === DIGITS.at(-1))) return value;
    previous = value;
  }
  throw new Error(`no two of ${DIGITS.join(", ")} digits agree; the last gives ${previous}`);
}
