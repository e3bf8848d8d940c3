// The kernels of a matrix with a vector. In both, one partial sum for each lane goes over the inner axis: the partial
// sum i has the k that leave the rest i, and (s₀ + s₁) + (s₂ + s₃) is the result.

import { type FloatType, FORMATS, type Format } from "../floats.ts";
import { FunctionBuilder, type Value } from "../function-builder.ts";
import type { KernelSource } from "../heap.ts";
import { parametersOf } from "../parameters.ts";
import {
  add,
  advance,
  integer,
  less,
  loadPart,
  loadSplat,
  multiplyAdd,
  scaled,
  storePart,
  times,
  transpose,
} from "../writing.ts";
import { rowAddresses } from "./micro-kernel.ts";

/** Rows of the matrix at a time, and independent sums of each row. */
export interface DotForm {
  readonly rows: number;
  readonly vectors: number;
}

/** Several rows hide the time that an addition takes, and share the loads of the vector. */
export const ROWS_OF_DOTS: DotForm = { rows: 6, vectors: 1 };
/** A single row does so by more partial sums, which its results show: it is for products of two vectors only. */
export const SINGLE_DOT: DotForm = { rows: 1, vectors: 4 };

/** Elements of the result at a time, where the matrix is read along the result: eight partial sums. */
export const COLUMNS_AT_ONCE = 8;

const NAMES = [
  "matrix",
  "matrixStride",
  "matrixBatch",
  "vector",
  "vectorBatch",
  "result",
  "resultBatch",
  "length",
  "inner",
  "batch",
] as const;

/**
 * `length` counts the results. The vector and the result are contiguous; the stride of the matrix, in bytes, is that of
 * the axis along which it is not contiguous.
 */
export type VectorParameters = Readonly<Record<(typeof NAMES)[number], number>>;

export function vectorArguments(parameters: VectorParameters): number[] {
  return NAMES.map((name) => parameters[name]);
}

type Parameters = Readonly<Record<(typeof NAMES)[number], Value>>;

/** The product with a matrix that is contiguous along the inner axis. */
export function dotKernel(dtype: FloatType, form: DotForm, fma: boolean): KernelSource {
  return {
    key: `matmul dots ${dtype} ${form.rows}x${form.vectors}${fma ? " fma" : ""}`,
    write: () => writeDots(FORMATS[dtype], form, fma),
  };
}

function writeDots(format: Format, form: DotForm, fma: boolean) {
  const b = new FunctionBuilder();
  const p = parametersOf(b, NAMES);
  b.count(integer(b, 0), p.batch, 1, (batch) => {
    const matrix = b.variable(add(b, p.matrix, times(b, batch, p.matrixBatch)));
    const vector = add(b, p.vector, times(b, batch, p.vectorBatch));
    const result = b.variable(add(b, p.result, times(b, batch, p.resultBatch)));
    b.count(integer(b, 0), p.length, form.rows, (row) => {
      const left = b.emit("i32.sub", [p.length, row]);
      const rows = rowAddresses(b, form.rows, matrix, p.matrixStride, left);
      const sums = sumDots(b, format, form, fma, { rows, vector, inner: p.inner });
      storeDots(b, format, sums, result, left);
      advance(b, matrix, scaled(b, p.matrixStride, form.rows));
      advance(b, result, integer(b, form.rows * format.bytes));
    });
  });
  return b.finish();
}

interface DotOperands {
  readonly rows: readonly Value[];
  readonly vector: Value;
  readonly inner: Value;
}

/** For each row, a vector of partial sums. */
function sumDots(
  b: FunctionBuilder,
  format: Format,
  form: DotForm,
  fma: boolean,
  operands: DotOperands,
): readonly Value[] {
  const { lanes, count } = format;
  const sums = operands.rows.map(() =>
    Array.from({ length: form.vectors }, () => b.variable(b.splat(lanes, 0))),
  );
  const at = [operands.vector, ...operands.rows].map((address) => b.variable(address));
  const accumulate = (j: number, load: (address: Value) => Value): void => {
    const [factor, ...rows] = at.map(load) as [Value, ...Value[]];
    rows.forEach((row, i) => {
      const sum = sums[i]?.[j] as Value;
      b.assign(sum, multiplyAdd(b, format, fma, row, factor, sum));
    });
  };
  const step = form.vectors * count;
  const end = b.emit("i32.and", [operands.inner, integer(b, -step)]);
  b.count(integer(b, 0), end, step, () => {
    for (let j = 0; j < form.vectors; j++) {
      accumulate(j, (address) => b.emit("v128.load", [address], [j * 16]));
    }
    for (const address of at) advance(b, address, integer(b, form.vectors * 16));
  });
  const left = b.emit("i32.sub", [operands.inner, end]);
  accumulateRest(b, format, form, { left, at, accumulate });
  return sums.map((vectors) => sumInPairs(b, format, vectors));
}

interface Rest {
  /** How many k are left, fewer than all vectors of a form have together. */
  readonly left: Value;
  readonly at: readonly Value[];
  readonly accumulate: (j: number, load: (address: Value) => Value) => void;
}

