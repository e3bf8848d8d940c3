// A Gaussian mixture with a Wishart prior: the log-posterior of the ADBench suite, and its gradient.

import {
  add,
  at,
  exp,
  grad,
  index,
  lgamma,
  logSumExp,
  matmul,
  multiply,
  reshape,
  square,
  subtract,
  sum,
  type Tensor,
  tensor,
  transpose,
  zeros,
} from "symtape/autodiff";

/** K components in D dimensions. */
export interface Mixture {
  /** Logarithms of the unnormalized weights, [K]. */
  readonly alphas: Tensor;
  /** [K, D]. */
  readonly means: Tensor;
  /**
   * Factors of the inverse covariances, [K, D(D+1)/2]: the logarithms of the diagonal, then the columns
   * below it.
   */
  readonly factors: Tensor;
}

/** The prior on the inverse covariances. */
export interface Wishart {
  readonly gamma: number;
  readonly m: number;
}

/** The log-posterior of a mixture for points of shape [N, D]. */
export function mixtureObjective(mixture: Mixture, points: Tensor, prior: Wishart): Tensor {
  const { alphas, means, factors } = mixture;
  const [count, dimension] = points.shape as [number, number];
  const logs = index(factors, [{}, { stop: dimension }]);
  const below = index(factors, [{}, { start: dimension }]);
  const logDeterminants = sum(logs, { axis: 1 });
  const scaled = whitened(lowerFactors(logs, below), means, points);
  const distances = sum(square(scaled), { axis: 2 });
  const terms = add(add(alphas, logDeterminants), multiply(-0.5, distances));
  const likelihood = subtract(
    sum(logSumExp(terms, { axis: 1 })),
    multiply(count, logSumExp(alphas)),
  );
  const constant = -0.5 * count * dimension * Math.log(2 * Math.PI);
  return add(add(likelihood, constant), logPrior(logs, below, logDeterminants, dimension, prior));
}

/** Lower triangular matrices [K, D, D] with the exponentials of `logs` on the diagonal. */
function lowerFactors(logs: Tensor, below: Tensor): Tensor {
  const [components, dimension] = logs.shape as [number, number];
  const diagonal = Array.from({ length: dimension }, (_, i) => i);
  const rows = diagonal.flatMap((column) => diagonal.filter((row) => row > column));
  const columns = diagonal.flatMap((column) =>
    diagonal.filter((row) => row > column).map(() => column),
  );
  const empty = zeros([components, dimension, dimension]);
  const strict = rows.length === 0 ? empty : at(empty, [{}, rows, columns]).set(below);
  return at(strict, [{}, diagonal, diagonal]).set(exp(logs));
}

/** The deviations of all points from all means, multiplied by the factors: [N, K, D]. */
function whitened(factors: Tensor, means: Tensor, points: Tensor): Tensor {
  const [components, dimension] = means.shape as [number, number];
  const deviations = subtract(reshape(points, [-1, 1, dimension]), means);
  const products = matmul(transpose(deviations, [1, 0, 2]), transpose(factors, [0, 2, 1]));
  return transpose(reshape(products, [components, -1, dimension]), [1, 0, 2]);
}

function logPrior(
  logs: Tensor,
  below: Tensor,
  logDeterminants: Tensor,
  dimension: number,
  { gamma, m }: Wishart,
): Tensor {
  const components = logs.shape[0] as number;
  const degrees = dimension + m + 1;
  const squares = add(sum(square(exp(logs))), sum(square(below)));
  const scale = degrees * dimension * (Math.log(gamma) - 0.5 * Math.log(2));
  const constant = scale - logGammaDistribution(0.5 * degrees, dimension);
  const weighted = subtract(
    multiply(0.5 * gamma * gamma, squares),
    multiply(m, sum(logDeterminants)),
  );
  return subtract(weighted, components * constant);
}

/** The logarithm of the multivariate gamma function. */
function logGammaDistribution(a: number, dimension: number): number {
  const halves = Array.from({ length: dimension }, (_, j) => a - 0.5 * j);
  const logs = sum(lgamma(tensor(halves))).item();
  return 0.25 * dimension * (dimension - 1) * Math.log(Math.PI) + logs;
}

/** The gradient by all parameters. */
export const mixtureGradient: (
  mixture: Mixture,
  points: Tensor,
  prior: Wishart,
) => { alphas: Tensor; means: Tensor; factors: Tensor } = grad(mixtureObjective);
