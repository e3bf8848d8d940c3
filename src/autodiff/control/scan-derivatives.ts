// The derivatives of a scan are scans: one the other way, or one beside the values.

import type { Step } from "../../expr/op.ts";
import { add } from "../../expr/ops/arithmetic.ts";
import { zerosLike } from "../../expr/ops/structured.ts";
import type { Tensor } from "../../expr/tensor.ts";
import { type Body, makeBody } from "./body.ts";
import { type Link, loopLinkOf } from "./link.ts";
import {
  atPlaces,
  type Derivatives,
  filled,
  floatPlaces,
  knownPlaces,
  neededPlaces,
} from "./places.ts";
import { groupsOf, type ScanForm } from "./scan-form.ts";

/** Applies a scan to inputs; one of cotangents is left out where they stand for nothing. */
export type Repeat = (
  body: Body,
  form: ScanForm,
  inputs: readonly Tensor[],
  cotangents?: readonly Tensor[],
) => readonly Tensor[];

/** The places between which derivatives go, by what stands there. */
interface Ways {
  readonly link: Link;
  readonly carry: readonly number[];
  readonly xs: readonly number[];
  readonly captures: readonly number[];
  readonly results: readonly number[];
}

function waysOf(body: Body, form: ScanForm, places: Link): Ways {
  const { carries, sequences } = form;
  const link = loopLinkOf(body, carries, places);
  return {
    link,
    carry: link.inputs.filter((place) => place < carries),
    xs: link.inputs.filter((place) => place >= carries && place < carries + sequences),
    captures: link.inputs.filter((place) => place >= carries + sequences),
    results: link.outputs.filter((place) => place >= carries),
  };
}

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
  needs: readonly boolean[],
): Derivatives {
  const ways = waysOf(body, form, {
    inputs: neededPlaces(inputs, needs),
    outputs: knownPlaces(outputs, cotangents),
  });
  if (ways.link.inputs.length === 0) return [];
  const given = groupsOf(form, inputs);
  const arriving = filled(outputs, cotangents, ways.link.outputs);
  const found = repeat(
    reverseStep(body, form, ways),
    {
      carries: ways.carry.length + ways.captures.length,
      sequences: form.carries + form.sequences + ways.results.length,
      length: form.length,
      reverse: !form.reverse,
    },
    [
      ...arriving.slice(0, ways.carry.length),
      ...at(inputs, ways.captures).map(zerosLike),
      ...statesOf(repeat, body, form, inputs, outputs),
      ...given.xs,
      ...arriving.slice(ways.carry.length),
      ...given.captures,
    ],
    knownPlaces(outputs, cotangents).map((place) => cotangents[place] as Tensor),
  );
  const places = [...ways.carry, ...ways.captures, ...ways.xs];
  return atPlaces(inputs.length, places, found);
}

/** One step of the loop the other way. */
function reverseStep(body: Body, form: ScanForm, ways: Ways): Body {
  const { carry, xs, captures } = groupsOf(form, body.inputs);
  const derived = body.pullback(ways.link);
  const state = [...at(body.inputs, ways.carry), ...at(body.inputs, ways.captures)];
  const before = [...carry, ...xs];
  const arriving = at(body.outputs, ways.results);
  return makeBody([...state, ...before, ...arriving, ...captures], (all) => {
    const [ofCarry, sums, start, ofResults, known] = cut(
      all,
      ways.carry.length,
      ways.captures.length,
      before.length,
      arriving.length,
    );
    const found = derived.evaluate([...start, ...known, ...ofCarry, ...ofResults]);
    const [next, ofElements, ofCaptures] = cut(found, ways.carry.length, ways.xs.length);
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
  const ways = waysOf(body, form, {
    inputs: knownPlaces(inputs, tangents),
    outputs: floatPlaces(outputs),
  });
  if (ways.link.outputs.length === 0) return [];
  const { carries, sequences } = form;
  const given = groupsOf(form, inputs);
  const count = carries + ways.carry.length;
  const found = repeat(
    dualStep(body, form, ways),
    { ...form, carries: count, sequences: sequences + ways.xs.length },
    [
      ...given.carry,
      ...filled(inputs, tangents, ways.carry),
      ...given.xs,
      ...filled(inputs, tangents, ways.xs),
      ...given.captures,
      ...filled(inputs, tangents, ways.captures),
    ],
  );
  const ofCarry = found.slice(carries, count);
  const ofResults = found.slice(count + outputs.length - carries);
  return atPlaces(outputs.length, ways.link.outputs, [...ofCarry, ...ofResults]);
}

/** One step that carries tangents beside the values. */
function dualStep(body: Body, form: ScanForm, ways: Ways): Body {
  const { carry, xs, captures } = groupsOf(form, body.inputs);
  const derived = body.pushforward(ways.link);
  const groups = [
    [carry, ways.carry],
    [xs, ways.xs],
    [captures, ways.captures],
  ] as const;
  const types = groups.flatMap(([group, moving]) => [...group, ...at(body.inputs, moving)]);
  return makeBody(types, (all) => {
    const [state, dState, element, dElement, known, dKnown] = cut(
      all,
      ...groups.flatMap(([group, moving]) => [group.length, moving.length]),
    ) as Tensor[][] as [Tensor[], Tensor[], Tensor[], Tensor[], Tensor[], Tensor[]];
    const inputs = [...state, ...element, ...known, ...dState, ...dElement, ...dKnown];
    const [values, directions] = cut(derived.evaluate(inputs), body.outputs.length);
    const [next, results] = cut(values, form.carries);
    const [dNext, dResults] = cut(directions, ways.carry.length);
    return [...next, ...dNext, ...results, ...dResults];
  });
}

function at<T>(values: readonly T[], places: readonly number[]): T[] {
  return places.map((place) => values[place] as T);
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
