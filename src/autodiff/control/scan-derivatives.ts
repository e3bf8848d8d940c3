// The derivatives of a scan are scans: one the other way, or one beside the values.

import type { Step } from "../../expr/op.ts";
import { add } from "../../expr/ops/arithmetic.ts";
import { zerosLike } from "../../expr/ops/structured.ts";
import type { Tensor } from "../../expr/tensor.ts";
import { finish } from "../backward.ts";
import { type Body, makeBody } from "./body.ts";
import { atPlaces, filled, floatPlaces } from "./body-op.ts";
import { groupsOf, type ScanForm } from "./scan-form.ts";

type Derivatives = readonly (Tensor | undefined)[];

/** Applies a scan to inputs. */
export type Repeat = (body: Body, form: ScanForm, inputs: readonly Tensor[]) => readonly Tensor[];

/**
 * The loop the other way. Its state is the cotangent of the state and the sums for the captures, its sequences
 * are the states that the steps began with, their elements and the cotangents of their results.
 */
export function pullScan(
  repeat: Repeat,
  body: Body,
  form: ScanForm,
  { inputs, outputs }: Step,
  cotangents: Derivatives,
): Derivatives {
  const { carries, length } = form;
  const own = groupsOf(form, body.inputs);
  const given = groupsOf(form, inputs);
  const ofResults = cotangents.slice(carries);
  const arriving = outputs.slice(carries).flatMap((value, i) => {
    const cotangent = ofResults[i];
    return cotangent === undefined ? [] : [finish(cotangent, value)];
  });
  const back = reverseStep(
    body,
    form,
    ofResults.map((cotangent) => cotangent !== undefined),
  );
  const counts = {
    carry: floatPlaces(own.carry).length,
    captures: floatPlaces(own.captures).length,
  };
  const found = repeat(
    back,
    {
      carries: counts.carry + counts.captures,
      sequences: carries + form.sequences + arriving.length,
      length,
      reverse: !form.reverse,
    },
    [
      ...filled(outputs.slice(0, carries), cotangents.slice(0, carries)),
      ...floats(given.captures).map(zerosLike),
      ...statesOf(repeat, body, form, inputs, outputs),
      ...given.xs,
      ...arriving,
      ...given.captures,
    ],
  );
  const [ofCarry, ofCaptures, ofElements] = cut(found, counts.carry, counts.captures);
  const all = [...ofCarry, ...ofElements, ...ofCaptures];
  return atPlaces(inputs.length, floatPlaces(body.inputs), all);
}

/** One step of the loop the other way; `reached` tells which results have a cotangent. */
function reverseStep(body: Body, form: ScanForm, reached: readonly boolean[]): Body {
  const { carry, xs, captures } = groupsOf(form, body.inputs);
  const results = body.outputs.slice(form.carries);
  const derived = body.pullback(floatPlaces(body.inputs));
  const count = floatPlaces(carry).length;
  const state = [...floats(carry), ...floats(captures)];
  const before = [...carry, ...xs];
  const arriving = results.filter((_, i) => reached[i]);
  return makeBody([...state, ...before, ...arriving, ...captures], (all) => {
    const [ofState, sums, at, left] = cut(all, count, state.length - count, before.length);
    const [given, known] = cut(left, arriving.length);
    const rest = [...given];
    const ofResults = results.map((result, i) =>
      reached[i] ? (rest.shift() as Tensor) : zerosLike(result),
    );
    const found = derived.evaluate([...at, ...known, ...ofState, ...floats(ofResults)]);
    const [next, ofElements, ofCaptures] = cut(found, count, floatPlaces(xs).length);
    const totals = ofCaptures.map((contribution, i) => add(sums[i] as Tensor, contribution));
    return [...next, ...totals, ...ofElements];
  });
}

/** The states that the steps began with: kept among the results, or found by running the loop again. */
function statesOf(
  repeat: Repeat,
  body: Body,
  form: ScanForm,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
): readonly Tensor[] {
  const { carries } = form;
  const last = body.outputs.length - carries;
  const states = body.inputs.slice(0, carries);
  const isKept = last >= carries && states.every((input, i) => input === body.outputs[last + i]);
  if (isKept) return outputs.slice(last);
  const again = body.returning(states.map((_, place) => place));
  return repeat(again, form, inputs).slice(body.outputs.length);
}

/** The same loop over states and elements with their tangents. */
export function pushScan(
  repeat: Repeat,
  body: Body,
  form: ScanForm,
  { inputs, outputs }: Step,
  tangents: Derivatives,
): Derivatives {
  const { carries, sequences } = form;
  const own = groupsOf(form, body.inputs);
  const given = groupsOf(form, inputs);
  const moving = groupsOf(form, tangents);
  const count = carries + floatPlaces(own.carry).length;
  const found = repeat(
    dualStep(body, form),
    { ...form, carries: count, sequences: sequences + floatPlaces(own.xs).length },
    [
      ...given.carry,
      ...filled(given.carry, moving.carry),
      ...given.xs,
      ...filled(given.xs, moving.xs),
      ...given.captures,
      ...filled(given.captures, moving.captures),
    ],
  );
  const ofCarry = found.slice(carries, count);
  const ofResults = found.slice(count + outputs.length - carries);
  return atPlaces(outputs.length, floatPlaces(outputs), [...ofCarry, ...ofResults]);
}

/** One step that carries tangents beside the values. */
function dualStep(body: Body, form: ScanForm): Body {
  const { carry, xs, captures } = groupsOf(form, body.inputs);
  const derived = body.pushforward();
  const types = [carry, xs, captures].flatMap((group) => [...group, ...floats(group)]);
  return makeBody(types, (all) => {
    const [ofCarry, left] = cut(all, carry.length + floatPlaces(carry).length);
    const [ofElements, ofCaptures] = cut(left, xs.length + floatPlaces(xs).length);
    const [state, dState] = cut(ofCarry, carry.length);
    const [element, dElement] = cut(ofElements, xs.length);
    const [known, dKnown] = cut(ofCaptures, captures.length);
    const inputs = [...state, ...element, ...known, ...dState, ...dElement, ...dKnown];
    const [values, directions] = cut(derived.evaluate(inputs), body.outputs.length);
    const [next, results] = cut(values, form.carries);
    const [dNext, dResults] = cut(directions, floatPlaces(carry).length);
    return [...next, ...dNext, ...results, ...dResults];
  });
}

function floats<T extends Tensor>(values: readonly T[]): T[] {
  return floatPlaces(values).map((place) => values[place] as T);
}

/** A list cut into pieces of the given lengths, and what is left. */
function cut<T, L extends readonly number[]>(
  list: readonly T[],
  ...lengths: L
): [...{ [K in keyof L]: T[] }, T[]] {
  let start = 0;
  const pieces = lengths.map((length) => {
    start += length;
    return list.slice(start - length, start);
  });
  return [...pieces, list.slice(start)] as unknown as [...{ [K in keyof L]: T[] }, T[]];
}
