// The inner loops of a convolution of few results with a wide kernel: inner products along the rows of the kernel, for
// a few filters and two results at once.

import { type FloatType, FORMATS, type Format } from "../../floats.ts";
import { FunctionBuilder, type Value, type WasmFunction } from "../../function-builder.ts";
import type { KernelSource } from "../../heap.ts";
import { parametersOf } from "../../parameters.ts";
import { multiplyAdd } from "../../writing.ts";

const PARAMETERS = [
  "weights",
  "tiles",
  "filterBytes",
  "input",
  "channels",
  "weightChannel",
  "inputChannel",
  "rows",
  "weightRow",
  "inputRow",
  "wholeBytes",
  "restBytes",
  "mask",
  "pairs",
  "pairsEnd",
  "single",
  "results",
  "resultBytes",
  "adds",
] as const;

type Parameters = Readonly<Record<(typeof PARAMETERS)[number], Value>>;

/** Words of the table for one result: where its input begins, and where it stands among the results. */
const RESULT_WORDS = 2;

/**
 * Parameters: the weights, how many tiles of filters there are, and bytes from one filter to the next; the input; how
 * many channels and bytes from one to the next of the weights and of the input; the same for rows; bytes of a row that
 * fill whole vectors, and how far the last vector reaches back if there are more; the lanes of that vector that count;
 * the table of pairs of results, its end, and that of a last single one or 0; the results and bytes from those of one
 * filter to the next; and whether to add to what is there.
 */
export function correlationSource(dtype: FloatType, filters: number, fma: boolean): KernelSource {
  return {
    key: `convolution inner products ${dtype} ${filters}${fma ? " fma" : ""}`,
    write: () => new CorrelationWriter(dtype, filters, fma).write(),
  };
}

class CorrelationWriter {
  readonly #b = new FunctionBuilder();
  readonly #filters: number;
  readonly #format: Format;
  readonly #fma: boolean;

  constructor(dtype: FloatType, filters: number, fma: boolean) {
    this.#fma = fma;
    this.#filters = filters;
    this.#format = FORMATS[dtype];
  }

  write(): WasmFunction {
    const b = this.#b;
    const p = parametersOf(b, PARAMETERS);
    const zero = b.constant("i32", 0);
    const weights = b.variable(p.weights);
    const results = b.variable(p.results);
    b.count(zero, p.tiles, 1, () => {
      b.count(p.pairs, p.pairsEnd, 8 * RESULT_WORDS, (entry) =>
        this.#tile(p, weights, results, entry, 2),
      );
      b.when(p.single, () => this.#tile(p, weights, results, p.single, 1));
      for (let i = 0; i < this.#filters; i++) {
        b.assign(weights, b.emit("i32.add", [weights, p.filterBytes]));
        b.assign(results, b.emit("i32.add", [results, p.resultBytes]));
      }
    });
    return b.finish();
  }

  #tile(p: Parameters, weights: Value, results: Value, entry: Value, count: number): void {
    const b = this.#b;
    const add = (left: Value, right: Value): Value => b.emit("i32.add", [left, right]);
    const zero = b.splat(this.#format.lanes, 0);
    const sums = Array.from({ length: this.#filters }, () =>
      Array.from({ length: count }, () => b.variable(zero)),
    );
    const inputs = Array.from({ length: count }, (_, i) =>
      b.variable(add(p.input, b.emit("i32.load", [entry], [4 * RESULT_WORDS * i]))),
    );
    const weight = b.variable(weights);
    const none = b.constant("i32", 0);
    b.count(none, p.channels, 1, () => {
      const rowWeight = b.variable(weight);
      const rowInputs = inputs.map((input) => b.variable(input));
      b.count(none, p.rows, 1, () => {
        this.#row(p, sums, rowWeight, rowInputs);
        b.assign(rowWeight, add(rowWeight, p.weightRow));
        for (const input of rowInputs) b.assign(input, add(input, p.inputRow));
      });
      b.assign(weight, add(weight, p.weightChannel));
      for (const input of inputs) b.assign(input, add(input, p.inputChannel));
    });
    sums.forEach((row, filter) => {
      row.forEach((sum, i) => {
        const place = b.emit("i32.load", [entry], [4 * RESULT_WORDS * i + 4]);
        let target = add(results, place);
        for (let k = 0; k < filter; k++) target = add(target, p.resultBytes);
        this.#store(target, this.#total(sum), p.adds);
      });
    });
  }

  /** One row of the kernel: whole vectors, then the last one, of which some lanes were there before. */
  #row(p: Parameters, sums: Value[][], weight: Value, inputs: Value[]): void {
    const b = this.#b;
    const add = (left: Value, right: Value): Value => b.emit("i32.add", [left, right]);
    const addProducts = (load: (address: Value) => Value): void => {
      const elements = inputs.map(load);
      let from = weight;
      sums.forEach((row, filter) => {
        if (filter > 0) from = add(from, p.filterBytes);
        const factor = load(from);
        row.forEach((sum, i) => {
          b.assign(sum, multiplyAdd(b, this.#format, this.#fma, factor, elements[i] as Value, sum));
        });
      });
    };
    b.count(b.constant("i32", 0), p.wholeBytes, 16, (offset) => {
      addProducts((address) => b.emit("v128.load", [add(address, offset)], [0]));
    });
    b.when(p.restBytes, () => {
      const last = b.emit("i32.sub", [p.wholeBytes, p.restBytes]);
      const mask = b.emit("v128.load", [p.mask], [0]);
      addProducts((address) =>
        b.emit("v128.and", [b.emit("v128.load", [add(address, last)], [0]), mask]),
      );
    });
  }

  /** The sum of the lanes, by pairs. */
  #total(sum: Value): Value {
    const b = this.#b;
    const { lanes, scalar } = this.#format;
    const lane = (i: number): Value => b.emit(`${lanes}.extract_lane`, [sum], [i]);
    const add = (left: Value, right: Value): Value => b.emit(`${scalar}.add`, [left, right]);
    return lanes === "f64x2"
      ? add(lane(0), lane(1))
      : add(add(lane(0), lane(1)), add(lane(2), lane(3)));
  }

  #store(target: Value, sum: Value, adds: Value): void {
    const b = this.#b;
    const { scalar } = this.#format;
    const before = b.emit(`${scalar}.load`, [target], [0]);
    const total = b.emit(`${scalar}.add`, [before, sum]);
    b.effect(`${scalar}.store`, [target, b.select(adds, total, sum)], [0]);
  }
}
