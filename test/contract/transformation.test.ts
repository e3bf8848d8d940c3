// Every operation under transformations of transformations: batches of symbols and of batches, loops, no examples.

import { describe, expect } from "vitest";
import {
  cast,
  checkpoint,
  grad,
  hvp,
  jvp,
  scan,
  stack,
  sum,
  type Tensor,
  vmap,
  zeros,
} from "../../src/autodiff/index.ts";
import { isFloat } from "../../src/expr/shape.ts";
import type { Check } from "./skips.ts";
import {
  activeInputs,
  directionOf,
  eachFunction,
  expectNear,
  moved,
  numbersIn,
  run,
  type Subject,
  weighted,
  withActive,
} from "./subjects.ts";

type List = readonly Tensor[];
type OnLists = (all: List) => List;

/** Steps away from the sample, one for each example. */
const STEPS = [0, 1e-3];

function stacked(examples: readonly List[]): Tensor[] {
  return (examples[0] as List).map((_, i) => stack(examples.map((list) => list[i] as Tensor)));
}

function repeated(values: List): Tensor[] {
  return stacked([values, values]);
}

/** The function at each example, as the steps of a loop. */
function scanned(f: OnLists): OnLists {
  return (all) => scan((carry: Tensor, one: List) => ({ carry, y: f(one) }), 0, all).ys;
}

function typesOf(values: List): unknown {
  return values.map(({ shape, dtype }) => ({ shape, dtype }));
}

/** The same values, within rounding of the largest among them, or of `size` where that is larger. */
function expectSame(found: List, expected: List, size = 0): void {
  expect(typesOf(found)).toEqual(typesOf(expected));
  const numbers = numbersIn(expected);
  const largest = Math.max(size, ...numbers.map(Math.abs).filter(Number.isFinite));
  numbersIn(found).forEach((value, k) => {
    expectNear(value, numbers[k] as number, 1e-12, largest);
  });
}

/** Each way to compute a function at several examples, and at the same examples twice. */
function expectAllWays(f: OnLists, subject: Subject, size = 0): void {
  const at = activeInputs(subject);
  const examples = STEPS.map((step) => moved(at, directionOf(subject), step));
  const whole = stacked(examples);
  const loop = stacked(examples.map(f));
  expectSame(checkpoint(vmap(f))(whole), loop, size);
  expectSame(vmap(checkpoint(f))(whole), loop, size);
  expectSame(scanned(f)(whole), loop, size);
  expectSame(vmap(vmap(f))(repeated(whole)), repeated(loop), size);
  expectSame(vmap(scanned(f))(repeated(whole)), repeated(loop), size);
}

const gradientOf =
  (f: (all: List) => Tensor): OnLists =>
  (all) =>
    grad((inside: List) => f(inside))(all) as List;

function sizeOf(values: List): number {
  return Math.max(...numbersIn(values).map(Math.abs));
}

/** The claim at each sample in which an operand may hold a batch. */
function eachActive(
  check: Check,
  claim: (subject: Subject) => void,
  applies?: (op: Subject["op"]) => boolean,
): void {
  eachFunction(check, (subject) => subject.active.length > 0 && claim(subject), applies);
}

describe("transformations of transformations", () => {
  eachFunction("its batches and loops nest", (subject) => {
    if (subject.active.length === 0) return;
    expectAllWays((varying) => run(subject, withActive(subject, varying)), subject);
  });

  eachActive(
    "the gradients of its batches and loops nest",
    (subject) => {
      const f = weighted(subject);
      expectAllWays(gradientOf(f), subject);
      expectAllWays(gradientOf(checkpoint(f)), subject);
      const at = activeInputs(subject);
      const whole = repeated(at);
      const total = (all: List): Tensor => sum(checkpoint(vmap(f))(all));
      expectSame(gradientOf(total)(whole), repeated(gradientOf(f)(at)));
    },
    (op) => !op.nondifferentiable,
  );

  eachActive(
    "its second derivatives are those of its checkpoint",
    (subject) => {
      const f = weighted(subject);
      const direction = directionOf(subject) as Tensor[];
      const along =
        (g: typeof f): OnLists =>
        (all) =>
          hvp((inside: List) => g(inside))(all as Tensor[], direction) as List;
      const at = activeInputs(subject);
      const expected = along(f)(at);
      // The order of the factors decides what overflows on the way to a derivative near the limits of float64.
      const size = Math.max(sizeOf(expected), sizeOf(gradientOf(f)(at)));
      if (!(size < 1e100) || (size < 1e-100 && size > 0)) return;
      expectSame(along(checkpoint(f))(at), expected, size);
      expectAllWays(along(checkpoint(f)), subject, size);
      const slope = (all: List): Tensor =>
        jvp((inside: List) => checkpoint(f)(inside))(all as Tensor[], direction).tangent;
      expectSame(gradientOf(slope)(at), expected, size);
    },
    (op) => !op.nondifferentiable,
  );

  eachFunction("a batch of no examples has its shapes and dtypes", (subject) => {
    if (subject.active.length === 0) return;
    const at = activeInputs(subject);
    const nothing = at.map(({ shape }) => zeros([0, ...shape]));
    const f: OnLists = (varying) => run(subject, withActive(subject, varying));
    const expectNothing = (found: List, one: List): void =>
      expect(typesOf(found)).toEqual(
        one.map(({ shape, dtype }) => ({ shape: [0, ...shape], dtype })),
      );
    expectNothing(vmap(f)(nothing), f(at));
    if (!subject.op.nondifferentiable)
      expectNothing(vmap(gradientOf(weighted(subject)))(nothing), at);
  });

  eachFunction("it keeps float32 in all of them", (subject) => {
    if (subject.active.length === 0) return;
    const inputs = subject.inputs.map((x) => (isFloat(x.dtype) ? cast(x, "float32") : x));
    const single = { ...subject, inputs: inputs as unknown as Subject["inputs"] };
    const at = activeInputs(single) as Tensor[];
    const f: OnLists = (varying) => run(single, withActive(single, varying));
    const dtypes = (values: List): string[] => values.map(({ dtype }) => dtype);
    const direct = dtypes(f(at));
    expect(dtypes(vmap(f)(repeated(at)))).toEqual(direct);
    expect(dtypes(checkpoint(f)(at))).toEqual(direct);
    expect(dtypes(scanned(f)(repeated(at)))).toEqual(direct);
    expect(dtypes(jvp(f)(at, at).tangent)).toEqual(direct);
    if (subject.op.nondifferentiable) return;
    const gradient = gradientOf(checkpoint(weighted(single)));
    expect(dtypes(gradient(at))).toEqual(dtypes(at));
    expect(dtypes(vmap(gradient)(repeated(at)))).toEqual(dtypes(at));
  });
});
