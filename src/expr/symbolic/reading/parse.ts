// parse(): a text in the formula language becomes a formula.

import { SymtapeError } from "../../errors.ts";
import { type Elaboration, type Formula, makeFormula, type Shapes } from "../../formula.ts";
import type { MathNode } from "../mathjs/mathjs.ts";
import { type ElaborateOptions, elaborate } from "./elaborate.ts";
import type { Program } from "./program.ts";
import { type Known, readText, readTree } from "./read.ts";
import { recognise } from "./recognise.ts";
import type { DTypes, Functions } from "./scope.ts";

/** How a text is read. */
export interface ParseOptions {
  /** Shapes of inputs; inputs that are not named here are scalars. */
  readonly shapes?: Shapes;
  /** Dtypes of inputs, float64 unless named. Places, classes and keys are int32. */
  readonly dtypes?: DTypes;
  /** Functions that the text may call besides those of the language. */
  readonly functions?: Functions;
  /**
   * Whether functions in disguise are computed in their stable form, such as `1 / (1 + exp(-x))` as
   * `sigmoid(x)`. True unless told otherwise; false shows what the formula does as it is written.
   */
  readonly stable?: boolean;
}

/**
 * Reads a formula. The language is that of mathjs: `*` is the product of scalars and of matrices, `.*` goes
 * element by element, `x[1, 2]` counts from one, `f(x) = …` defines, and lines or `;` separate statements,
 * the last of which is the value. Nothing in the text is ever executed.
 *
 * @throws SymtapeError (syntax, name, arity, shape, limit, unsupported) that points at the place.
 * @example
 * const f = parse("x^2 + 1");
 * f({ x: 3 }).item(); // 10
 * parse("h = sigmoid(w * x)\nsum(h .^ 2)", { shapes: { w: [3, 2], x: [2] } }).names; // ["w", "x"]
 */
export function parse(text: string, options: ParseOptions = {}): Formula {
  if (typeof text !== "string") {
    throw new SymtapeError("usage", `parse: expected a text, got ${typeof text}.`, {
      operation: "parse",
    });
  }
  return formulaOf(readText(text, knownNames(options)), options);
}

/**
 * The formula that a tree of mathjs's nodes means, read by the same rules as text.
 *
 * @throws SymtapeError for nodes that have no meaning in the formula language.
 * @example
 * fromMathjs(math.parse("x^2"))({ x: 3 }).item(); // 9
 */
export function fromMathjs(node: MathNode, options: ParseOptions = {}): Formula {
  return formulaOf(readTree(node), options);
}

function formulaOf(program: Program, options: ParseOptions): Formula {
  const settings: ElaborateOptions = {
    ...(options.functions !== undefined && { functions: options.functions }),
    ...(options.dtypes !== undefined && { dtypes: options.dtypes }),
    ...(options.stable !== false && { rewrite: recognise }),
  };
  const build = (shapes: Shapes): Elaboration => elaborate(program, shapes, settings);
  return makeFormula(build, options.shapes);
}

function knownNames({ shapes = {}, dtypes = {}, functions = {} }: ParseOptions): Known {
  return {
    isVariable: (name) => Object.hasOwn(shapes, name) || Object.hasOwn(dtypes, name),
    isFunction: (name) => Object.hasOwn(functions, name),
  };
}
