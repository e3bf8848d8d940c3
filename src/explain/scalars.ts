// A formula, text or function as a formula of scalars, so that every number has a symbol of its own.

import { leavesOf, rebuildTree, type Tree } from "../autodiff/tree.ts";
import { SymtapeError } from "../expr/errors.ts";
import { type Point, type PointValue, pointTensors } from "../expr/evaluation.ts";
import { type Formula, isFormula, type Shapes, toFormula } from "../expr/formula.ts";
import { Graph, SymbolicTensor } from "../expr/graph.ts";
import { type Shape, sizeOf } from "../expr/shape.ts";
import { expand, expandPoint, parse } from "../expr/symbolic/index.ts";
import { builtinFunctions } from "../expr/symbolic/reading/functions.ts";
import { endOfName } from "../expr/symbolic/reading/letters.ts";
import { isTaken } from "../expr/symbolic/reading/names.ts";
import { Tensor, tensor } from "../expr/tensor.ts";

/** What can be compared and explained: text, a formula, or a function of a tree of numbers. */
export type Explainable = string | Formula | ((params: never) => Tensor);

/** A formula of scalars with a number for each of its inputs. */
export interface ScalarProblem {
  readonly formula: Formula;
  readonly point: Readonly<Record<string, number>>;
  /** What an independent witness may read: the text as it was written, else the formula. */
  readonly source: Formula;
}

/** Text, formulas and functions at a point, brought to one form. */
export function scalarProblem(f: Explainable, point: Point | Tree): ScalarProblem {
  if (typeof f === "string") {
    const shapes = shapesOfPoint(point as Point);
    const asWritten = parse(f, { shapes, stable: false });
    return ofFormula(parse(f, { shapes }), point as Point, asWritten);
  }
  return isFormula(f) ? ofFormula(f, point as Point) : ofFunction(f, point as Tree);
}

/** The shapes of a point's values, which declare its names as variables; functions stay what they are. */
export function shapesOfPoint(point: Point): Shapes {
  const own = Object.entries(point).filter(([name]) => !builtinFunctions().has(name));
  return Object.fromEntries(own.map(([name, value]) => [name, shapeOf(value)]));
}

function shapeOf(value: PointValue): Shape {
  if (typeof value === "number") return [];
  return value instanceof Tensor ? value.shape : [value.length, ...shapeOf(value[0] ?? 0)];
}

function ofFormula(formula: Formula, point: Point, asWritten?: Formula): ScalarProblem {
  const values = pointTensors(formula, point);
  const shapes = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value.shape]),
  );
  const shaped = formula.withShapes(shapes);
  const allScalar = shaped.inputs.every((input) => input.rank === 0);
  const scalars = allScalar ? shaped : expand(shaped);
  return {
    formula: requireScalar(scalars),
    point: Object.fromEntries(
      Object.entries(expandPoint(values)).map(([name, value]) => [name, Number(value)]),
    ),
    source: allScalar && asWritten !== undefined ? asWritten : scalars,
  };
}

function ofFunction(f: (params: never) => Tensor, point: Tree): ScalarProblem {
  const graph = new Graph();
  const values: Record<string, Tensor> = {};
  const names = new Names();
  const symbols = leavesOf(point, "compare").map(({ path, value }) => {
    const own = typeof value === "number" ? tensor(value) : value;
    const name = names.take(symbolName(path), own.shape);
    values[name] = own;
    return graph.input(name, own.shape);
  });
  const result = f(rebuildTree(point, symbols) as never);
  if (!(result instanceof Tensor)) {
    throw new SymtapeError("usage", "compare: the function must return a Tensor.", {
      operation: "compare",
    });
  }
  const output = result instanceof SymbolicTensor ? result : graph.constant(result);
  return ofFormula(toFormula(output), values);
}

/** `.layers[0].w` becomes `layers_1_w`; a bare argument is called x. Other signs than letters and digits become `_`. */
function symbolName(path: string): string {
  const joined = path.replace(/\[(\d+)\]/g, (_, i: string) => `_${Number(i) + 1}`);
  const name = joined.replace(/^[._]+/, "").replace(/[^\p{L}\p{N}_$]/gu, "_");
  if (name === "") return "x";
  const isFree =
    endOfName(name, 0) === name.length && !isTaken(name) && !builtinFunctions().has(name);
  return isFree ? name : `x_${name}`;
}

/** The names of all leaves, each with what its elements will be called: no two may be the same. */
class Names {
  readonly #taken = new Set<string>();

  /** The wanted name, with as many underscores behind it as make it the only one. */
  take(wanted: string, shape: Shape): string {
    let name = wanted;
    while (elementsOf(name, shape).some((element) => this.#taken.has(element))) name += "_";
    for (const element of elementsOf(name, shape)) this.#taken.add(element);
    return name;
  }
}

function elementsOf(name: string, shape: Shape): readonly string[] {
  // So many are not written out, and will be refused.
  if (sizeOf(shape) > 10_000) return [name];
  return shape.reduce<readonly string[]>(
    (names, length) =>
      names.flatMap((prefix) => Array.from({ length }, (_, i) => `${prefix}_${i + 1}`)),
    [name],
  );
}

function requireScalar(formula: Formula): Formula {
  const { output } = formula;
  if (output.size === 1 && output.rank === 0) return formula;
  throw new SymtapeError(
    "shape",
    `compare: expected a scalar result, got shape [${output.shape.join(",")}]. Reduce it with sum() or mean().`,
    { operation: "compare", shapes: [output.shape] },
  );
}
