// A Formula is a graph with named inputs that can be called like any function.

import { SymtapeError } from "./errors.ts";
import { evaluateNodes } from "./evaluate-nodes.ts";
import { type Evaluator, makeEvaluator, nameOf, type Point } from "./evaluation.ts";
import { Graph, type Node, reachable, SymbolicTensor, unify } from "./graph.ts";
import { inputOp } from "./ops/leaves.ts";
import { type AbstractValue, formatShape, type Shape, sameShape } from "./shape.ts";
import { requireOpen, scalar, type Tensor } from "./tensor.ts";

/** Shapes of inputs by name. */
export type Shapes = Readonly<Record<string, Shape>>;

/** What a text or a function becomes for inputs of known shapes. */
export interface Elaboration {
  readonly inputs: readonly SymbolicTensor[];
  readonly output: SymbolicTensor;
  /** Values that the text gives names to, such as `h` in `h = sigmoid(x)`, in the order of the text. */
  readonly definitions: ReadonlyMap<string, SymbolicTensor>;
}

/**
 * A graph with named inputs. Called with a point it computes its value; `derivative`, `grad`, `format`,
 * `compare` and the rest take it wherever they take a function.
 *
 * @example
 * const f = parse("x^2 + 1");
 * f({ x: 3 }).item(); // 10
 */
export interface Formula extends Elaboration {
  (point: Point): Tensor;
  /** The names of the inputs, in the order in which they first occur. */
  readonly names: readonly string[];
  readonly graph: Graph;
  /** The same formula for inputs of other shapes; those not named keep theirs. */
  withShapes(shapes: Shapes): Formula;
  /** What this formula shares with those that `withShapes` makes of it. */
  readonly [FAMILY]: Family;
}

const FAMILY: unique symbol = Symbol("family");

export function isFormula(value: unknown): value is Formula {
  return typeof value === "function" && FAMILY in value;
}

/**
 * Makes a formula from what builds it. `build` gets the shapes that are known and takes any other input
 * for a scalar. `fixed` holds the shapes that the user declared: data must have them.
 */
export function makeFormula(build: (shapes: Shapes) => Elaboration, fixed: Shapes = {}): Formula {
  return formulaOf(build(fixed), { build, fixed, known: undefined });
}

/** What the formulas of one text or function share. */
interface Family {
  readonly build: (shapes: Shapes) => Elaboration;
  readonly fixed: Shapes;
  /** Members for other shapes, made when they are first asked for. */
  known: Map<string, Formula> | undefined;
}

function formulaOf(elaboration: Elaboration, family: Family): Formula {
  const { inputs, output, definitions } = elaboration;
  let evaluator: Evaluator | undefined;
  const formula = ((point: Point): Tensor => {
    evaluator ??= makeEvaluator(inputs, [output]);
    const numbers = evaluator.onNumbers(point);
    if (numbers !== undefined) return scalar(numbers[0] as number);
    const values = evaluator.read(point);
    const wanted = shapesOf(values);
    if (fits(inputs, wanted)) return evaluator.onTensors(values)[0] as Tensor;
    checkFixed(family.fixed, wanted);
    return formula.withShapes(wanted)(point);
  }) as Mutable<Formula>;
  formula.inputs = inputs;
  formula.output = output;
  formula.definitions = definitions;
  formula.names = namesOf(inputs);
  formula.graph = output.node.graph;
  formula.withShapes = withShapes;
  formula[FAMILY] = family;
  return formula;
}

type Mutable<T extends (...args: never) => unknown> = ((
  ...args: Parameters<T>
) => ReturnType<T>) & {
  -readonly [K in keyof T]: T[K];
};

function withShapes(this: Formula, shapes: Shapes): Formula {
  return fits(this.inputs, shapes) ? this : relative(this[FAMILY], this.inputs, shapes);
}

/** The formula of the same family for inputs of other shapes. */
function relative(family: Family, inputs: readonly SymbolicTensor[], shapes: Shapes): Formula {
  const own = shapesOf(new Map(inputs.map((input) => [nameOf(input), input])));
  const wanted = { ...own, ...shapes };
  const key = shapesKey(wanted);
  family.known ??= new Map();
  const found = family.known.get(key) ?? formulaOf(family.build(wanted), family);
  family.known.delete(key);
  family.known.set(key, found);
  const oldest = family.known.keys().next().value;
  if (family.known.size > MOST_MEMBERS && oldest !== undefined) family.known.delete(oldest);
  return found;
}

/** Shapes for which a formula is kept at hand; the one unused for longest goes first. */
const MOST_MEMBERS = 32;

/** Whether inputs have the wanted shapes; those of which nothing is said do. */
function fits(inputs: readonly SymbolicTensor[], wanted: Shapes): boolean {
  if (Object.keys(wanted).length === 0) return true;
  return inputs.every((input) => sameShape(input.shape, shapeIn(wanted, input)));
}

const NAMES = new WeakMap<readonly SymbolicTensor[], readonly string[]>();

