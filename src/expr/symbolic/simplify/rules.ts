// The table of rules for single functions: what is written by a pattern, and the condition it holds under.

import { reachable, SymbolicTensor, symbol } from "../../graph.ts";
import { NO_PARAMS, type Op, type Params } from "../../op.ts";
import * as activations from "../../ops/activations.ts";
import * as arithmetic from "../../ops/arithmetic.ts";
import * as comparison from "../../ops/comparison.ts";
import * as exponential from "../../ops/exponential.ts";
import * as hyperbolic from "../../ops/hyperbolic.ts";
import { inputOp } from "../../ops/leaves.ts";
import type { Unary } from "../../ops/pointwise.ts";
import * as special from "../../ops/special.ts";
import * as trigonometric from "../../ops/trigonometric.ts";
import { e, type Tensor, type TensorLike } from "../../tensor.ts";
import { mayBe, NEGATIVE, NULL, POSITIVE } from "./facts.ts";
import { unspread } from "./forms.ts";
import { looksNegative } from "./looks.ts";
import type { Rewriter } from "./rewriter.ts";
import { structuralRules } from "./structural-rules.ts";

/** What the symbols of a pattern stand for. */
type Bindings = ReadonlyMap<string, SymbolicTensor>;
type Condition = (rewriter: Rewriter, bound: (name: string) => SymbolicTensor) => boolean;

/** An equation: `from` is replaced with `to` where the condition holds. */
interface PatternRule {
  readonly name: string;
  readonly from: SymbolicTensor;
  readonly to: Tensor;
  readonly when?: Condition;
}

const NO_CONDITION: Condition = () => true;
const isTotal: Condition = (rewriter, bound) => rewriter.facts.of(bound("x")).total;
const isPositive: Condition = (rewriter, bound) => rewriter.facts.of(bound("x")).signs === POSITIVE;
const isNotNegative: Condition = (rewriter, bound) =>
  !mayBe(rewriter.facts.of(bound("x")), NEGATIVE);
const isNotPositive: Condition = (rewriter, bound) =>
  !mayBe(rewriter.facts.of(bound("x")), POSITIVE | NULL);
const hasMinus: Condition = (rewriter, bound) => looksNegative(rewriter, bound("x"));

/** That x is defined everywhere, or its exponent is not 0: IEEE's NaN ^ 0 is 1. */
const isTotalOrRaised =
  (exponent: string): Condition =>
  (rewriter, bound) =>
    isTotal(rewriter, bound) || !mayBe(rewriter.facts.of(bound(exponent)), NULL);

function rule(
  name: string,
  from: Tensor,
  to: TensorLike,
  when: Condition = NO_CONDITION,
): PatternRule {
  return { name, from: from as SymbolicTensor, to: to as Tensor, when };
}

/** f(−x) = −f(x) */
const ODD: readonly Unary[] = [
  trigonometric.sin,
  trigonometric.tan,
  trigonometric.csc,
  trigonometric.cot,
  trigonometric.asin,
  trigonometric.atan,
  hyperbolic.sinh,
  hyperbolic.tanh,
  hyperbolic.csch,
  hyperbolic.coth,
  hyperbolic.asinh,
  hyperbolic.atanh,
  arithmetic.cbrt,
  comparison.sign,
  special.erf,
];
/** f(−x) = f(x) */
const EVEN: readonly Unary[] = [
  trigonometric.cos,
  trigonometric.sec,
  hyperbolic.cosh,
  hyperbolic.sech,
  comparison.abs,
];
const ZERO_AT_ZERO: readonly Unary[] = [
  trigonometric.sin,
  trigonometric.tan,
  trigonometric.asin,
  trigonometric.atan,
  hyperbolic.sinh,
  hyperbolic.tanh,
  hyperbolic.asinh,
  hyperbolic.atanh,
  special.erf,
];
const ONE_AT_ZERO: readonly Unary[] = [
  exponential.exp,
  trigonometric.cos,
  trigonometric.sec,
  hyperbolic.cosh,
  hyperbolic.sech,
  special.erfc,
];

