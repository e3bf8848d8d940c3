// customRule: a function that brings its own derivative, as an operation of the program itself.

import { applyAll } from "../../expr/apply.ts";
import { SymtapeError } from "../../expr/errors.ts";
import type { Op } from "../../expr/op.ts";
import { allOps } from "../../expr/ops/index.ts";
import { cast } from "../../expr/ops/movement/index.ts";
import { type DType, isFloat, promote } from "../../expr/shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../expr/tensor.ts";
import type { Traced, TreeLike } from "../tree.ts";
import { checkRule } from "./check.ts";
import { customOp } from "./op.ts";
import { type Definition, type Rule, ruleOf } from "./trees.ts";

/** Arguments of a function of tensors; numbers are taken for scalars. */
type Arguments<Inputs extends readonly Tensor[]> = { [K in keyof Inputs]: TensorLike };

/** A function of tensors with its derivative. At least one of the two rules must be given. */
export interface CustomRule<Inputs extends readonly Tensor[], Output extends TreeLike> {
  /** What the function is called in messages and in formulas. */
  readonly name: string;
  /** The function itself: a tensor, or a tree of tensors that always has the same leaves. */
  value(...inputs: Inputs): Output;
  /**
   * Reverse mode: for each input the derivative of ⟨cotangent, output⟩ by it, in the input's shape, or
   * undefined for zero.
   */
  pullback?(
    inputs: Inputs,
    output: Traced<Output>,
    cotangent: Traced<Output>,
  ): readonly (TensorLike | undefined)[];
  /** Forward mode: the derivative of the output along the tangents, a tree like the output. */
  pushforward?(inputs: Inputs, output: Traced<Output>, tangents: Inputs): TreeLike;
  /**
   * Arguments at which the rules are compared with finite differences when they are defined. Without
   * them that happens once, at the first call; false turns it off.
   */
  readonly check?: readonly Arguments<Inputs>[] | false;
}

/**
 * A function whose derivative is what `pullback` or `pushforward` says: more stable or cheaper than the one
 * that follows from its value, or for a value that no operation computes. If only one of them is given, the
 * other is its transpose. The function works in `grad`, `jvp`, `vmap` and graphs; an expression that contains
 * it cannot be stored as JSON.
 *
 * Rules written in functions of tensors are differentiated again for second derivatives. A value or a rule
 * that takes numbers out with `item` or `toArray` is computed example by example in `vmap`; such a value has
 * no graph, and such a rule no further derivative. What an outer derivative or batch follows must come to the
 * value and to the rules as an argument; they cannot close over it. Literals take the dtype of the other arguments.
 *
 * @throws SymtapeError (gradient) if a rule disagrees with finite differences, naming the argument and both
 * numbers, or if pullback and pushforward disagree; (shape) if a rule returns another shape than is due.
 * @example
 * const log1pexp = customRule({
 *   name: "log1pexp",
 *   value: (x) => log(add(1, exp(x))),
 *   pullback: ([x], _, cotangent) => [multiply(cotangent, sigmoid(x))],
 *   check: [[-2], [3]],
 * });
 * log1pexp(0).item(); // 0.6931471805599453
 * grad(log1pexp)(-40); // 4.248354255291589e-18
 */
export function customRule<Inputs extends readonly Tensor[], Output extends TreeLike>(
  definition: CustomRule<Inputs, Output>,
): (...inputs: Arguments<Inputs>) => Traced<Output> {
  checkName(definition.name);
  const { form, rule } = ruleOf(definition as unknown as Definition);
  const points = definition.check;
  for (const point of points || [])
    checkRule(
      rule,
      operandsOf(rule.name, point).map((x) => x.concrete(rule.name)),
    );
  const op = customOp(rule, points === undefined ? checkedOnce(rule) : () => undefined);
  return (...inputs) => form.tree(callOp(op, operandsOf(rule.name, inputs))) as Traced<Output>;
}

function callOp(op: Op, operands: readonly Tensor[]): readonly Tensor[] {
  return applyAll(op, operands, { dtypes: operands.map(({ dtype }) => dtype) });
}

/** Operands of definite dtype: a literal takes that of the others. */
function operandsOf(name: string, inputs: readonly TensorLike[]): Tensor[] {
  const operands = inputs.map((input) => asTensor(input, name));
  const common = promote(operands).dtype;
  const literals: DType = isFloat(common) ? common : "float64";
  return operands.map((operand) => (operand.weak ? cast(operand, literals) : operand));
}

/** A check at the first arguments that come. */
function checkedOnce(rule: Rule): (inputs: readonly Tensor[]) => void {
  let done = false;
  return (inputs) => {
    if (done) return;
    // Rules may call the function itself.
    done = true;
    try {
      checkRule(
        rule,
        inputs.map((input) => input.concrete(rule.name)),
      );
    } catch (error) {
      done = false;
      throw error;
    }
  };
}

function checkName(name: string): void {
  const problem = !/^[A-Za-z_]\w*$/.test(name)
    ? "is no name; names consist of letters, digits and _"
    : allOps().has(name)
      ? "is the name of an operation of symtape"
      : undefined;
  if (problem === undefined) return;
  throw new SymtapeError(
    "name",
    `customRule: ${JSON.stringify(name)} ${problem}. Choose another.`,
    {
      name,
    },
  );
}
