// expand(): a small tensor formula written out in scalars, every element under a name of its own.

import { SymtapeError } from "../errors.ts";
import { nameOf, type Point } from "../evaluation.ts";
import { type Elaboration, type Formula, makeFormula, type Shapes } from "../formula.ts";
import { Graph, type Node, reachable, SymbolicTensor } from "../graph.ts";
import { inputOp } from "../ops/leaves.ts";
import { stack } from "../ops/movement/indexing.ts";
import { cast, reshape } from "../ops/movement/reshape.ts";
import { tensorArithmetic } from "../ops/tensor-arithmetic.ts";
import { type AbstractValue, type Shape, sizeOf } from "../shape.ts";
import { type ConcreteTensor, literal, type NestedArray, scalar, Tensor } from "../tensor.ts";

/** More elements than this, of all values together, are not written out. */
const MAXIMUM_ELEMENTS = 10_000;

/** The elements of one value, in row-major order. */
type Elements = readonly Tensor[];

/**
 * The same formula over scalars: the input `w` of shape [2, 3] becomes the inputs `w_1_1` … `w_2_3`, counted
 * from one, and a definition `h` of shape [2] becomes `h_1` and `h_2`. Scalars keep their names. A formula
 * that is no scalar itself stays a stack of its elements.
 *
 * @throws SymtapeError (limit) for more than 10,000 elements in all; (name) if a new name is taken already.
 * @example
 * const f = parse("sum(w .* x)", { shapes: { w: [2], x: [2] } });
 * format(expand(f)); // "w_1 * x_1 + w_2 * x_2"
 */
export function expand(formula: Formula): Formula {
  const elaboration = expanded(formula);
  return makeFormula((shapes) => {
    refuseShapes(shapes);
    return elaboration;
  });
}

/**
 * The same point for an expanded formula: one number for each element.
 *
 * @example
 * expandPoint({ w: [[1, 2]], b: 3 }); // { w_1_1: 1, w_1_2: 2, b: 3 }
 */
export function expandPoint(point: Point): Readonly<Record<string, number>> {
  const result: Record<string, number> = {};
  for (const [name, value] of Object.entries(point)) {
    for (const [path, number] of numbersOf(value as Tensor | NestedArray)) {
      result[[name, ...path].join("_")] = number;
    }
  }
  return result;
}

function numbersOf(
  value: Tensor | NestedArray,
  path: readonly number[] = [],
): readonly (readonly [readonly number[], number])[] {
  const nested = value instanceof Tensor ? value.toArray() : value;
  if (typeof nested === "number") return [[path, nested]];
  return nested.flatMap((item, i) => numbersOf(item, [...path, i + 1]));
}

function refuseShapes(shapes: Shapes): void {
  const tensor = Object.entries(shapes).find(([, shape]) => shape.length > 0);
  if (tensor === undefined) return;
  throw new SymtapeError("shape", `${tensor[0]}: the inputs of an expanded formula are scalars.`, {
    operation: "expand",
    shapes: [tensor[1]],
  });
}

/** Names of the elements of a value: the name itself for a scalar. */
function elementNames(name: string, shape: Shape): readonly string[] {
  let names = [name];
  for (const length of shape) {
    names = names.flatMap((prefix) => Array.from({ length }, (_, i) => `${prefix}_${i + 1}`));
  }
  return names;
}

function expanded(formula: Formula): Elaboration {
  const nodes = reachable([formula.output]);
  checkSize(nodes);
  const graph = new Graph();
  const inputs = formula.inputs.flatMap((input) =>
    elementNames(nameOf(input), input.shape).map((name) => graph.input(name, [], input.dtype)),
  );
  checkNames(inputs.map(nameOf));
  const elements = new Map<SymbolicTensor, Elements>();
  for (const node of nodes) expandNode(graph, node, elements);
  const of = (value: SymbolicTensor): Elements => elements.get(value) as Elements;
  return {
    inputs,
    output: outputOf(graph, formula.output, of(formula.output)),
    definitions: namedElements(graph, formula, elements),
  };
}

function expandNode(graph: Graph, node: Node, elements: Map<SymbolicTensor, Elements>): void {
  const [output] = node.outputs as readonly [SymbolicTensor];
  const constant = node.value;
  if (node.op === inputOp) {
    const names = elementNames(nameOf(output), output.shape);
    elements.set(
      output,
      names.map((name) => graph.input(name, [], output.dtype)),
    );
  } else if (constant !== undefined) {
    elements.set(output, constantElements(constant));
  } else {
    const inputs = node.inputs.map((input) => ({
      shape: input.shape,
      data: elements.get(input) as Elements,
    }));
    const results = node.op.reference(tensorArithmetic(), inputs, node.params);
    node.outputs.forEach((value, i) => {
      const data = Array.from(results[i]?.data ?? []);
      elements.set(
        value,
        data.map((element) => typed(element, value)),
      );
    });
  }
}

function constantElements(constant: ConcreteTensor): Elements {
  if (constant.rank === 0) return [constant];
  return Array.from({ length: constant.size }, (_, i) =>
    constant.dtype === "float64" ? literal(constant.at(i)) : scalar(constant.at(i), constant.dtype),
  );
}

/** The element in the dtype of the tensor it belongs to. */
function typed(element: Tensor, { dtype, weak }: AbstractValue): Tensor {
  return element.dtype === dtype || element.weak || weak ? element : cast(element, dtype);
}

function outputOf(graph: Graph, output: SymbolicTensor, elements: Elements): SymbolicTensor {
  const [first] = elements;
  if (output.rank === 0 && first !== undefined) return graph.adopt(first);
  return graph.adopt(reshape(stack(elements), output.shape));
}

/** The elements of named values that are neither inputs nor numbers, under their new names. */
function namedElements(
  graph: Graph,
  formula: Formula,
  elements: ReadonlyMap<SymbolicTensor, Elements>,
): ReadonlyMap<string, SymbolicTensor> {
  const definitions = new Map<string, SymbolicTensor>();
  for (const [name, value] of formula.definitions) {
    const names = elementNames(name, value.shape);
    (elements.get(value) ?? []).forEach((element, i) => {
      if (!(element instanceof SymbolicTensor)) return;
      const own = graph.adopt(element);
      definitions.set(names[i] as string, own);
      if (own.node.inputs.length > 0) graph.name(own, names[i] as string);
    });
  }
  return definitions;
}

function checkSize(nodes: readonly Node[]): void {
  let count = 0;
  for (const node of nodes) {
    for (const output of node.outputs) count += sizeOf(output.shape);
    if (count > MAXIMUM_ELEMENTS) {
      throw new SymtapeError(
        "limit",
        `expand: the formula has more than ${MAXIMUM_ELEMENTS} elements. Expand a smaller one, or compute ` +
          "with tensors.",
        { limit: "elements", maximum: MAXIMUM_ELEMENTS },
      );
    }
  }
}

function checkNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) {
      throw new SymtapeError(
        "name",
        `expand: two inputs would be called ${name}. Rename the scalar of that name.`,
        { name },
      );
    }
    seen.add(name);
  }
}
