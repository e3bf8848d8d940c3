// Derivatives of every operation against differences, and against each other.

import { describe, expect } from "vitest";
import { centralDifference, smoothnessAt } from "../../src/autodiff/differences.ts";
import { grad, jvp, type Tensor, vjp } from "../../src/autodiff/index.ts";
import {
  activeInputs,
  alongDirection,
  directionOf,
  eachFunction,
  inner,
  moved,
  run,
  type Subject,
  weighted,
  weightsOf,
  withActive,
} from "./subjects.ts";

type List = readonly Tensor[];

/** What underflow may cost. */
const TINY = 2 ** -1060;

function gradientOf(subject: Subject, at: List = activeInputs(subject)): List {
  return grad((varying: List) => weighted(subject)(varying))(at);
}

/** The derivative of the weighted value in the direction, by the pullback. */
function slopeOf(subject: Subject, at?: List): { value: number; size: number } {
  return inner(gradientOf(subject, at), directionOf(subject));
}

describe("first derivatives", () => {
  eachFunction("its pullback agrees with central differences", (subject) => {
    const { value, size } = slopeOf(subject);
    if (subject.op.nondifferentiable) {
      expect(size).toBe(0);
      return;
    }
    const along = alongDirection(subject);
    const smoothness = smoothnessAt(along, 1);
    if (smoothness.kind === "kink") {
      const { left, right } = smoothness;
      const slack = 1e-5 * Math.max(Math.abs(left), Math.abs(right));
      expect(value).toBeGreaterThanOrEqual(Math.min(left, right) - slack);
      expect(value).toBeLessThanOrEqual(Math.max(left, right) + slack);
      return;
    }
    expect(smoothness.kind).toBe("smooth");
    const estimate = centralDifference(along, 1);
    const gap = Math.abs(estimate.value - value);
    expect(gap).toBeLessThanOrEqual(1e-7 * size + 16 * estimate.error + TINY);
  });

  eachFunction("its pushforward is the adjoint of its pullback", (subject) => {
    const f = (varying: List): List => run(subject, withActive(subject, varying));
    const at = activeInputs(subject);
    const direction = directionOf(subject);
    const weights = weightsOf(subject);
    const { tangent } = jvp(f)(at, direction);
    const cotangent = vjp(f)(at).pullback(weights);
    const forward = inner(tangent, weights);
    const reverse = inner(direction, cotangent);
    const gap = Math.abs(forward.value - reverse.value);
    expect(gap).toBeLessThanOrEqual(1e-12 * Math.max(forward.size, reverse.size) + TINY);
  });
});

describe("second derivatives", () => {
  eachFunction("its second derivative agrees with differences of the gradient", (subject) => {
    const at = activeInputs(subject);
    const direction = directionOf(subject);
    const slopeAt = (t: number): number => slopeOf(subject, moved(at, direction, t - 1)).value;
    const slope = (varying: List): Tensor =>
      jvp((inner: List) => weighted(subject)(inner))(varying, direction).tangent;
    const forwardOfReverse = inner(
      jvp((varying: List) => grad((inner: List) => weighted(subject)(inner))(varying))(
        at,
        direction,
      ).tangent,
      direction,
    );
    const reverseOfForward = inner(grad(slope)(at), direction);
    if (subject.op.nondifferentiable) {
      expect([forwardOfReverse.size, reverseOfForward.size]).toEqual([0, 0]);
      return;
    }
    const size = Math.max(forwardOfReverse.size, reverseOfForward.size);
    expect(Math.abs(forwardOfReverse.value - reverseOfForward.value)).toBeLessThanOrEqual(
      1e-11 * size + 4 * Number.EPSILON * slopeOf(subject).size + TINY,
    );
    if (smoothnessAt(alongDirection(subject), 1).kind !== "smooth") return;
    if (smoothnessAt(slopeAt, 1).kind !== "smooth") return;
    const estimate = centralDifference(slopeAt, 1);
    const gap = Math.abs(estimate.value - forwardOfReverse.value);
    expect(gap).toBeLessThanOrEqual(1e-7 * size + 16 * estimate.error + TINY);
  });
});
