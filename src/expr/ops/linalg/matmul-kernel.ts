// The inner loop of the matrix product on plain numbers.

/** Where the matrices of one product start in their arrays, and how large they are. */
export interface ProductPlace {
  readonly left: number;
  readonly right: number;
  readonly result: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/**
 * Adds up each element of the product from the first term to the last, as the reference does. Four terms at a time
 * go into a row of the result, so that it is read and written a quarter as often.
 */
export function multiplyInto(
  result: Float64Array,
  a: Float64Array,
  b: Float64Array,
  place: ProductPlace,
): void {
  if (place.columns === 1) multiplyColumn(result, a, b, place);
  else multiplyRows(result, a, b, place);
}

function multiplyColumn(
  result: Float64Array,
  a: Float64Array,
  b: Float64Array,
  { left, right, result: to, rows, inner }: ProductPlace,
): void {
  if (inner === 0) return;
  for (let i = 0; i < rows; i++) {
    const start = left + i * inner;
    let total = (a[start] as number) * (b[right] as number);
    for (let m = 1; m < inner; m++) total += (a[start + m] as number) * (b[right + m] as number);
    result[to + i] = total;
  }
}

function multiplyRows(
  result: Float64Array,
  a: Float64Array,
  b: Float64Array,
  { left, right, result: to, rows, inner, columns }: ProductPlace,
): void {
  const single = inner === 0 ? 0 : ((inner - 1) % 4) + 1;
  for (let i = 0; i < rows; i++) {
    const start = left + i * inner;
    const first = to + i * columns;
    const end = first + columns;
    for (let m = 0; m < single; m++) {
      addRow(result, first, end, b, right + m * columns, a[start + m] as number, m === 0);
    }
    for (let m = single; m < inner; m += 4) {
      addFourRows(result, first, end, b, right + m * columns, a, start + m);
    }
  }
}

/** Adds four rows of b, times four neighbours in a. */
function addFourRows(
  result: Float64Array,
  start: number,
  end: number,
  b: Float64Array,
  from: number,
  a: Float64Array,
  at: number,
): void {
  const step = end - start;
  const p = a[at] as number;
  const q = a[at + 1] as number;
  const r = a[at + 2] as number;
  const s = a[at + 3] as number;
  for (let j = start, k = from; j < end; j++, k++) {
    result[j] =
      (result[j] as number) +
      p * (b[k] as number) +
      q * (b[k + step] as number) +
      r * (b[k + 2 * step] as number) +
      s * (b[k + 3 * step] as number);
  }
}

function addRow(
  result: Float64Array,
  start: number,
  end: number,
  b: Float64Array,
  from: number,
  factor: number,
  isFirst: boolean,
): void {
  for (let j = start, k = from; j < end; j++, k++) {
    const term = factor * (b[k] as number);
    result[j] = isFirst ? term : (result[j] as number) + term;
  }
}
