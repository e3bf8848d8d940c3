// The two ways to use places that are data, each the adjoint of the other: taking the elements there, and
// zeros to which elements are added there.

import { apply } from "../../apply.ts";
import { type Arithmetic, broadcastIndices, type NdArray, type Numbers } from "../../arithmetic.ts";
import type { Notation, Op, Params } from "../../op.ts";
import { type AbstractValue, formatShape, promote, type Shape, sizeOf } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import {
  defineOp,
  numbersOf,
  type StructuredSpec,
  shapeError,
  takeElements,
  withShape,
} from "../structured.ts";
import { checkIndices, checkValues, placesIn } from "./indices.ts";
import type { LayoutRule } from "./layouts.ts";
import { shapeSetting } from "./settings.ts";

/** What an operation on places states about itself. */
interface PickingSpec {
  readonly name: string;
  readonly layout: LayoutRule;
  readonly notation: Omit<Notation, "symbol">;
  readonly samples: StructuredSpec["samples"];
  readonly batch: StructuredSpec["batch"];
  readonly adjoint: () => Op;
}

/** Elements at places. */
export function defineTaking(spec: PickingSpec): Op {
  const { name, layout, adjoint, ...rest } = spec;
  return defineOp({
    ...rest,
    name,
    inputs: ["x", "indices"],
    discrete: ["indices"],
    infer: ([x, indices], params) => {
      const source = x as AbstractValue;
      const places = indices as AbstractValue;
      checkIndices(name, places);
      return [withShape(source, layout(name, source.shape, places.shape, params).shape)];
    },
    reference: (arithmetic, [x, indices], params) => {
      const source = x as NonNullable<typeof x>;
      const places = indices as NonNullable<typeof indices>;
      const { shape, sources } = layout(name, source.shape, places.shape, params);
      const found = sources(placesIn(arithmetic, name, places));
      return [{ shape, data: takeElements(source.data, found) }];
    },
    pullback: ({ inputs, params }, [cotangent]) => {
      const [x, indices] = inputs as readonly [Tensor, Tensor];
      const { shape } = x;
      return [cotangent && apply(adjoint(), [indices, cotangent], { ...params, shape })];
    },
    pushforward: "linear",
    lower: (_, params) => ({ kind: "special", kernel: name, settings: params }),
  });
}

/** Zeros with values added at places, those at repeated places all of them. */
export function defineScattering(spec: PickingSpec): Op {
  const { name, layout, adjoint, ...rest } = spec;
  return defineOp({
    ...rest,
    name,
    inputs: ["indices", "values"],
    discrete: ["indices"],
    infer: ([indices, values], params) => {
      const places = indices as AbstractValue;
      const { shape, dtype, weak } = values as AbstractValue;
      checkIndices(name, places);
      const whole = shapeSetting(name, params);
      checkValues(name, shape, layout(name, whole, places.shape, params).shape);
      return [{ shape: whole, dtype: dtype === "bool" ? "int32" : dtype, weak }];
    },
    reference: <S>(arithmetic: Arithmetic<S>, inputs: readonly NdArray<S>[], params: Params) => {
      const [indices, values] = inputs as readonly [NdArray<S>, NdArray<S>];
      const shape = numbersOf(params, "shape");
      const zeros = Array.from({ length: sizeOf(shape) }, () => arithmetic.literal(0));
      const places = layout(name, shape, indices.shape, params);
      const sources = places.sources(placesIn(arithmetic, name, indices));
      addAt(arithmetic, zeros, sources, values, places.shape);
      return [{ shape, data: zeros }];
    },
    kernel: ([indices, values], params) => {
      const shape = numbersOf(params, "shape");
      const zeros = new Float64Array(sizeOf(shape));
      const { data } = indices as Numbers;
      const places = layout(name, shape, (indices as Numbers).shape, params);
      addNumbersAt(zeros, places.sources(data), values as Numbers, places.shape);
      return [zeros];
    },
    pullback: ({ inputs, params }, [cotangent]) => {
      const { shape: _, ...rest } = params;
      return [undefined, cotangent && apply(adjoint(), [cotangent, inputs[0] as Tensor], rest)];
    },
    pushforward: "linear",
    lower: (_, params) => ({ kind: "special", kernel: name, settings: params }),
  });
}

