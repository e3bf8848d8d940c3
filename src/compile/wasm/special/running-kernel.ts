// The kernel of running sums, running products and linear recurrences: one carry goes along each line, and lines that
// stand side by side go in pairs.

import type { DType } from "../../../expr/shape.ts";
import { BYTES } from "../../bytes.ts";
import { FunctionBuilder, type Value, type WasmFunction } from "../function-builder.ts";
import type { KernelSource } from "../heap.ts";
import { type Carrier, carrierOf } from "./running-carrier.ts";

export interface RunningKind {
  readonly kind: "sum" | "product" | "recurrence";
  /** The dtypes of the result, of the terms and, for a recurrence, of the factors. */
  readonly dtypes: readonly DType[];
}

/** An array that the kernel walks through: where its lines begin, and how far an element and a line move it. */
interface Track {
  readonly dtype: DType;
  readonly start: Value;
  readonly step: Value;
  readonly outer: Value;
}

/**
 * Parameters: outer count, length of a line and inner count; then for each array the address of the first element
 * in the direction of the lines, the bytes from one element of a line to the next, and those from one outer index to
 * the next.
 */
export function runningSource(kind: RunningKind): KernelSource {
  return {
    key: `running ${kind.kind} ${kind.dtypes.join(" ")}`,
    write: () => writeRunning(kind),
  };
}

function writeRunning(running: RunningKind): WasmFunction {
  const b = new FunctionBuilder();
  const parameter = (name: string): Value => b.parameter("i32", name);
  const [outer, length, inner] = [parameter("outer"), parameter("length"), parameter("inner")];
  const names = ["result", "terms", "factors"];
  const tracks: Track[] = running.dtypes.map((dtype, i) => ({
    dtype,
    start: parameter(names[i] as string),
    step: parameter(`${names[i]}Step`),
    outer: parameter(`${names[i]}Outer`),
  }));
  const isFloat = running.dtypes.every((dtype) => dtype === "float64" || dtype === "float32");
  const pairs = isFloat ? b.emit("i32.and", [inner, b.constant("i32", -2)]) : undefined;
  const zero = b.constant("i32", 0);
  const starts = tracks.map(({ start }) => b.variable(start));
  b.count(zero, outer, 1, () => {
    const places = starts.map((start) => b.variable(start));
    const go = (carrier: Carrier, from: Value, to: Value): void =>
      b.count(from, to, carrier.width, () => {
        writeLine(b, running, carrier, tracks, places, length);
        advance(b, places, tracks, ({ dtype }) => b.constant("i32", BYTES[dtype] * carrier.width));
      });
    if (pairs !== undefined) go(carrierOf(b, "f64x2"), zero, pairs);
    go(carrierOf(b, isFloat ? "f64" : "i32"), pairs ?? zero, inner);
    advance(b, starts, tracks, (track) => track.outer);
  });
  return b.finish();
}

function advance(
  b: FunctionBuilder,
  places: readonly Value[],
  tracks: readonly Track[],
  by: (track: Track) => Value,
): void {
  places.forEach((place, i) => {
    b.assign(place, b.emit("i32.add", [place, by(tracks[i] as Track)]));
  });
}

/** One line, or as many side by side as the carrier is wide. */
function writeLine(
  b: FunctionBuilder,
  { kind }: RunningKind,
  carrier: Carrier,
  tracks: readonly Track[],
  places: readonly Value[],
  length: Value,
): void {
  const at = places.map((place) => b.variable(place));
  const [result, terms, factors] = tracks as [Track, Track, Track?];
  const [to, from, factor] = at as [Value, Value, Value?];
  const first = carrier.load(terms.dtype, from);
  carrier.store(result.dtype, to, first);
  const carry = b.variable(first);
  const step = kind === "sum" ? compensated(b, carrier, carry) : undefined;
  b.count(b.constant("i32", 1), length, 1, () => {
    advance(b, [to, from], [result, terms], (track) => track.step);
    const term = carrier.load(terms.dtype, from);
    if (step !== undefined) carrier.store(result.dtype, to, step(term));
    else {
      if (factors === undefined || factor === undefined) {
        b.assign(carry, carrier.multiply(carry, term));
      } else {
        const scale = carrier.load(factors.dtype, factor);
        b.assign(carry, carrier.add(term, carrier.multiply(scale, carry)));
        advance(b, [factor], [factors], (track) => track.step);
      }
      carrier.store(result.dtype, to, carry);
    }
  });
}

/**
 * The next running sum: what each addition rounds off is kept beside the total and added to what is shown, as long as
 * the total is finite.
 */
function compensated(b: FunctionBuilder, carrier: Carrier, total: Value): (term: Value) => Value {
  if (!carrier.rounds) {
    return (term) => {
      b.assign(total, carrier.add(total, term));
      return total;
    };
  }
  const lost = b.variable(carrier.zero);
  return (term) => {
    const next = carrier.add(total, term);
    const part = carrier.subtract(next, term);
    const error = carrier.add(
      carrier.subtract(term, carrier.subtract(next, part)),
      carrier.subtract(total, part),
    );
    const finite = carrier.isFinite(next);
    b.assign(lost, carrier.choose(finite, carrier.add(lost, error), lost));
    b.assign(total, next);
    return carrier.choose(finite, carrier.add(next, lost), next);
  };
}
