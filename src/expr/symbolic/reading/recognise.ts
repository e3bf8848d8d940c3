// Functions in disguise: a table of equations that hold on all reals, whose right sides keep their digits.

import { type Graph, reachable, type SymbolicTensor } from "../../graph.ts";
import type { Op } from "../../op.ts";
import { add, divide, multiply, negate, subtract } from "../../ops/arithmetic.ts";
import { constantOp, inputOp } from "../../ops/leaves.ts";
import { literal, type Tensor } from "../../tensor.ts";
import { elaborate } from "./elaborate.ts";
import { readText } from "./read.ts";

/**
 * What is written and what is computed, the more special before the more general. Any subexpression may
 * stand for a letter, sums and products match in either order, and `-x` matches whatever is minus x. A
 * pattern meets its parts already recognised: `log(1 + exp(x))` is softplus(x) before its sign is seen.
 */
const EQUATIONS: readonly (readonly [written: string, computed: string])[] = [
  ["e ^ x", "exp(x)"],
  ["(exp(x) - exp(-x)) / (exp(x) + exp(-x))", "tanh(x)"],
  ["expm1(x) / (1 + exp(x))", "tanh(x / 2)"],
  ["-expm1(x) / (1 + exp(x))", "tanh(-x / 2)"],
  ["2 * sigmoid(x) - 1", "tanh(x / 2)"],
  ["sinh(x) / cosh(x)", "tanh(x)"],
  ["(exp(x) - exp(-x)) / 2", "sinh(x)"],
  ["(exp(x) + exp(-x)) / 2", "cosh(x)"],
  ["1 / (1 + exp(-x))", "sigmoid(x)"],
  ["exp(x) / (1 + exp(x))", "sigmoid(x)"],
  ["y / (1 + exp(-x))", "y * sigmoid(x)"],
  ["exp(x) - 1", "expm1(x)"],
  ["1 - exp(x)", "-expm1(x)"],
  ["log(exp(x))", "x"],
  ["log(1 + exp(x))", "softplus(x)"],
  ["log1p(exp(x))", "softplus(x)"],
  ["-softplus(-x)", "logSigmoid(x)"],
  ["log(sigmoid(x))", "logSigmoid(x)"],
  ["log(1 - sigmoid(x))", "logSigmoid(-x)"],
  ["log(exp(x) + exp(y))", "logaddexp(x, y)"],
  ["log(exp(x) + exp(y) + exp(z))", "logaddexp(logaddexp(x, y), z)"],
  ["log(cosh(x))", "logCosh(x)"],
  ["log(1 + x)", "log1p(x)"],
  ["log(1 - x)", "log1p(-x)"],
  ["x * tanh(softplus(x))", "mish(x)"],
  ["sqrt(square(x) + square(y))", "hypot(x, y)"],
];

/** How else an operation of the left sides may be written. */
const SPELLINGS: readonly (readonly [name: string, written: string])[] = [
  ["square(x)", "x ^ 2"],
  ["square(x)", "x * x"],
];

interface Rule {
  readonly from: SymbolicTensor;
  readonly to: SymbolicTensor;
}

type Bindings = ReadonlyMap<string, SymbolicTensor>;

/** The better form of what has just been built, or the same. */
export function recognise(value: SymbolicTensor): SymbolicTensor {
  let current = value;
  for (let round = 0; round < 4; round++) {
    const next = recogniseOnce(current);
    if (next === undefined) break;
    current = next;
  }
  return current;
}

function recogniseOnce(value: SymbolicTensor): SymbolicTensor | undefined {
  for (const rule of rulesFor(value.node.op)) {
    const bindings = match([[rule.from, value]], new Map());
    if (bindings !== undefined) return instantiate(rule.to, bindings, value.node.graph);
  }
  return undefined;
}

let rules: ReadonlyMap<Op, readonly Rule[]> | undefined;
let spellings: ReadonlyMap<Op, readonly SymbolicTensor[]> | undefined;

function rulesFor(op: Op): readonly Rule[] {
  if (rules === undefined) {
    const table = new Map<Op, Rule[]>();
    for (const [written, computed] of EQUATIONS) {
      const rule = { from: graphOf(written), to: graphOf(computed) };
      table.set(rule.from.node.op, [...(table.get(rule.from.node.op) ?? []), rule]);
    }
    rules = table;
  }
  return rules.get(op) ?? [];
}

function spellingsOf(op: Op): readonly SymbolicTensor[] {
  if (spellings === undefined) {
    const table = new Map<Op, SymbolicTensor[]>();
    for (const [name, written] of SPELLINGS) {
      const { op: named } = graphOf(name).node;
      table.set(named, [...(table.get(named) ?? []), graphOf(written)]);
    }
    spellings = table;
  }
  return spellings.get(op) ?? [];
}

/** The graph of a pattern as it is written. */
function graphOf(text: string): SymbolicTensor {
  const nothing = { isVariable: () => false, isFunction: () => false };
  return elaborate(readText(text, nothing), {}).output;
}

type Goal = readonly [pattern: SymbolicTensor, value: SymbolicTensor];

