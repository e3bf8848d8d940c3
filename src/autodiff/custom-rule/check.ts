// The rules of a custom function beside finite differences of its value, and beside each other.

import { SymtapeError } from "../../expr/errors.ts";
import { cast } from "../../expr/ops/movement/index.ts";
import { zerosLike } from "../../expr/ops/structured.ts";
import { formatShape, isFloat } from "../../expr/shape.ts";
import { ConcreteTensor, dataOf, type Tensor } from "../../expr/tensor.ts";
import { centralDifference, type DifferenceEstimate, smoothnessAt } from "../differences.ts";
import type { List, Rule } from "./trees.ts";

type Data = readonly ConcreteTensor[];

/** A rule at a point. */
interface Place {
  readonly rule: Rule;
  readonly inputs: Data;
  readonly outputs: Data;
}

/** The derivative of the weighted sum of the outputs along a direction, by each way to compute it. */
interface Answers {
  readonly pullback: number | undefined;
  readonly pushforward: number | undefined;
  /** Undefined where there is no finite derivative, as at a kink. */
  readonly difference: DifferenceEstimate | undefined;
}

/** Elements that are looked at to say which one is wrong. */
const MOST_ELEMENTS = 64;

/**
 * Compares the rules with finite differences at a point, one argument after the other, along a direction
 * that moves all of its elements. Kinks and places without a finite value are passed over.
 *
 * @throws SymtapeError (gradient) naming the argument, and the elements where single ones are wrong.
 */
export function checkRule(rule: Rule, point: Data): void {
  const inputs = point.map((input) =>
    isFloat(input.dtype) ? plain(cast(input, "float64")) : input,
  );
  const outputs = rule.value(inputs).map(plain);
  const place: Place = { rule, inputs, outputs };
  const weights = outputs.map((output, i) => randomLike(output, `${rule.name} output ${i}`, false));
  inputs.forEach((input, i) => {
    if (!isFloat(input.dtype) || input.size === 0) return;
    const direction = randomLike(input, `${rule.name} argument ${i}`, true);
    const found = answers(place, i, direction, weights);
    if (!agree(found)) throw disagreement(place, i, weights, found);
  });
}

function plain(tensor: Tensor): ConcreteTensor {
  return tensor.concrete("customRule");
}

function answers(
  { rule, inputs, outputs }: Place,
  i: number,
  direction: ConcreteTensor,
  weights: Data,
): Answers {
  const pulled =
    rule.pullback && (rule.pullback(inputs, outputs, weights)[i] ?? zerosLike(direction));
  const tangents = inputs.map((input, k) => (k === i ? direction : zerosLike(input)));
  const pushed = rule.pushforward?.(inputs, outputs, tangents);
  const along = (t: number): number =>
    inner(
      rule.value(inputs.with(i, moved(inputs[i] as ConcreteTensor, direction, t - 1))),
      weights,
    );
  return {
    pullback: pulled && inner([pulled], [direction]),
    pushforward: pushed && inner(pushed, weights),
    difference: differenceOf(along),
  };
}

/** The derivative at 1, where there is one. */
function differenceOf(along: (t: number) => number): DifferenceEstimate | undefined {
  if (!Number.isFinite(along(1)) || smoothnessAt(along, 1).kind !== "smooth") return undefined;
  const found = centralDifference(along, 1);
  return Number.isFinite(found.value) && Number.isFinite(found.error) ? found : undefined;
}

function agree({ pullback, pushforward, difference }: Answers): boolean {
  const given = [pullback, pushforward].filter((value) => value !== undefined);
  const [first = 0, second = first] = given;
  if (Math.abs(first - second) > 1e-8 * Math.max(Math.abs(first), Math.abs(second))) return false;
  return difference === undefined || given.every((value) => isNear(value, difference));
}

function isNear(found: number, { value, error }: DifferenceEstimate): boolean {
  return Math.abs(found - value) <= 1e-6 * Math.max(Math.abs(found), Math.abs(value)) + 4 * error;
}