type Symbols = [SymbolicTensor, SymbolicTensor, SymbolicTensor, SymbolicTensor];

function patternRules(): readonly PatternRule[] {
  const { add, divide, multiply, negate, pow, sqrt, subtract } = arithmetic;
  const { exp, log } = exponential;
  const { abs, maximum, minimum, not, where } = comparison;
  const { sigmoid } = activations;
  const [x, y, c, d] = ["x", "y", "c", "d"].map((name) => symbol(name)) as Symbols;
  const literal = (value: number): Tensor => x.node.graph.constant(value);
  const half = x.node.graph.apply(divide.op, [literal(1), literal(2)], NO_PARAMS)[0] as Tensor;
  const named = (f: Unary, text: string): string => `${f.op.name}(${text})`;
  return [
    ...ODD.map((f) =>
      rule(`${named(f, "-x")} = -${named(f, "x")}`, f(x), negate(f(negate(x))), hasMinus),
    ),
    ...EVEN.map((f) => rule(`${named(f, "-x")} = ${named(f, "x")}`, f(x), f(negate(x)), hasMinus)),
    ...ZERO_AT_ZERO.map((f) => rule(`${named(f, "0")} = 0`, f(literal(0)), literal(0))),
    ...ONE_AT_ZERO.map((f) => rule(`${named(f, "0")} = 1`, f(literal(0)), literal(1))),
    rule("sigmoid(0) = 1 / 2", sigmoid(literal(0)), half),
    rule("log(1) = 0", log(literal(1)), literal(0)),
    rule("log(e) = 1", log(x.node.graph.constant(e)), literal(1)),
    rule("sigmoid(-x) = 1 - sigmoid(x)", sigmoid(x), subtract(1, sigmoid(negate(x))), hasMinus),
    rule("log(exp(x)) = x", log(exp(x)), x),
    rule("exp(log(x)) = x for x > 0", exp(log(x)), x, isPositive),
    rule("e ^ x = exp(x)", pow(x.node.graph.constant(e), x), exp(x)),
    rule("sqrt(x ^ 2) = abs(x)", sqrt(pow(x, 2)), abs(x)),
    rule("(x ^ 2) ^ (1 / 2) = abs(x)", pow(pow(x, 2), half), abs(x)),
    rule("(x ^ 2) ^ (1 / 2) = abs(x)", pow(pow(x, 2), 0.5), abs(x)),
    rule("abs(x) = x for x >= 0", abs(x), x, isNotNegative),
    rule("abs(x) = -x for x < 0", abs(x), negate(x), isNotPositive),
    rule("x ^ 0 = 1", pow(x, 0), literal(1), isTotal),
    rule("1 ^ x = 1", pow(1, x), literal(1), isTotal),
    rule("exp(x) ^ y = exp(x * y)", pow(exp(x), y), exp(multiply(x, y)), isTotalOrRaised("y")),
    rule(
      "(x ^ y) ^ c = x ^ (y * c) for x > 0",
      pow(pow(x, y), c),
      pow(x, multiply(y, c)),
      (rewriter, bound) => isPositive(rewriter, bound) && isTotalOrRaised("c")(rewriter, bound),
    ),
    rule("c ? (c ? x : y) : d", where(c, where(c, x, y), d), where(c, x, d)),
    rule("c ? d : (c ? x : y)", where(c, d, where(c, x, y)), where(c, d, y)),
    rule("log1p(x) = log(x + 1)", exponential.log1p(x), log(add(x, 1))),
    rule("expm1(x) = exp(x) - 1", exponential.expm1(x), subtract(exp(x), 1)),
    rule("hypot(x, 1) = sqrt(x ^ 2 + 1)", arithmetic.hypot(x, 1), sqrt(add(pow(x, 2), 1))),
    rule("hypot(1, x) = sqrt(x ^ 2 + 1)", arithmetic.hypot(1, x), sqrt(add(pow(x, 2), 1))),
    rule("c ? x : x = x", where(c, x, x), x),
    rule("not c ? x : y = c ? y : x", where(not(c), x, y), where(c, y, x)),
    rule("max(x, x) = x", maximum(x, x), x),
    rule("min(x, x) = x", minimum(x, x), x),
  ];
}

