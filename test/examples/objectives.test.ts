// The objectives of examples/ against PyTorch: values, gradients, Jacobians and Hessian products.

import { describe, expect, it } from "vitest";
import { residualJacobian, residuals } from "../../examples/bundle-adjustment.ts";
import { mixtureGradient, mixtureObjective } from "../../examples/gaussian-mixture.ts";
import { clusterCost, clusterGradient, newtonStep } from "../../examples/k-means.ts";
import {
  logSumExpGradient,
  shiftedGradient,
  shiftedLogSumExp,
} from "../../examples/log-sum-exp.ts";
import { lstmGradient, lstmObjective } from "../../examples/lstm.ts";
import { logSumExp, type NestedArray, type Tensor, tensor } from "../../src/index.ts";
import fixture from "../fixtures/objectives.json" with { type: "json" };

function numbers(value: NestedArray): number[] {
  return [value].flat(9) as number[];
}

/** Equal to 1e-12 of the largest number. */
function expectClose(found: Tensor, expected: NestedArray): void {
  const right = numbers(expected);
  const left = numbers(found.toArray());
  expect(left).toHaveLength(right.length);
  const size = Math.max(...right.map(Math.abs));
  left.forEach((value, i) => {
    expect(Math.abs(value - (right[i] as number))).toBeLessThanOrEqual(1e-12 * size);
  });
}

function tensors<K extends string>(arrays: Readonly<Record<K, NestedArray>>): Record<K, Tensor> {
  const entries = Object.entries<NestedArray>(arrays).map(([name, value]) => [name, tensor(value)]);
  return Object.fromEntries(entries) as Record<K, Tensor>;
}

describe("objectives of ADBench and GradBench", () => {
  it.each(fixture.mixture)(
    "Gaussian mixture %#",
    ({ parameters, points, prior, value, gradient }) => {
      const mixture = tensors(parameters);
      expectClose(mixtureObjective(mixture, tensor(points), prior), value);
      const found = mixtureGradient(mixture, tensor(points), prior);
      expectClose(found.alphas, gradient.alphas);
      expectClose(found.means, gradient.means);
      expectClose(found.factors, gradient.factors);
    },
  );

  it.each(fixture.kMeans)("k-means %#", ({ points, centroids, value, gradient, step }) => {
    expectClose(clusterCost(tensor(centroids), tensor(points)), value);
    expectClose(clusterGradient(tensor(centroids), tensor(points)), gradient);
    expectClose(newtonStep(tensor(centroids), tensor(points)), step);
  });

  it.each(fixture.lstm)("LSTM %#", ({ parameters, state, sequence, value, gradient }) => {
    const network = tensors(parameters);
    expectClose(lstmObjective(network, tensor(state), tensor(sequence)), value);
    const found = lstmGradient(network, tensor(state), tensor(sequence));
    expectClose(found.main, gradient.main);
    expectClose(found.extra, gradient.extra);
  });

  it("bundle adjustment, with one camera that is not turned", () => {
    const { scene, seen, value, jacobian } = fixture.bundle;
    const observations = {
      cameras: tensor(seen.cameras, { dtype: "int32" }),
      points: tensor(seen.points, { dtype: "int32" }),
      features: tensor(seen.features),
    };
    expectClose(residuals(tensors(scene), observations), value);
    const sparse = residualJacobian(observations)(tensors(scene));
    expectClose(sparse.toDense(), jacobian);
    // A coordinate knows all of its camera but the other half of the principal point, its point and its weight.
    expect(sparse.values.size).toBe(7 * 2 * (10 + 3 + 1) + 7);
    expect(sparse.products).toBeLessThanOrEqual(15);
  });

  it.each(fixture.logSumExp)("log-sum-exp %#", ({ x, value, gradient }) => {
    for (const f of [shiftedLogSumExp, logSumExp]) expectClose(f(tensor(x)), value);
    for (const g of [shiftedGradient, logSumExpGradient]) expectClose(g(tensor(x)), gradient);
  });
});
