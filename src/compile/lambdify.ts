// lambdify(): a formula as a plain function of numbers, with its derivatives.

import { formulaHessian, formulaJacobian, gradient } from "../autodiff/derivative.ts";
import { closestName, SymtapeError } from "../expr/errors.ts";
import { type Formula, isFormula } from "../expr/formula.ts";
import type { Shape } from "../expr/shape.ts";
import type { NestedArray } from "../expr/tensor.ts";
import { type Argument, functionOf, type ResultTree } from "./js/function.ts";

/** Settings of {@link lambdify}: `{ shapes: { v: [3] } }` says that v is a vector. */
export interface LambdifyOptions {
  /** Shapes of variables that are arrays, where the formula does not say them itself. */
  readonly shapes?: Readonly<Record<string, Shape>>;
}

/**
 * A function of numbers, and of arrays where variables are vectors or matrices. Its derivatives are functions of the
 * same arguments, made when they are first asked for; they stand in the order of the variables.
 */
export interface Lambda<
  Result extends NestedArray = number,
  Derivative extends NestedArray = number,
> {
  (...values: readonly Argument[]): Result;
  /** The partial derivatives of a formula that gives one number. */
  readonly gradient: (...values: readonly Argument[]) => Derivative[];
  /** The derivatives of all elements of the result: for each variable an array with the axes of result and variable. */
  readonly jacobian: (...values: readonly Argument[]) => NestedArray[];
  /** The second derivatives of a formula that gives one number: `hessian(x, y)[0][1]` is by the first and the second. */
  readonly hessian: (...values: readonly Argument[]) => Derivative[][];
  /** The function as JavaScript. */
  readonly source: string;
}

/**
 * A plain JavaScript function of a formula: numbers in, a number out, without any tensors in between. Vectors and
 * matrices are arrays, nested or typed. The first calls are interpreted; a function that is called often is compiled.
 *
 * @param variables the order of the arguments; that of `formula.names` unless given
 * @throws SymtapeError (name) if variables are not those of the formula; (arity) and (usage) from calls with too few or
 * too many arguments and with others than numbers.
 * @example
 * const f = lambdify(parse("x^2 + sin(y)"), ["x", "y"]);
 * f(2, 0); // 4
 * f.gradient(2, 0); // [4, 1]
 * f.hessian(2, 0); // [[2, 0], [0, 0]]
 * const g = lambdify<number[]>(parse("a * v"), ["a", "v"], { shapes: { v: [3] } });
 * g(2, [1, 2, 3]); // [2, 4, 6]
 */
export function lambdify<
  Result extends NestedArray = number,
  Derivative extends NestedArray = number,
>(
  formula: Formula,
  variables?: readonly string[],
  options: LambdifyOptions = {},
): Lambda<Result, Derivative> {
  if (!isFormula(formula)) throw notFormula(formula);
  const names = variables ?? formula.names;
  checkVariables(formula, names);
  const { shapes = {} } = options;
  checkKnown(formula, Object.keys(shapes));
  const shaped = formula.withShapes(shapes);
  const value = functionOf(shaped, names, [shaped], (results) => results[0] as ResultTree);
  const found = value.call as Lambda<Result, Derivative>;
  defineLazily(found, "gradient", () => {
    const partials = gradient(shaped, names);
    return functionOf(shaped, names, inOrder(names, partials), (results) => results).call;
  });
  defineLazily(found, "jacobian", () => {
    const partials = formulaJacobian(shaped, names);
    return functionOf(shaped, names, inOrder(names, partials), (results) => results).call;
  });
  defineLazily(found, "hessian", () => {
    const rows = inOrder(names, formulaHessian(shaped, names));
    const all = rows.flatMap((row) => inOrder(names, row));
    return functionOf(shaped, names, all, (results) =>
      rows.map((_, i) => results.slice(i * names.length, (i + 1) * names.length)),
    ).call;
  });
  defineLazily(found, "source", value.source);
  return found;
}

function inOrder<T>(names: readonly string[], record: Readonly<Record<string, T>>): readonly T[] {
  return names.map((name) => record[name] as T);
}

/** A property that is computed when it is first read. */
function defineLazily(target: object, name: string, make: () => unknown): void {
  Object.defineProperty(target, name, {
    configurable: true,
    enumerable: true,
    get: () => {
      const value = make();
      Object.defineProperty(target, name, { value, enumerable: true });
      return value;
    },
  });
}

function notFormula(value: unknown): SymtapeError {
  const text =
    typeof value === "string" ? `the text ${JSON.stringify(value.slice(0, 40))}` : typeof value;
  return new SymtapeError(
    "usage",
    `lambdify: expected a formula, got ${text}. Read text with parse(text), or make a formula of symbols with ` +
      "toFormula().",
    { operation: "lambdify" },
  );
}

function checkVariables(formula: Formula, variables: readonly string[]): void {
  if (!Array.isArray(variables) || !variables.every((name) => typeof name === "string")) {
    throw new SymtapeError(
      "usage",
      "lambdify: expected the names of the variables in a list, such as ['x', 'y'].",
      { operation: "lambdify" },
    );
  }
  checkKnown(formula, variables);
  const twice = variables.find((name, i) => variables.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new SymtapeError("name", `lambdify: the variable ${twice} is named twice.`, {
      name: twice,
    });
  }
  const missing = formula.names.find((name) => !variables.includes(name));
  if (missing === undefined) return;
  throw new SymtapeError(
    "name",
    `lambdify: the formula needs ${JSON.stringify(missing)} too; ${namesIn(formula)}. Add it to the variables.`,
    { name: missing },
  );
}

function checkKnown(formula: Formula, names: readonly string[]): void {
  const unknown = names.find((name) => !formula.names.includes(name));
  if (unknown === undefined) return;
  const suggestion = closestName(unknown, formula.names);
  throw new SymtapeError(
    "name",
    `lambdify: the formula has no variable ${JSON.stringify(unknown)}; ${namesIn(formula)}.` +
      (suggestion === undefined ? "" : ` Did you mean ${JSON.stringify(suggestion)}?`),
    { name: unknown, ...(suggestion !== undefined && { suggestion }) },
  );
}

function namesIn({ names }: Formula): string {
  return names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
}
