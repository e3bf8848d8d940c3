// Formulas as functions of numbers and arrays, checked at the door and then computed without tensors.

import { SymtapeError } from "../../expr/errors.ts";
import type { Formula } from "../../expr/formula.ts";
import { type SymbolicTensor, unify } from "../../expr/graph.ts";
import {
  type DType,
  formatShape,
  type Shape,
  sameShape,
  sizeOf,
  type TypedArray,
} from "../../expr/shape.ts";
import { ConcreteTensor, dataOf, type NestedArray, Tensor, tensor } from "../../expr/tensor.ts";
import type { Slot } from "../executable.ts";
import { type JsExecutable, jsExecutable } from "./executable.ts";
import { functionFromText } from "./tiers.ts";

/** What a variable may be given: a number, or an array for a vector or matrix. */
export type Argument = NestedArray | TypedArray | Tensor;

/** Places of outputs, as the result of a function holds their values. */
export type ResultTree = number | readonly ResultTree[];

/** Values in place of the places of outputs. */
type Filled = NestedArray | readonly Filled[];

export interface FormulaFunction {
  readonly call: (...values: readonly Argument[]) => unknown;
  /** The function as JavaScript. */
  readonly source: () => string;
}

/** A variable: what it is called and what it holds. */
interface Variable {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Calls of a function of scalars before it is compiled as a whole. */
const CALLS = 1000;

/**
 * The values of several formulas over the inputs of one, as a function of variables in the order of `names`. `arrange`
 * is given the places of the formulas and says how the result holds their values.
 */
export function functionOf(
  formula: Formula,
  names: readonly string[],
  formulas: readonly Formula[],
  arrange: (places: readonly number[]) => ResultTree,
): FormulaFunction {
  const outputs = unify(formulas.map(({ output }) => output)).values;
  const graph = (outputs[0] as SymbolicTensor | undefined)?.node.graph ?? formula.graph;
  const inputs = names.map((name) =>
    graph.adopt(formula.inputs[formula.names.indexOf(name)] as SymbolicTensor),
  );
  const variables = inputs.map(({ shape, dtype }, i) => ({
    name: names[i] as string,
    shape,
    dtype,
  }));
  const tree = arrange(formulas.map((_, place) => place));
  const executable = jsExecutable(inputs, outputs, { aliases: [] });
  if (executable === undefined) return evaluating(variables, formulas, tree);
  const result = (codes: readonly string[]): string => resultCode(tree, executable.outputs, codes);
  const source = (): string => executable.functionText(result);
  const areNumbers = variables.every(
    ({ shape, dtype }) => shape.length === 0 && dtype === "float64",
  );
  return areNumbers
    ? { call: ofNumbers(variables, executable, tree, result), source }
    : { call: ofArrays(variables, executable, tree), source };
}

/** Numbers pass to the program as they are, through a function of just so many parameters. */
function ofNumbers(
  variables: readonly Variable[],
  executable: JsExecutable,
  tree: ResultTree,
  result: (codes: readonly string[]) => string,
): FormulaFunction["call"] {
  const cells = executable.inputs.map(({ data }) => data);
  let calls = 0;
  const box: Box = {
    compute: (...numbers) => {
      for (let i = 0; i < cells.length; i++) (cells[i] as TypedArray)[0] = numbers[i] as number;
      executable.run();
      calls += 1;
      if (calls === CALLS) box.compute = executable.compiledFunction(result) ?? box.compute;
      return read(tree, executable.outputs);
    },
  };
  return guarded(variables, box);
}

interface Box {
  compute: (...numbers: number[]) => unknown;
}

/** The function that people call. It is written out for its number of parameters, so that a call costs next to nothing. */
function guarded(variables: readonly Variable[], box: Box): FormulaFunction["call"] {
  const count = variables.length;
  const refuse = (received: number, values: readonly unknown[]): never => {
    checkCount(variables, received);
    for (const [i, variable] of variables.entries()) {
      if (typeof values[i] !== "number") throw notNumbers(variable, values[i]);
    }
    throw new TypeError("unreachable");
  };
  const names = variables.map((_, i) => `x${i}`);
  const test = [`arguments.length !== ${count}`, ...names.map((x) => `typeof ${x} !== "number"`)];
  const list = names.join(", ");
  const text =
    `"use strict";\nreturn function (${list}) {\n  if (${test.join(" || ")}) refuse(arguments.length, [${list}]);\n` +
    `  return box.compute(${list});\n};`;
  const made = functionFromText(["box", "refuse"], text)?.(box, refuse);
  if (made !== undefined) return made as FormulaFunction["call"];
  return (...values) => {
    const areNumbers = values.every((value) => typeof value === "number");
    if (values.length !== count || !areNumbers) refuse(values.length, values);
    return box.compute(...(values as number[]));
  };
}

/** Arrays are copied into the memory of the program. */
function ofArrays(
  variables: readonly Variable[],
  executable: JsExecutable,
  tree: ResultTree,
): FormulaFunction["call"] {
  return (...values) => {
    checkCount(variables, values.length);
    for (const [i, variable] of variables.entries()) {
      const { data } = executable.inputs[i] as Slot;
      data.set(dataOf(readArgument(variable, values[i])));
    }
    executable.run();
    return read(tree, executable.outputs);
  };
}

/** Formulas that are no scalar programs are evaluated as they are. */
function evaluating(
  variables: readonly Variable[],
  formulas: readonly Formula[],
  tree: ResultTree,
): FormulaFunction {
  const call: FormulaFunction["call"] = (...values) => {
    checkCount(variables, values.length);
    const entries = variables.map((variable, i) => [
      variable.name,
      readArgument(variable, values[i]),
    ]);
    const point = Object.fromEntries(entries) as Readonly<Record<string, Tensor>>;
    const results = formulas.map((formula) => formula(point).toArray());
    return fill(tree, (place) => results[place] as NestedArray);
  };
  const parameters = variables.map((_, i) => `x${i}`).join(", ");
  return { call, source: () => `(${parameters}) => evaluate(${parameters})` };
}

function fill(tree: ResultTree, at: (place: number) => NestedArray): Filled {
  return typeof tree === "number" ? at(tree) : tree.map((branch) => fill(branch, at));
}

function read(tree: ResultTree, slots: readonly Slot[]): Filled {
  return fill(tree, (place) => {
    const { shape, data } = slots[place] as Slot;
    return shape.length === 0
      ? (data[0] as number)
      : new ConcreteTensor(shape, "float64", data).toArray();
  });
}

/** The code of the result: nested arrays of the codes of all elements, which stand one output after another. */
function resultCode(tree: ResultTree, slots: readonly Slot[], codes: readonly string[]): string {
  const starts: number[] = [];
  let start = 0;
  for (const { data } of slots) {
    starts.push(start);
    start += data.length;
  }
  const write = (branch: ResultTree): string => {
    if (typeof branch !== "number") return `[${branch.map(write).join(", ")}]`;
    const { shape, data } = slots[branch] as Slot;
    const first = starts[branch] as number;
    return nestedCode(codes.slice(first, first + data.length), shape);
  };
  return write(tree);
}

function nestedCode(codes: readonly string[], shape: Shape): string {
  const [length, ...rest] = shape;
  if (length === undefined) return codes[0] as string;
  const size = codes.length / length;
  const rows = Array.from({ length }, (_, i) => codes.slice(i * size, (i + 1) * size));
  return `[${rows.map((row) => nestedCode(row, rest)).join(", ")}]`;
}

function readArgument(variable: Variable, value: unknown): ConcreteTensor {
  const { name, shape, dtype } = variable;
  const isArray = Array.isArray(value) || ArrayBuffer.isView(value);
  if (typeof value !== "number" && !isArray && !(value instanceof Tensor)) {
    throw notNumbers(variable, value);
  }
  const source = value instanceof Tensor ? value.concrete(`lambdify: ${name}`) : undefined;
  const isFilled = ArrayBuffer.isView(value) && (value as TypedArray).length === sizeOf(shape);
  const options = isFilled ? { dtype, shape } : { dtype };
  const found = source ?? tensor(value as NestedArray | TypedArray, options);
  if (!sameShape(found.shape, shape)) {
    throw new SymtapeError(
      "shape",
      `lambdify: ${name} has shape ${formatShape(shape)}, got shape ${formatShape(found.shape)}. Give an array of ` +
        `its shape, or say that it has another: lambdify(formula, variables, { shapes: { ${name}: … } }).`,
      { operation: "lambdify", shapes: [shape, found.shape] },
    );
  }
  if (source === undefined || source.dtype === dtype) return found;
  return tensor(dataOf(found), { shape, dtype });
}

function checkCount(variables: readonly Variable[], received: number): void {
  const expected = variables.length;
  if (received === expected) return;
  const list = variables.map(({ name }) => name).join(", ");
  throw new SymtapeError(
    "arity",
    `lambdify: the function takes ${expected} ${expected === 1 ? "argument" : "arguments"} (${list}), got ${received}.`,
    { operation: "lambdify", received, expected: String(expected) },
  );
}

function notNumbers({ name, shape }: Variable, value: unknown): SymtapeError {
  const expected =
    shape.length === 0 ? "a number" : `an array of numbers of shape ${formatShape(shape)}`;
  return new SymtapeError("usage", `lambdify: ${name} is ${expected}, got ${described(value)}.`, {
    operation: "lambdify",
  });
}

function described(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === "string") return `the text ${JSON.stringify(value.slice(0, 40))}`;
  return Array.isArray(value) || ArrayBuffer.isView(value) ? "an array" : `a ${typeof value}`;
}
