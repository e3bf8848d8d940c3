// Derivatives of formulas are formulas: the chain rule over a graph gives a graph.

import { closestName, SymtapeError } from "../expr/errors.ts";
import { type Elaboration, type Formula, isFormula, makeFormula } from "../expr/formula.ts";
import type { Graph, SymbolicTensor } from "../expr/graph.ts";
import { stack } from "../expr/ops/movement/indexing.ts";
import { broadcastTo, reshape } from "../expr/ops/movement/reshape.ts";
import { zerosLike } from "../expr/ops/structured.ts";
import { formatShape, sameShape } from "../expr/shape.ts";
import { literal, type Tensor } from "../expr/tensor.ts";
import { backward } from "./backward.ts";
import { forward } from "./forward.ts";
import { linearize, slotsOf } from "./linearize.ts";
import { oneHot } from "./one-hot.ts";

/** Formulas by the name of an input. */
export type FormulaRecord = Readonly<Record<string, Formula>>;

/**
 * The derivative of a formula by one of its inputs, as a formula again. A scalar formula has a derivative
 * by an input of any shape; a tensor formula only by a scalar, element by element (else see `jacobian`).
 *
 * @param order how many times to differentiate, 1 unless given
 * @throws SymtapeError (name) if there is no such input.
 * @example
 * format(derivative(parse("x^2"), "x")); // "2 * x"
 */
export function derivative(formula: Formula, by: string, order = 1): Formula {
  if (!Number.isInteger(order) || order < 0) {
    throw new SymtapeError("usage", `derivative: order is a whole number from 0, got ${order}.`, {
      operation: "derivative",
    });
  }
  let result = formula;
  for (let i = 0; i < order; i++) {
    const previous = result;
    result = derivedFormulas("derivative", previous, [by], (base, [variable]) => {
      const { output } = base;
      const input = variable as SymbolicTensor;
      if (output.rank > 0 && input.rank > 0) throw tensorByTensor(output, input);
      return output.rank === 0 ? adjoints(output, literal(1), [input]) : [tangent(output, input)];
    })[by] as Formula;
  }
  return result;
}

/**
 * The derivatives of a scalar formula by its inputs, all from one walk and in one graph.
 *
 * @param by the inputs to differentiate by, all unless given
 * @example
 * format(gradient(parse("x^2 * y")).y); // "x ^ 2"
 */
export function gradient(formula: Formula, by: readonly string[] = formula.names): FormulaRecord {
  return derivedFormulas("gradient", formula, by, ({ output }, variables) => {
    if (output.rank > 0) {
      throw new SymtapeError(
        "gradient",
        `gradient: the formula has shape ${formatShape(output.shape)}; a gradient needs a scalar. ` +
          "Reduce it with sum() or mean(), or use jacobian().",
        { operation: "gradient" },
      );
    }
    return adjoints(output, literal(1), variables);
  });
}

/** The Jacobians of a formula by its inputs: each has the output's axes, then the input's. */
export function formulaJacobian(
  formula: Formula,
  by: readonly string[] = formula.names,
): FormulaRecord {
  return derivedFormulas("jacobian", formula, by, ({ output }, variables) => {
    if (output.rank === 0) return adjoints(output, literal(1), variables);
    const tensors = variables.filter((variable) => variable.rank > 0);
    const rows = Array.from({ length: output.size }, (_, k) =>
      adjoints(output, oneHot(output, k), tensors),
    );
    return variables.map((variable) => {
      if (variable.rank === 0) return tangent(output, variable);
      const own = rows.map((row) => row[tensors.indexOf(variable)] as Tensor);
      return reshape(stack(own), [...output.shape, ...variable.shape]);
    });
  });
}

/** The second derivatives of a scalar formula by every pair of inputs. */
export function formulaHessian(
  formula: Formula,
  by: readonly string[] = formula.names,
): Readonly<Record<string, FormulaRecord>> {
  const first = gradient(formula, by);
  return Object.fromEntries(
    Object.entries(first).map(([name, derived]) => [name, formulaJacobian(derived, by)]),
  );
}

type Derive = (base: Elaboration, variables: readonly SymbolicTensor[]) => readonly Tensor[];