/** Numbers of which none is near zero, the same in every run; as steps in proportion to the elements. */
function randomLike(like: ConcreteTensor, name: string, steps: boolean): ConcreteTensor {
  let state = 1;
  for (const letter of name) state = (state * 31 + letter.charCodeAt(0)) % 2147483647;
  const data = Float64Array.from(dataOf(like), (x) => {
    // S. K. Park and K. W. Miller, "Random number generators: good ones are hard to find" (1988).
    state = (state * 48271) % 2147483647;
    const size = 0.5 + (state % 1000) / 2000;
    return (state & 1024 ? size : -size) * (steps ? Math.abs(x) || 1 : 1);
  });
  return new ConcreteTensor(like.shape, "float64", data);
}

function moved(at: ConcreteTensor, direction: ConcreteTensor, t: number): ConcreteTensor {
  const data = Float64Array.from(dataOf(at), (x, k) => x + t * direction.at(k));
  return new ConcreteTensor(at.shape, "float64", data);
}

/** The inner product over all float tensors. */
function inner(left: List, right: List): number {
  let total = 0;
  left.forEach((value, i) => {
    if (!isFloat(value.dtype)) return;
    const a = dataOf(plain(value));
    const b = dataOf(plain(right[i] as Tensor));
    for (let k = 0; k < a.length; k++) total += (a[k] as number) * (b[k] as number);
  });
  return total;
}

/** The error for an argument, by the first single elements that are wrong, if there are such. */
function disagreement(place: Place, i: number, weights: Data, found: Answers): SymtapeError {
  const { inputs, outputs } = place;
  const argument = `argument ${i + 1}`;
  const input = inputs[i] as ConcreteTensor;
  for (const [k, direction] of unitsLike(input)) {
    if (agree(answers(place, i, direction, weights))) continue;
    for (const [r, output] of outputs.entries()) {
      for (const [m, unit] of unitsLike(output)) {
        const single = outputs.map((other, at) => (at === r ? unit : plain(zerosLike(other))));
        const one = answers(place, i, direction, single);
        if (agree(one)) continue;
        const result = outputs.length === 1 ? "the output" : `output ${r + 1}`;
        return differing(
          place.rule.name,
          `${result}${at(output, m)} by ${argument}${at(input, k)}`,
          one,
        );
      }
    }
  }
  return differing(
    place.rule.name,
    `a weighted sum of the outputs along a direction of ${argument}`,
    found,
  );
}

/** The first unit tensors. */
function* unitsLike(like: ConcreteTensor): Generator<[number, ConcreteTensor]> {
  const zeros = new ConcreteTensor(like.shape, "float64", new Float64Array(like.size));
  for (let k = 0; k < Math.min(like.size, MOST_ELEMENTS); k++) yield [k, zeros.withElement(k, 1)];
}

/** ` at [0,1]`: a place in a tensor, counting from zero; nothing for a scalar. */
function at({ shape }: ConcreteTensor, k: number): string {
  if (shape.length === 0) return "";
  const places: number[] = [];
  let rest = k;
  for (const length of shape.toReversed()) {
    places.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return ` at ${formatShape(places)}`;
}

function differing(name: string, what: string, found: Answers): SymtapeError {
  const { pullback, pushforward, difference } = found;
  const told = [
    pullback !== undefined && `${pullback} by the pullback`,
    pushforward !== undefined && `${pushforward} by the pushforward`,
  ].filter((text) => text !== false);
  const expected =
    difference === undefined
      ? "the two must agree"
      : `expected ${difference.value} by finite differences`;
  return new SymtapeError(
    "gradient",
    `${name}: the derivative of ${what} is ${told.join(" and ")}; ${expected}. Mend the rule, or say ` +
      "check: false if it means another derivative on purpose.",
    { operation: name },
  );
}
