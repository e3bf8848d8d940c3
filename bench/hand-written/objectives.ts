// Objectives of the ADBench suite by hand, over flat parameters: Gaussian mixture, LSTM and bundle adjustment.
// Definitions: Šrajer, Kukelova and Fitzgibbon, "A benchmark of selected algorithmic differentiation tools" (2018).

export interface MixtureData {
  readonly components: number;
  readonly dimension: number;
  /** [N, D]. */
  readonly points: Float64Array;
  readonly gamma: number;
  readonly m: number;
  /** What does not depend on the parameters. */
  readonly constant: number;
}

/** The log-posterior for parameters alphas [K], means [K, D] and factors [K, D(D+1)/2], one after the other. */
export function mixtureByHand(p: Float64Array, data: MixtureData): number {
  const { components, dimension, points, gamma, m, constant } = data;
  const means = components;
  const factors = means + components * dimension;
  const width = (dimension * (dimension + 1)) / 2;
  const lower = lowerTriangles(p, factors, components, dimension);
  const weights = new Float64Array(components);
  let squares = 0;
  let logs = 0;
  for (let k = 0; k < components; k++) {
    const start = factors + k * width;
    let sum = 0;
    for (let i = 0; i < dimension; i++) sum += p[start + i] as number;
    logs += sum;
    weights[k] = (p[k] as number) + sum;
  }
  for (let i = 0; i < lower.length; i++) squares += square(lower[i] as number);
  const terms = new Float64Array(components);
  const deviations = new Float64Array(dimension);
  const count = points.length / dimension;
  let likelihood = 0;
  for (let n = 0; n < count; n++) {
    for (let k = 0; k < components; k++) {
      for (let i = 0; i < dimension; i++) {
        deviations[i] =
          (points[n * dimension + i] as number) - (p[means + k * dimension + i] as number);
      }
      const distance = squaredLength(lower, k * width, deviations);
      terms[k] = (weights[k] as number) - 0.5 * distance;
    }
    likelihood += logSumExp(terms);
  }
  likelihood -= count * logSumExp(p.subarray(0, components));
  return likelihood + 0.5 * gamma * gamma * squares - m * logs + constant;
}

/** The factors row by row, with the exponentials in the diagonal. */
function lowerTriangles(
  p: Float64Array,
  factors: number,
  components: number,
  dimension: number,
): Float64Array {
  const width = (dimension * (dimension + 1)) / 2;
  const lower = new Float64Array(components * width);
  for (let k = 0; k < components; k++) {
    let from = factors + k * width;
    for (let i = 0; i < dimension; i++, from++) {
      lower[k * width + (i * (i + 3)) / 2] = Math.exp(p[from] as number);
    }
    for (let column = 0; column < dimension; column++) {
      for (let row = column + 1; row < dimension; row++, from++) {
        lower[k * width + (row * (row + 1)) / 2 + column] = p[from] as number;
      }
    }
  }
  return lower;
}

/** |L·x|² for a lower triangle L that begins at a place. */
function squaredLength(lower: Float64Array, start: number, x: Float64Array): number {
  let place = start;
  let total = 0;
  for (let row = 0; row < x.length; row++) {
    let sum = 0;
    for (let column = 0; column <= row; column++, place++) {
      sum += (lower[place] as number) * (x[column] as number);
    }
    total += sum * sum;
  }
  return total;
}

function square(x: number): number {
  return x * x;
}

function logSumExp(values: Float64Array): number {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i] as number);
  let total = 0;
  for (let i = 0; i < values.length; i++) total += Math.exp((values[i] as number) - largest);
  return largest + Math.log(total);
}

export interface LstmData {
  readonly layers: number;
  readonly width: number;
  /** [2L, D]. */
  readonly state: Float64Array;
  /** [N, D]. */
  readonly sequence: Float64Array;
}

/** The mean negative log-likelihood for parameters main [2L, 4D] and extra [3, D], one after the other. */
export function lstmByHand(p: Float64Array, { layers, width, state, sequence }: LstmData): number {
  const extra = 2 * layers * 4 * width;
  const now = state.slice();
  const x = new Float64Array(width);
  const length = sequence.length / width;
  let total = 0;
  for (let n = 0; n + 1 < length; n++) {
    for (let i = 0; i < width; i++) {
      x[i] = (sequence[n * width + i] as number) * (p[extra + i] as number);
    }
    for (let layer = 0; layer < layers; layer++) {
      const weight = 2 * layer * 4 * width;
      const hidden = 2 * layer * width;
      cell(p, weight, now, hidden, x, width);
    }
    let sum = 2;
    for (let i = 0; i < width; i++) {
      const prediction =
        (x[i] as number) * (p[extra + width + i] as number) + (p[extra + 2 * width + i] as number);
      x[i] = prediction;
      sum += Math.exp(prediction);
    }
    const normalizer = Math.log(sum);
    for (let i = 0; i < width; i++) {
      total += (sequence[(n + 1) * width + i] as number) * ((x[i] as number) - normalizer);
    }
  }
  return -total / ((length - 1) * width);
}