/** One formula for each name, computed together once for each choice of shapes. */
function derivedFormulas(
  operation: string,
  formula: Formula,
  by: readonly string[],
  derive: Derive,
): FormulaRecord {
  if (!isFormula(formula) || !Array.isArray(by)) throw notFormula(operation, formula);
  const own = placesOf(operation, formula, by);
  let last: { readonly base: Formula; readonly results: readonly SymbolicTensor[] } | undefined;
  const results = (base: Formula): readonly SymbolicTensor[] => {
    if (last?.base === base) return last.results;
    const variables = own.map((place) => base.inputs[place] as SymbolicTensor);
    const computed = derive(base, variables).map((result, i) =>
      spread(base.graph, result, base, variables[i] as SymbolicTensor),
    );
    last = { base, results: computed };
    return computed;
  };
  const made: Record<string, Formula> = {};
  by.forEach((name, i) => {
    made[name] = makeFormula((shapes): Elaboration => {
      const base = formula.withShapes(shapes);
      const output = results(base)[i] as SymbolicTensor;
      return { inputs: base.inputs, output, definitions: NO_DEFINITIONS };
    });
  });
  return made;
}

/** Where the named inputs stand among all inputs. */
function placesOf(operation: string, formula: Formula, by: readonly string[]): readonly number[] {
  const { names } = formula;
  if (by === names) return names.map((_, i) => i);
  const places = new Map(names.map((name, i) => [name, i]));
  return by.map((name) => places.get(name) ?? throwUnknown(operation, formula, name));
}

const NO_DEFINITIONS: ReadonlyMap<string, SymbolicTensor> = new Map();

/** A derivative that came out as a bare number has the shape that it stands for. */
function spread(graph: Graph, result: Tensor, base: Elaboration, variable: Tensor): SymbolicTensor {
  const value = graph.adopt(result);
  if (base.output.rank > 0 || sameShape(value.shape, variable.shape)) return value;
  return graph.adopt(broadcastTo(value, variable.shape));
}

function adjoints(
  output: SymbolicTensor,
  seed: Tensor,
  variables: readonly SymbolicTensor[],
): Tensor[] {
  const rows = linearize([output], variables);
  const slots = slotsOf([output], variables);
  const found = backward(rows, new Map([[output.slot, seed]]), slots);
  return variables.map((variable) => found[variable.slot] ?? zeros(variable));
}

function tangent(output: SymbolicTensor, variable: SymbolicTensor): Tensor {
  const rows = linearize([output], [variable]);
  const found = forward(rows, new Map([[variable.slot, literal(1)]]))[output.slot];
  return found === undefined ? zeros(output) : broadcastTo(found, output.shape);
}

function zeros(value: SymbolicTensor): Tensor {
  return value.rank === 0 ? literal(0) : zerosLike(value);
}

function notFormula(operation: string, value: unknown): SymtapeError {
  const text =
    typeof value === "string" ? `the text ${JSON.stringify(value.slice(0, 40))}` : typeof value;
  const mend = isFormula(value)
    ? "Name the inputs in a list, such as ['x', 'y']."
    : `Got ${text}: read text with parse(text), or make a formula of symbols with toFormula().`;
  return new SymtapeError("usage", `${operation}: expected a formula and its inputs. ${mend}`, {
    operation,
  });
}

function throwUnknown(operation: string, formula: Formula, name: string): never {
  const suggestion = closestName(name, formula.names);
  const known = formula.names.length === 0 ? "it has none" : `it has ${formula.names.join(", ")}`;
  throw new SymtapeError(
    "name",
    `${operation}: the formula has no input ${JSON.stringify(name)}; ${known}.` +
      (suggestion === undefined ? "" : ` Did you mean ${JSON.stringify(suggestion)}?`),
    { name, ...(suggestion !== undefined && { suggestion }) },
  );
}

function tensorByTensor(output: Tensor, input: Tensor): SymtapeError {
  return new SymtapeError(
    "gradient",
    `derivative: a formula of shape ${formatShape(output.shape)} by an input of shape ` +
      `${formatShape(input.shape)} has a derivative for each pair of elements. Use jacobian().`,
    { operation: "derivative" },
  );
}