function namesOf(inputs: readonly SymbolicTensor[]): readonly string[] {
  const names = NAMES.get(inputs) ?? inputs.map(nameOf);
  NAMES.set(inputs, names);
  return names;
}

/**
 * A formula of an expression built with functions: its inputs are the symbols that it contains.
 *
 * @example
 * const x = symbol("x");
 * toFormula(multiply(x, 2))({ x: 4 }).item(); // 8
 */
export function toFormula(expression: Tensor): Formula {
  if (!(expression instanceof SymbolicTensor)) {
    throw new SymtapeError(
      "usage",
      "toFormula: expected an expression of symbols, got plain data.",
      {
        operation: "toFormula",
      },
    );
  }
  requireOpen(expression, "toFormula");
  return makeFormula((shapes) => rebuild(expression, shapes));
}

/** The expression with inputs of the given shapes: itself where they are the same. */
function rebuild(expression: SymbolicTensor, shapes: Shapes): Elaboration {
  const nodes = reachable([expression]);
  const symbols = nodes.filter((node) => node.op === inputOp);
  const same = symbols.every((node) => {
    const input = node.outputs[0] as SymbolicTensor;
    return sameShape(input.shape, shapeIn(shapes, input));
  });
  if (same) return elaborationOf(expression);
  const graph = new Graph();
  const resultOf = evaluateNodes(nodes, (node) => {
    if (node.value !== undefined) return graph.adopt(node.outputs[0] as SymbolicTensor);
    if (node.op !== inputOp) return undefined;
    const input = node.outputs[0] as SymbolicTensor;
    return graph.input(nameOf(input), shapeIn(shapes, input), input.dtype);
  });
  return elaborationOf(graph.adopt(resultOf(expression)));
}

/** The shape given for an input, or its own. An input may be called `constructor`. */
function shapeIn(shapes: Shapes, input: SymbolicTensor): Shape {
  const name = nameOf(input);
  return (Object.hasOwn(shapes, name) ? shapes[name] : undefined) ?? input.shape;
}

/** An expression with the inputs and the named values that it depends on. */
function elaborationOf(output: SymbolicTensor): Elaboration {
  const nodes = reachable([output]);
  const { names } = output.node.graph;
  const definitions = new Map<string, SymbolicTensor>();
  for (const node of nodes) {
    for (const value of node.outputs) {
      const name = names.get(value);
      if (name !== undefined) definitions.set(name, value);
    }
  }
  const inputs = nodes.filter((node) => node.op === inputOp).map(firstOutput);
  return { inputs, output, definitions };
}

/**
 * Several formulas at one point, computed together: what they share is computed once.
 *
 * @example
 * const { x, y } = evaluate(gradient(parse("x^2 * y")), { x: 3, y: 2 });
 * x.item(); // 12
 */
export function evaluate<K extends string>(
  formulas: Readonly<Record<K, Formula>>,
  point: Point,
): Record<K, Tensor> {
  const names = Object.keys(formulas) as K[];
  const outputs = names.map((name) => formulas[name].output);
  let known = TOGETHER.get(formulas);
  if (known === undefined || outputs.some((output, i) => output !== known?.outputs[i])) {
    known = { outputs, evaluator: makeEvaluator([], unify(outputs).values) };
    TOGETHER.set(formulas, known);
  }
  const { evaluator } = known;
  const numbers = evaluator.onNumbers(point);
  if (numbers !== undefined) return recordOf(names, (i) => scalar(numbers[i] as number));
  const values = evaluator.read(point);
  if (!fits(evaluator.inputs, shapesOf(values))) {
    return recordOf(names, (i) => formulas[names[i] as K](point));
  }
  const results = evaluator.onTensors(values);
  return recordOf(names, (i) => results[i] as Tensor);
}

/** Evaluators of records of formulas, for as long as a record holds the same formulas. */
const TOGETHER = new WeakMap<
  object,
  { readonly outputs: readonly SymbolicTensor[]; readonly evaluator: Evaluator }
>();

function recordOf<K extends string>(
  names: readonly K[],
  value: (i: number) => Tensor,
): Record<K, Tensor> {
  return Object.fromEntries(names.map((name, i) => [name, value(i)])) as Record<K, Tensor>;
}

function firstOutput(node: Node): SymbolicTensor {
  return node.outputs[0] as SymbolicTensor;
}

function shapesOf(values: ReadonlyMap<string, AbstractValue>): Shapes {
  return Object.fromEntries([...values].map(([name, value]) => [name, value.shape]));
}

function shapesKey(shapes: Shapes): string {
  return Object.entries(shapes)
    .map(([name, shape]) => `${name}${formatShape(shape)}`)
    .join(" ");
}

function checkFixed(fixed: Shapes, wanted: Shapes): void {
  for (const [name, shape] of Object.entries(fixed)) {
    const found = wanted[name];
    if (found === undefined || sameShape(shape, found)) continue;
    throw new SymtapeError(
      "shape",
      `${name} was declared with shape ${formatShape(shape)} and given with ${formatShape(found)}.`,
      { operation: "evaluate", shapes: [shape, found] },
    );
  }
}