/** What the letters of patterns stand for, so that every pattern equals its value. */
function match(goals: readonly Goal[], bindings: Bindings): Bindings | undefined {
  const [goal, ...rest] = goals;
  if (goal === undefined) return bindings;
  const [pattern, value] = goal;
  const { op, inputs } = pattern.node;
  if (op === inputOp) return bind(pattern, value, rest, bindings);
  if (op === constantOp) {
    return isSameConstant(pattern, value) ? match(rest, bindings) : undefined;
  }
  const operand = inputs[0] as SymbolicTensor;
  if (op === negate.op && operand.node.op === inputOp) {
    return bind(operand, opposite(value), rest, bindings);
  }
  const values = value.node.inputs;
  if (value.node.op === op && values.length === inputs.length) {
    const goals = inputs.map((input, i): Goal => [input, values[i] as SymbolicTensor]);
    const found = match([...goals, ...rest], bindings) ?? undefined;
    if (found !== undefined) return found;
    if (isCommutative(op)) {
      const turned = inputs.map((input, i): Goal => [input, values[1 - i] as SymbolicTensor]);
      return match([...turned, ...rest], bindings);
    }
  }
  for (const spelling of spellingsOf(op)) {
    const own = match([[spelling, value]], new Map())?.get("x");
    if (own !== undefined) return match([[operand, own], ...rest], bindings);
  }
  return undefined;
}

function bind(
  pattern: SymbolicTensor,
  value: SymbolicTensor,
  rest: readonly Goal[],
  bindings: Bindings,
): Bindings | undefined {
  const name = pattern.node.params.name as string;
  const bound = bindings.get(name);
  if (bound === undefined) return match(rest, new Map(bindings).set(name, value));
  return bound === value ? match(rest, bindings) : undefined;
}

function isSameConstant(pattern: SymbolicTensor, value: SymbolicTensor): boolean {
  const wanted = pattern.node.value;
  const given = value.node.value;
  if (wanted === undefined || given === undefined || given.rank > 0) return false;
  const { name } = pattern.node.params;
  return wanted.at(0) === given.at(0) && (name === undefined || name === value.node.params.name);
}

function isCommutative(op: Op): boolean {
  return op === add.op || op === multiply.op;
}

/** The right side of an equation for what its letters stand for. */
function instantiate(to: SymbolicTensor, bindings: Bindings, graph: Graph): SymbolicTensor {
  const built: SymbolicTensor[] = [];
  for (const node of reachable([to])) {
    const { op, inputs, params, outputs } = node;
    const output = outputs[0] as SymbolicTensor;
    const operands = inputs.map((input) => built[input.slot] as SymbolicTensor);
    const [x, y] = operands as [SymbolicTensor, SymbolicTensor];
    if (op === inputOp) built[output.slot] = bindings.get(params.name as string) as SymbolicTensor;
    else if (op === constantOp) built[output.slot] = graph.adopt(output);
    else if (op === negate.op) built[output.slot] = opposite(x);
    else if (op === divide.op && isLiteral(y, 2)) built[output.slot] = half(x);
    else built[output.slot] = graph.apply(op, operands, params)[0] as SymbolicTensor;
  }
  return built[to.slot] as SymbolicTensor;
}

function isLiteral(value: SymbolicTensor, number: number): boolean {
  const known = value.node.value;
  return known !== undefined && known.rank === 0 && known.weak && known.at(0) === number;
}

/** -x, exactly, in the shortest way. */
function opposite(value: SymbolicTensor): SymbolicTensor {
  const { op, inputs, graph } = value.node;
  const [x, y] = inputs as readonly [SymbolicTensor, SymbolicTensor];
  if (op === negate.op) return x;
  if (op === subtract.op) return graph.adopt(subtract(y, x));
  if ((op === multiply.op || op === divide.op) && hasSign(x)) {
    return graph.adopt((op === multiply.op ? multiply : divide)(opposite(x), y));
  }
  const known = value.node.value;
  if (known?.rank === 0 && known.weak && value.node.params.name === undefined) {
    return graph.adopt(literal(-known.at(0)));
  }
  return graph.adopt(negate(value));
}

/** Whether a minus can go into the value: it has one already, or it is a number. */
function hasSign(value: SymbolicTensor): boolean {
  let { op, inputs } = value.node;
  for (let depth = 0; depth < DEEPEST_SIGN; depth++) {
    if (op === negate.op || op === constantOp) return true;
    if (op !== multiply.op && op !== divide.op) return false;
    ({ op, inputs } = (inputs[0] as SymbolicTensor).node);
  }
  return false;
}

/** A minus goes into the first of at most this many factors. */
const DEEPEST_SIGN = 50;

/** x / 2, exactly where x is twice something. */
function half(value: SymbolicTensor): SymbolicTensor {
  const { op, inputs, graph } = value.node;
  const [x, y] = inputs as readonly [SymbolicTensor, SymbolicTensor];
  if (op === negate.op && isTwice(x)) return opposite(half(x));
  if (op === multiply.op && isLiteral(x, 2)) return y;
  if (op === multiply.op && isLiteral(y, 2)) return x;
  if (op === multiply.op && isLiteral(x, -2)) return opposite(y);
  const result: Tensor = divide(value, 2);
  return graph.adopt(result);
}

function isTwice(value: SymbolicTensor): boolean {
  const { op, inputs } = value.node;
  return op === multiply.op && inputs.some((input) => isLiteral(input, 2));
}