/** Vectors that are whole, and one that is not. */
function accumulateRest(b: FunctionBuilder, format: Format, form: DotForm, rest: Rest): void {
  const { count } = format;
  const { at, accumulate } = rest;
  const left = b.variable(rest.left);
  for (let j = 0; j < form.vectors; j++) {
    const whole = less(b, integer(b, count - 1), left);
    if (j < form.vectors - 1) {
      b.when(whole, () => accumulate(j, (address) => b.emit("v128.load", [address], [0])));
    }
    b.when(b.emit("i32.and", [less(b, integer(b, 0), left), b.emit("i32.eqz", [whole])]), () =>
      accumulate(j, (address) => loadPart(b, format, address, left)),
    );
    b.assign(left, b.emit("i32.sub", [left, integer(b, count)]));
    for (const address of at) advance(b, address, integer(b, 16));
  }
}

/** (s₀ + s₁) + (s₂ + s₃) */
function sumInPairs(b: FunctionBuilder, { lanes }: Format, values: readonly Value[]): Value {
  let rest = values;
  while (rest.length > 1) {
    rest = rest.flatMap((value, i) =>
      i % 2 === 0 ? [b.emit(`${lanes}.add`, [value, rest[i + 1] as Value])] : [],
    );
  }
  return rest[0] as Value;
}

/** The sums over the lanes of each row, next to each other. */
function storeDots(
  b: FunctionBuilder,
  format: Format,
  sums: readonly Value[],
  result: Value,
  left: Value,
): void {
  const { count } = format;
  const all = integer(b, sums.length);
  const present = b.select(less(b, left, all), left, all);
  for (let start = 0; start < sums.length; start += count) {
    const group = Array.from({ length: count }, (_, i) => sums[start + i] ?? (sums[0] as Value));
    const totals = sumInPairs(b, format, transpose(b, format, group));
    const at = add(b, result, integer(b, start * format.bytes));
    const rest = b.emit("i32.sub", [present, integer(b, start)]);
    b.when(
      less(b, rest, integer(b, count)),
      () => b.when(less(b, integer(b, 0), rest), () => storePart(b, format, at, totals, rest)),
      () => b.effect("v128.store", [at, totals], [0]),
    );
  }
}

/** The product with a matrix that is contiguous along the result, which has `COLUMNS_AT_ONCE` elements at least. */
export function columnKernel(dtype: FloatType, fma: boolean): KernelSource {
  return {
    key: `matmul columns ${dtype}${fma ? " fma" : ""}`,
    write: () => writeColumns(FORMATS[dtype], fma),
  };
}

function writeColumns(format: Format, fma: boolean) {
  const b = new FunctionBuilder();
  const p = parametersOf(b, NAMES);
  const lastStart = b.emit("i32.sub", [p.length, integer(b, COLUMNS_AT_ONCE)]);
  b.count(integer(b, 0), p.batch, 1, (batch) => {
    const matrix = add(b, p.matrix, times(b, batch, p.matrixBatch));
    const vector = add(b, p.vector, times(b, batch, p.vectorBatch));
    const result = add(b, p.result, times(b, batch, p.resultBatch));
    b.count(integer(b, 0), p.length, COLUMNS_AT_ONCE, (column) => {
      // The last elements are computed along with some before them, which get the same values once more.
      const start = b.select(less(b, lastStart, column), lastStart, column);
      const offset = scaled(b, start, format.bytes);
      const sums = sumColumns(b, format, fma, p, { matrix: add(b, matrix, offset), vector });
      const at = add(b, result, offset);
      sums.forEach((sum, j) => {
        b.effect("v128.store", [at, sum], [j * 16]);
      });
    });
  });
  return b.finish();
}

function sumColumns(
  b: FunctionBuilder,
  format: Format,
  fma: boolean,
  { matrixStride, inner }: Parameters,
  operands: { readonly matrix: Value; readonly vector: Value },
): readonly Value[] {
  const { lanes, count, bytes } = format;
  const vectors = COLUMNS_AT_ONCE / count;
  const partial = Array.from({ length: count }, () =>
    Array.from({ length: vectors }, () => b.variable(b.splat(lanes, 0))),
  );
  const row = b.variable(operands.matrix);
  const factors = b.variable(operands.vector);
  const accumulate = (rest: number): void => {
    const factor = loadSplat(b, format, factors, rest * bytes);
    partial[rest]?.forEach((sum, j) => {
      const element = b.emit("v128.load", [row], [j * 16]);
      b.assign(sum, multiplyAdd(b, format, fma, element, factor, sum));
    });
    advance(b, row, matrixStride);
  };
  const end = b.emit("i32.and", [inner, integer(b, -count)]);
  b.count(integer(b, 0), end, count, () => {
    for (let rest = 0; rest < count; rest++) accumulate(rest);
    advance(b, factors, integer(b, count * bytes));
  });
  const left = b.emit("i32.sub", [inner, end]);
  for (let rest = 0; rest < count - 1; rest++) {
    b.when(less(b, integer(b, rest), left), () => accumulate(rest));
  }
  return Array.from({ length: vectors }, (_, j) =>
    sumInPairs(
      b,
      format,
      partial.map((sums) => sums[j] as Value),
    ),
  );
}
