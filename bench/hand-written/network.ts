// A training step of the 3-2-2 network, by hand: without loops, and with loops over typed arrays.

/** What is learned: w1 (2 × 3), b1 (2), w2 (2 × 2), b2 (2), one after the other. */
export const START: readonly number[] = [
  ...[0.1, 0.3, 0.5, 0.2, 0.4, 0.6],
  ...[0.5, 0.5],
  ...[0.7, 0.9, 0.8, 0.1],
  ...[0.3, 0.3],
];
export const INPUT: readonly number[] = [1, 2, 3];
export const TARGET: readonly number[] = [0.5, 0.1];
export const RATE = 0.5;

/** Descends by half the squared error, which it returns. */
export function straightLineStep(p: Float64Array, x: Float64Array, t: Float64Array): number {
  const x0 = x[0] as number;
  const x1 = x[1] as number;
  const x2 = x[2] as number;
  const v00 = p[8] as number;
  const v01 = p[9] as number;
  const v10 = p[10] as number;
  const v11 = p[11] as number;
  const b0 = p[6] as number;
  const b1 = p[7] as number;
  const w00 = p[0] as number;
  const w01 = p[1] as number;
  const w02 = p[2] as number;
  const w10 = p[3] as number;
  const w11 = p[4] as number;
  const w12 = p[5] as number;
  const h0 = 1 / (1 + Math.exp(-(w00 * x0 + w01 * x1 + w02 * x2 + b0)));
  const h1 = 1 / (1 + Math.exp(-(w10 * x0 + w11 * x1 + w12 * x2 + b1)));
  const y0 = 1 / (1 + Math.exp(-(v00 * h0 + v01 * h1 + (p[12] as number))));
  const y1 = 1 / (1 + Math.exp(-(v10 * h0 + v11 * h1 + (p[13] as number))));
  const e0 = y0 - (t[0] as number);
  const e1 = y1 - (t[1] as number);
  const d0 = RATE * e0 * y0 * (1 - y0);
  const d1 = RATE * e1 * y1 * (1 - y1);
  const g0 = (v00 * d0 + v10 * d1) * h0 * (1 - h0);
  const g1 = (v01 * d0 + v11 * d1) * h1 * (1 - h1);
  p[0] = w00 - g0 * x0;
  p[1] = w01 - g0 * x1;
  p[2] = w02 - g0 * x2;
  p[3] = w10 - g1 * x0;
  p[4] = w11 - g1 * x1;
  p[5] = w12 - g1 * x2;
  p[6] = b0 - g0;
  p[7] = b1 - g1;
  p[8] = v00 - d0 * h0;
  p[9] = v01 - d0 * h1;
  p[10] = v10 - d1 * h0;
  p[11] = v11 - d1 * h1;
  p[12] = (p[12] as number) - d0;
  p[13] = (p[13] as number) - d1;
  return 0.5 * (e0 * e0 + e1 * e1);
}

/** The same as loops over the layers' arrays. */
export function loopStep(): {
  step(x: Float64Array, t: Float64Array): number;
  parameters(): number[];
} {
  const w1 = Float64Array.from(START.slice(0, 6));
  const b1 = Float64Array.from(START.slice(6, 8));
  const w2 = Float64Array.from(START.slice(8, 12));
  const b2 = Float64Array.from(START.slice(12));
  const [h, y, d, g] = Array.from({ length: 4 }, () => new Float64Array(2)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return {
    parameters: () => [...w1, ...b1, ...w2, ...b2],
    step: (x, t) => {
      forward(w1, b1, x, h);
      forward(w2, b2, h, y);
      let loss = 0;
      for (let i = 0; i < 2; i++) {
        const value = y[i] as number;
        const error = value - (t[i] as number);
        loss += 0.5 * error * error;
        d[i] = RATE * error * value * (1 - value);
      }
      for (let j = 0; j < 2; j++) {
        let total = 0;
        for (let i = 0; i < 2; i++) total += (w2[2 * i + j] as number) * (d[i] as number);
        g[j] = total * (h[j] as number) * (1 - (h[j] as number));
      }
      descend(w1, b1, x, g);
      descend(w2, b2, h, d);
      return loss;
    },
  };
}

function forward(w: Float64Array, b: Float64Array, x: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) {
    let total = b[i] as number;
    for (let j = 0; j < x.length; j++) total += (w[i * x.length + j] as number) * (x[j] as number);
    out[i] = 1 / (1 + Math.exp(-total));
  }
}

function descend(w: Float64Array, b: Float64Array, x: Float64Array, slopes: Float64Array): void {
  for (let i = 0; i < slopes.length; i++) {
    const slope = slopes[i] as number;
    for (let j = 0; j < x.length; j++)
      w[i * x.length + j] = (w[i * x.length + j] as number) - slope * (x[j] as number);
    b[i] = (b[i] as number) - slope;
  }
}

/** The four exponentials of a step and nothing else, each layer after the one before. */
export function fourExponentials(p: Float64Array): number {
  const h0 = Math.exp(-(p[0] as number));
  const h1 = Math.exp(-(p[1] as number));
  const y0 = Math.exp(-h0);
  const y1 = Math.exp(-h1);
  p[0] = y0;
  p[1] = y1;
  return y0;
}
