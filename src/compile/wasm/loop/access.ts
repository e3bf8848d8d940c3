// Vectors from and to memory: whole ones, the first lanes only, elements at any stride, and one element for all lanes.

import type { DType } from "../../../expr/shape.ts";
import { BYTES } from "../../bytes.ts";
import type { Value } from "../function-builder.ts";
import { type Lanes, narrowMask, widenMask } from "./lanes.ts";

/** A place in memory: a pointer and bytes behind it, which are not negative. */
export interface Place {
  readonly pointer: Value;
  readonly offset: number;
}

/** Where the elements of a vector lie: the first of them, the bytes from one to the next, and how many. */
export interface Span {
  readonly dtype: DType;
  /** The place so many bytes from the first element. */
  at(bytes: number): Place;
  readonly step: number;
  readonly count: number;
}

/** A vector of the elements of a span; the lanes behind are anything. */
export function loadSpan(lanes: Lanes, span: Span): Value {
  if (span.dtype === "bool") return loadTruth(lanes, span);
  const { b } = lanes;
  const width = BYTES[span.dtype];
  const bits = 8 * width;
  if (span.step === 0) return load(lanes, `v128.load${bits}_splat`, span.at(0));
  if (span.step !== width) return gather(lanes, span, bits);
  const bytes = span.count * width;
  if (bytes === 16) return load(lanes, "v128.load", span.at(0));
  const start = load(lanes, bytes >= 8 ? "v128.load64_zero" : "v128.load32_zero", span.at(0));
  if (bytes !== 12) return start;
  const { pointer, offset } = span.at(8);
  return b.emit("v128.load32_lane", [pointer, start], [offset, 2]);
}

function load({ b }: Lanes, name: string, { pointer, offset }: Place): Value {
  return b.emit(name, [pointer], [offset]);
}

function gather(lanes: Lanes, span: Span, bits: number): Value {
  let vector = load(lanes, `v128.load${bits}_zero`, span.at(0));
  for (let lane = 1; lane < span.count; lane++) {
    const { pointer, offset } = span.at(lane * span.step);
    vector = lanes.b.emit(`v128.load${bits}_lane`, [pointer, vector], [offset, lane]);
  }
  return vector;
}

/** Which bytes of a vector make lanes of 32 bits; those from 16 on are zeros. */
const SPREAD = [0, 16, 16, 16, 1, 16, 16, 16, 2, 16, 16, 16, 3, 16, 16, 16];
const SAME = [0, 16, 16, 16, 0, 16, 16, 16, 0, 16, 16, 16, 0, 16, 16, 16];

function loadTruth(lanes: Lanes, span: Span): Value {
  const { b, count } = lanes;
  const zero = b.splat("i32x4", 0);
  const spread = (bytes: Value, pattern: readonly number[]): Value =>
    widenMask(lanes, b.emit("i32x4.neg", [b.emit("i8x16.shuffle", [bytes, zero], pattern)]));
  if (span.step === 0 || span.count === 1) {
    return spread(load(lanes, "v128.load8_splat", span.at(0)), SAME);
  }
  if (span.step === 1 && span.count === count) {
    const name = count === 4 ? "v128.load32_zero" : "v128.load16_splat";
    return spread(load(lanes, name, span.at(0)), SPREAD);
  }
  let vector = zero;
  for (let lane = 0; lane < span.count; lane++) {
    const element = load(lanes, "i32.load8_u", span.at(lane * span.step));
    vector = b.emit("i32x4.replace_lane", [vector, element], [lane]);
  }
  return widenMask(lanes, b.emit("i32x4.neg", [vector]));
}

/** Writes the first lanes of a vector to the elements of a span. */
export function storeSpan(lanes: Lanes, span: Span, value: Value): void {
  if (span.dtype === "bool") {
    storeTruth(lanes, span, value);
    return;
  }
  const { b } = lanes;
  const width = BYTES[span.dtype];
  const store = (bits: number, bytes: number, lane: number): void => {
    const { pointer, offset } = span.at(bytes);
    b.effect(`v128.store${bits}_lane`, [pointer, value], [offset, lane]);
  };
  if (span.step !== width) {
    for (let lane = 0; lane < span.count; lane++) store(8 * width, lane * span.step, lane);
    return;
  }
  const bytes = span.count * width;
  if (bytes === 16) {
    const { pointer, offset } = span.at(0);
    b.effect("v128.store", [pointer, value], [offset]);
    return;
  }
  if (bytes >= 8) store(64, 0, 0);
  if (bytes % 8 === 4) store(32, bytes - 4, bytes / 4 - 1);
}

const PACK = [0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12];

function storeTruth(lanes: Lanes, span: Span, value: Value): void {
  const { b } = lanes;
  const ones = b.emit("v128.and", [narrowMask(lanes, value), b.splat("i32x4", 1)]);
  if (span.step === 1 && span.count === 4) {
    const { pointer, offset } = span.at(0);
    const bytes = b.emit("i8x16.shuffle", [ones, ones], PACK);
    b.effect("v128.store32_lane", [pointer, bytes], [offset, 0]);
    return;
  }
  for (let lane = 0; lane < span.count; lane++) {
    const { pointer, offset } = span.at(lane * span.step);
    const element = b.emit("i32x4.extract_lane", [ones], [lane]);
    b.effect("i32.store8", [pointer, element], [offset]);
  }
}
