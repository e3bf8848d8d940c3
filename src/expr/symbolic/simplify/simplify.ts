// simplify(): an equal graph in the form of a textbook, exact on the reals wherever the original is defined.

import { nameOf } from "../../evaluation.ts";
import { type Elaboration, type Formula, isFormula, makeFormula } from "../../formula.ts";
import { Graph, SymbolicTensor } from "../../graph.ts";
import { ConcreteTensor, type Tensor } from "../../tensor.ts";
import { rewritePass } from "./clusters.ts";
import { buildProduct } from "./products.ts";
import { type Builders, Rewriter, type RuleObserver } from "./rewriter.ts";
import { applyRules } from "./rules.ts";
import { buildSum } from "./sums.ts";

export type { RuleObserver } from "./rewriter.ts";

export interface SimplifyOptions {
  /** Told of each rule that fires, as it fires. */
  readonly observe?: RuleObserver;
}

/** Each pass costs about as much as reading the graph; most expressions are done after two. */
const MOST_PASSES = 4;

/**
 * An equal, shorter expression or formula: like terms and factors are collected and ordered, fractions
 * merged, constants folded where that is exact, and functions written as a textbook has them. Its value is
 * the same on the reals wherever the original is defined, its shape and dtype are the original's, and it is
 * undefined where the original is, with these exceptions at single points: x·x^(u−1) becomes x^u for a
 * symbol u, as in the derivative of x^x, and x / x² becomes 1 / x, where both are undefined at 0.
 *
 * The result is for reading, not for computing: it is equal on the reals, but rounding may cost it more.
 * At x = 40, sigmoid(x)·(1 − sigmoid(x)) is 0 where the derivative as it was formed is 4.2e-18.
 *
 * @example
 * const x = symbol("x");
 * format(simplify(multiply(sigmoid(x), sigmoid(negate(x))))); // "sigmoid(x) * (1 - sigmoid(x))"
 */
export function simplify(expression: Formula, options?: SimplifyOptions): Formula;
export function simplify(expression: Tensor, options?: SimplifyOptions): Tensor;
export function simplify(
  expression: Tensor | Formula,
  options: SimplifyOptions = {},
): Tensor | Formula {
  if (isFormula(expression)) {
    return makeFormula((shapes) => simplifyFormula(expression.withShapes(shapes), options));
  }
  if (!(expression instanceof SymbolicTensor)) return expression;
  return simplifyValue(expression, options).output;
}

const BUILDERS: Builders = { sum: buildSum, product: buildProduct, rules: applyRules };

interface Simplified {
  readonly output: SymbolicTensor;
  /** What a value of the original became; undefined where it is not computed by itself any more. */
  readonly resultOf: (value: SymbolicTensor) => SymbolicTensor | undefined;
}

function simplifyValue(root: SymbolicTensor, { observe }: SimplifyOptions): Simplified {
  const passes: ReadonlyMap<SymbolicTensor, SymbolicTensor>[] = [];
  let current = root;
  let rewriter = new Rewriter(BUILDERS, observe);
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    if (pass > 0) rewriter = new Rewriter(BUILDERS, observe);
    const results = rewritePass(rewriter, current);
    const next = results.get(current) as SymbolicTensor;
    passes.push(results);
    const done = rewriter.graph.adopt(current) === next;
    current = next;
    if (done) break;
  }
  const output = asNumber(current, root);
  const resultOf = (value: SymbolicTensor): SymbolicTensor | undefined => {
    let result: SymbolicTensor | undefined = value;
    for (const results of passes) result = result && results.get(result);
    return result;
  };
  return { output, resultOf };
}

/** A number that stands alone has the dtype of the original, in a graph without a literal equal to it. */
function asNumber(value: SymbolicTensor, original: SymbolicTensor): SymbolicTensor {
  const constant = value.node.value;
  if (constant?.rank !== 0 || !value.weak || value.dtype === original.dtype) return value;
  return new Graph().constant(new ConcreteTensor([], original.dtype, constant.at(0), true));
}

function simplifyFormula(formula: Formula, options: SimplifyOptions): Elaboration {
  const { output, resultOf } = simplifyValue(formula.output, options);
  const { graph } = output.node;
  const definitions = new Map<string, SymbolicTensor>();
  for (const [name, value] of formula.definitions) {
    const result = resultOf(value);
    if (result !== undefined) definitions.set(name, graph.adopt(result));
  }
  // An input that no longer matters stays one, so that the formula is called as before.
  const inputs = formula.inputs.map((input) =>
    graph.input(nameOf(input), input.shape, input.dtype),
  );
  return { inputs, output, definitions };
}
