// Random expressions over every pointwise operation, to be built of tensors of any kind.

import fc from "fast-check";
import { applyAll } from "../../src/expr/apply.ts";
import { NO_PARAMS } from "../../src/expr/op.ts";
import type { PointwiseOp } from "../../src/expr/ops/pointwise.ts";
import { pointwiseFunctions } from "../../src/expr/ops/tensor-arithmetic.ts";
import { literal, type Tensor } from "../../src/expr/tensor.ts";

/** How to build an expression of some variables. */
export type Recipe =
  | { readonly kind: "variable"; readonly place: number }
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "call"; readonly op: PointwiseOp; readonly operands: readonly Recipe[] };

export const VARIABLES: readonly string[] = ["x", "y", "z"];

const operations: readonly PointwiseOp[] = [...pointwiseFunctions().values()].map((f) => f.op);

/** An operand that there is no derivative by is a small whole number. */
function callOf(op: PointwiseOp, operands: readonly Recipe[], order: number): Recipe {
  return {
    kind: "call",
    op,
    operands: op.inputs.map((name, i) =>
      op.partials?.[name] === "none" ? { kind: "constant", value: order } : (operands[i] as Recipe),
    ),
  };
}

/** Expressions of up to `depth` operations above one another. */
export function recipes(constants: fc.Arbitrary<number>, depth = 6): fc.Arbitrary<Recipe> {
  const variable = fc
    .nat(VARIABLES.length - 1)
    .map((place): Recipe => ({ kind: "variable", place }));
  const constant = constants.map((value): Recipe => ({ kind: "constant", value }));
  const leaf = fc.oneof({ arbitrary: variable, weight: 4 }, { arbitrary: constant, weight: 1 });
  let expression: fc.Arbitrary<Recipe> = leaf;
  for (let level = 0; level < depth; level++) {
    const inner = expression;
    const call = fc
      .tuple(fc.constantFrom(...operations), fc.tuple(inner, inner, inner), fc.nat(3))
      .map(([op, operands, order]) => callOf(op, operands, order));
    expression = fc.oneof({ arbitrary: leaf, weight: 1 }, { arbitrary: call, weight: 3 });
  }
  return expression;
}

export function build(recipe: Recipe, variables: readonly Tensor[]): Tensor {
  switch (recipe.kind) {
    case "variable":
      return variables[recipe.place] as Tensor;
    case "constant":
      return literal(recipe.value);
    case "call": {
      const operands = recipe.operands.map((operand) => build(operand, variables));
      return applyAll(recipe.op, operands, NO_PARAMS)[0] as Tensor;
    }
  }
}

/** All operations in an expression. */
export function operationsIn(recipe: Recipe): PointwiseOp[] {
  return recipe.kind === "call" ? [recipe.op, ...recipe.operands.flatMap(operationsIn)] : [];
}

export function textOf(recipe: Recipe): string {
  switch (recipe.kind) {
    case "variable":
      return VARIABLES[recipe.place] as string;
    case "constant":
      return Object.is(recipe.value, -0) ? "-0" : String(recipe.value);
    case "call":
      return `${recipe.op.name}(${recipe.operands.map(textOf).join(", ")})`;
  }
}

const hard = [
  0, -0, 1, -1, 2, -2, 0.5, 3, 1e-8, -1e-8, 1e-160, 1e-300, 1e160, -1e300, 40, -40, 800,
];

/** Numbers that go wrong first, and ordinary ones. */
export const anyNumber: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(...hard),
  fc.double({ min: -5, max: 5, noNaN: true }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Ordinary numbers, away from where expressions have their kinks. */
export const tameNumber: fc.Arbitrary<number> = fc
  .integer({ min: -3_000_000, max: 3_000_000 })
  .map((n) => n / 1_000_003 + 0.000_123);
