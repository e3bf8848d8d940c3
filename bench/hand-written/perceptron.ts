// A training step of a network with one hidden layer, by hand: plain loops over float32 arrays.

export interface Sizes {
  readonly batch: number;
  readonly inputs: number;
  readonly hidden: number;
  readonly classes: number;
}

export interface Perceptron {
  readonly w1: Float32Array;
  readonly b1: Float32Array;
  readonly w2: Float32Array;
  readonly b2: Float32Array;
}

/** relu, softmax, cross entropy and gradient descent; changes the network and returns the loss. */
export function perceptronStep(
  { batch, inputs, hidden, classes }: Sizes,
  { w1, b1, w2, b2 }: Perceptron,
  x: Float32Array,
  labels: Int32Array,
  rate: number,
): number {
  const h = rowsOf(b1, batch);
  addProduct(h, x, w1, batch, inputs, hidden);
  for (let i = 0; i < h.length; i++) h[i] = Math.max(0, h[i] as number);
  const slopes = rowsOf(b2, batch);
  addProduct(slopes, h, w2, batch, hidden, classes);
  const loss = softmaxSlopes(slopes, labels, classes);
  const hiddenSlopes = new Float32Array(h.length);
  for (let n = 0; n < batch; n++) {
    for (let j = 0; j < hidden; j++) {
      if ((h[n * hidden + j] as number) <= 0) continue;
      let total = 0;
      for (let c = 0; c < classes; c++)
        total += (w2[j * classes + c] as number) * (slopes[n * classes + c] as number);
      hiddenSlopes[n * hidden + j] = total;
    }
  }
  descend(w2, b2, h, slopes, batch, hidden, classes, rate);
  descend(w1, b1, x, hiddenSlopes, batch, inputs, hidden, rate);
  return loss;
}

/** The logits become the derivatives of the mean cross entropy, which is returned. */
function softmaxSlopes(logits: Float32Array, labels: Int32Array, classes: number): number {
  let loss = 0;
  labels.forEach((label, n) => {
    const row = logits.subarray(n * classes, (n + 1) * classes);
    const largest = Math.max(...row);
    let total = 0;
    for (const logit of row) total += Math.exp(logit - largest);
    loss += largest + Math.log(total) - (row[label] as number);
    for (let c = 0; c < classes; c++) {
      const probability = Math.exp((row[c] as number) - largest) / total;
      row[c] = (probability - (c === label ? 1 : 0)) / labels.length;
    }
  });
  return loss / labels.length;
}

function rowsOf(row: Float32Array, count: number): Float32Array {
  const rows = new Float32Array(count * row.length);
  for (let n = 0; n < count; n++) rows.set(row, n * row.length);
  return rows;
}

/** out[rows, columns] += left[rows, inner] · right[inner, columns]. */
export function addProduct<T extends Float32Array | Float64Array>(
  out: T,
  left: T,
  right: T,
  rows: number,
  inner: number,
  columns: number,
): void {
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const factor = left[i * inner + k] as number;
      const [to, from] = [i * columns, k * columns];
      for (let j = 0; j < columns; j++) {
        out[to + j] = (out[to + j] as number) + factor * (right[from + j] as number);
      }
    }
  }
}

/** Weights and biases of a layer against its slopes: w −= rate · inputsᵀ · slopes. */
function descend(
  w: Float32Array,
  b: Float32Array,
  x: Float32Array,
  slopes: Float32Array,
  batch: number,
  inputs: number,
  outputs: number,
  rate: number,
): void {
  for (let n = 0; n < batch; n++) {
    for (let j = 0; j < outputs; j++) {
      b[j] = (b[j] as number) - rate * (slopes[n * outputs + j] as number);
    }
    for (let i = 0; i < inputs; i++) {
      const factor = rate * (x[n * inputs + i] as number);
      for (let j = 0; j < outputs; j++) {
        const place = i * outputs + j;
        w[place] = (w[place] as number) - factor * (slopes[n * outputs + j] as number);
      }
    }
  }
}