/** A tensor with values added at places, those at repeated places all of them. */
export function defineAdding(spec: PickingSpec): Op {
  const { name, layout, adjoint, ...rest } = spec;
  return defineOp({
    ...rest,
    name,
    inputs: ["x", "indices", "values"],
    discrete: ["indices"],
    infer: (inputs, params) => {
      const [x, , values] = inputs as readonly [AbstractValue, AbstractValue, AbstractValue];
      checkWriting(name, layout, inputs, params);
      const { dtype, weak } = promote([x, values]);
      return [{ shape: x.shape, dtype: dtype === "bool" ? "int32" : dtype, weak }];
    },
    reference: <S>(arithmetic: Arithmetic<S>, inputs: readonly NdArray<S>[], params: Params) => {
      const [x, indices, values] = inputs as readonly [NdArray<S>, NdArray<S>, NdArray<S>];
      const data = Array.from(x.data);
      const places = layout(name, x.shape, indices.shape, params);
      const sources = places.sources(placesIn(arithmetic, name, indices));
      addAt(arithmetic, data, sources, values, places.shape);
      return [{ shape: x.shape, data }];
    },
    kernel: (inputs, params) => {
      const [x, indices, values] = inputs as readonly [Numbers, Numbers, Numbers];
      const data = Float64Array.from(x.data);
      const places = layout(name, x.shape, indices.shape, params);
      addNumbersAt(data, places.sources(indices.data), values, places.shape);
      return [data];
    },
    pullback: ({ inputs: [, indices], params }, [cotangent], needs) => [
      cotangent,
      undefined,
      needs[2] && cotangent ? apply(adjoint(), [cotangent, indices as Tensor], params) : undefined,
    ],
    pushforward: "linear",
    lower: (_, params) => ({ kind: "special", kernel: name, settings: params }),
  });
}

/** Checks that there are places to write at, that they are named once for each batch, and that values fit. */
export function checkWriting(
  name: string,
  layout: LayoutRule,
  inputs: readonly AbstractValue[],
  params: Params,
): void {
  const [x, indices, values] = inputs as readonly [AbstractValue, AbstractValue, AbstractValue];
  checkIndices(name, indices);
  const { shape, batch } = layout(name, x.shape, indices.shape, params);
  checkValues(name, values.shape, shape);
  if (batch.every((axis) => shape[axis] === x.shape[axis])) return;
  throw shapeError(
    name,
    `places of shape ${formatShape(indices.shape)} do not go together with ${formatShape(x.shape)}: axes ` +
      `${batch.join(", ")} must be those of the tensor, or 1.`,
    x.shape,
    indices.shape,
  );
}

/** Adds values, repeated to the shape of their places, to the elements there. */
function addAt<S>(
  arithmetic: Arithmetic<S>,
  data: S[],
  sources: Int32Array,
  values: NdArray<S>,
  shape: Shape,
): void {
  const from = broadcastIndices(values.shape, shape);
  sources.forEach((place, i) => {
    data[place] = arithmetic.add(data[place] as S, values.data[from[i] as number] as S);
  });
}

function addNumbersAt(
  data: Float64Array,
  sources: Int32Array,
  values: Numbers,
  shape: Shape,
): void {
  const from = broadcastIndices(values.shape, shape);
  const added = values.data;
  for (let i = 0; i < sources.length; i++) {
    const place = sources[i] as number;
    data[place] = (data[place] as number) + (added[from[i] as number] as number);
  }
}

/** Writes values, repeated to the shape of their places, over the elements there, in order. */
export function writeAt<S>(
  data: { [place: number]: S },
  sources: Int32Array,
  values: NdArray<S>,
  shape: Shape,
): void {
  const from = broadcastIndices(values.shape, shape);
  for (let i = 0; i < sources.length; i++) {
    data[sources[i] as number] = values.data[from[i] as number] as S;
  }
}