/** One layer: changes its state, hidden and cell, and leaves its output in `x`. */
function cell(
  p: Float64Array,
  weight: number,
  state: Float64Array,
  hidden: number,
  x: Float64Array,
  width: number,
): void {
  const bias = weight + 4 * width;
  for (let i = 0; i < width; i++) {
    const gate = (input: number, k: number): number =>
      input * (p[weight + k * width + i] as number) + (p[bias + k * width + i] as number);
    const before = state[hidden + i] as number;
    const forget = sigmoid(gate(x[i] as number, 0));
    const write = sigmoid(gate(before, 1));
    const output = sigmoid(gate(x[i] as number, 2));
    const change = Math.tanh(gate(before, 3));
    const next = (state[hidden + width + i] as number) * forget + write * change;
    const out = output * Math.tanh(next);
    state[hidden + width + i] = next;
    state[hidden + i] = out;
    x[i] = out;
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export interface BundleData {
  /** How many cameras and points there are. */
  readonly cameras: number;
  readonly points: number;
  /** Which camera saw which point, and where: [P], [P], [P, 2]. */
  readonly ofCamera: Int32Array;
  readonly ofPoint: Int32Array;
  readonly features: Float64Array;
  /** The factors of the residuals, [3P]. */
  readonly cotangents: Float64Array;
}

/** Numbers of a camera: rotation, centre, focal length, principal point and distortion. */
const CAMERA = 11;

/** The weighted sum of all residuals, for cameras [N, 11], points [M, 3] and weights [P], one after the other. */
export function bundleByHand(p: Float64Array, data: BundleData): number {
  const { cameras, points, ofCamera, ofPoint, features, cotangents } = data;
  const firstWeight = CAMERA * cameras + 3 * points;
  const image = new Float64Array(2);
  const count = ofCamera.length;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const weight = p[firstWeight + i] as number;
    const point = CAMERA * cameras + 3 * (ofPoint[i] as number);
    project(p, CAMERA * (ofCamera[i] as number), point, image);
    for (let k = 0; k < 2; k++) {
      const error = weight * ((image[k] as number) - (features[2 * i + k] as number));
      total += error * (cotangents[2 * i + k] as number);
    }
    total += (1 - weight * weight) * (cotangents[2 * count + i] as number);
  }
  return total;
}

/** Where a camera sees a point, by Rodrigues' formula and the radial distortion of the lens. */
function project(p: Float64Array, camera: number, point: number, image: Float64Array): void {
  const r0 = p[camera] as number;
  const r1 = p[camera + 1] as number;
  const r2 = p[camera + 2] as number;
  const x = (p[point] as number) - (p[camera + 3] as number);
  const y = (p[point + 1] as number) - (p[camera + 4] as number);
  const z = (p[point + 2] as number) - (p[camera + 5] as number);
  const squaredAngle = r0 * r0 + r1 * r1 + r2 * r2;
  const angle = Math.sqrt(squaredAngle);
  const sine = squaredAngle > 0 ? Math.sin(angle) / angle : 1;
  const versine = squaredAngle > 0 ? (1 - Math.cos(angle)) / squaredAngle : 0;
  const cosine = squaredAngle > 0 ? Math.cos(angle) : 1;
  const along = versine * (r0 * x + r1 * y + r2 * z);
  const u = x * cosine + (r1 * z - r2 * y) * sine + r0 * along;
  const v = y * cosine + (r2 * x - r0 * z) * sine + r1 * along;
  const depth = z * cosine + (r0 * y - r1 * x) * sine + r2 * along;
  const a = u / depth;
  const b = v / depth;
  const squared = a * a + b * b;
  const k1 = p[camera + 9] as number;
  const k2 = p[camera + 10] as number;
  const scale = (p[camera + 6] as number) * (1 + squared * (k1 + squared * k2));
  image[0] = scale * a + (p[camera + 7] as number);
  image[1] = scale * b + (p[camera + 8] as number);
}