let table: ReadonlyMap<Op, readonly PatternRule[]> | undefined;

function rulesOf(op: Op): readonly PatternRule[] {
  if (table === undefined) {
    const byOp = new Map<Op, PatternRule[]>();
    for (const entry of patternRules()) {
      const { op: root } = entry.from.node;
      byOp.set(root, [...(byOp.get(root) ?? []), entry]);
    }
    table = byOp;
  }
  return table.get(op) ?? [];
}

/** What the first rule makes of an application; undefined where none fits. */
export function applyRules(
  rewriter: Rewriter,
  op: Op,
  inputs: readonly SymbolicTensor[],
  params: Params,
): SymbolicTensor | undefined {
  const before = (): SymbolicTensor => rewriter.plain(op, inputs, params);
  // Pointwise operations, those with a formula, broadcast by themselves.
  if (op.formula !== undefined && inputs.some((input) => unspread(input) !== input)) {
    const result = rewriter.make(op, inputs.map(unspread), params);
    return rewriter.report("broadcast last", before, result);
  }
  for (const { name, from, to, when } of rulesOf(op)) {
    const bindings = new Map<string, SymbolicTensor>();
    if (!matchInputs(from, inputs, bindings)) continue;
    if (when?.(rewriter, (symbol) => bindings.get(symbol) as SymbolicTensor) === false) continue;
    return rewriter.report(name, before, instantiate(rewriter, to, bindings));
  }
  for (const { name, apply } of structuralRules(op)) {
    const result = apply(rewriter, inputs, params, op);
    if (result !== undefined) return rewriter.report(name, before, result);
  }
  return undefined;
}

function matchInputs(
  pattern: SymbolicTensor,
  inputs: readonly SymbolicTensor[],
  bindings: Map<string, SymbolicTensor>,
): boolean {
  return pattern.node.inputs.every((part, i) =>
    matches(part, inputs[i] as SymbolicTensor, bindings),
  );
}

/** Patterns are a few nodes deep, so this recursion is. */
function matches(
  pattern: SymbolicTensor,
  value: SymbolicTensor,
  bindings: Map<string, SymbolicTensor>,
): boolean {
  const { node } = pattern;
  if (node.op === inputOp) {
    const name = node.params.name as string;
    const known = bindings.get(name);
    bindings.set(name, known ?? value);
    return known === undefined || known === value;
  }
  if (node.value !== undefined) {
    const constant = value.node.value;
    return constant?.rank === 0 && Object.is(constant.at(0), node.value.at(0));
  }
  return node.op === value.node.op && matchInputs(pattern, value.node.inputs, bindings);
}

function instantiate(rewriter: Rewriter, to: Tensor, bindings: Bindings): SymbolicTensor {
  if (!(to instanceof SymbolicTensor)) return rewriter.constant(to);
  const values = new Map<SymbolicTensor, SymbolicTensor>();
  for (const { op, inputs, outputs, value, params } of reachable([to])) {
    const output = outputs[0] as SymbolicTensor;
    if (value !== undefined) values.set(output, rewriter.constant(value));
    else if (op === inputOp)
      values.set(output, bindings.get(params.name as string) as SymbolicTensor);
    else {
      const operands = inputs.map((input) => values.get(input) as SymbolicTensor);
      values.set(output, rewriter.make(op, operands, params));
    }
  }
  return values.get(to) as SymbolicTensor;
}
