// k-means as a function to minimize, with its gradient and a Newton step from a Hessian-vector product.

import {
  divide,
  grad,
  hvp,
  min,
  onesLike,
  reshape,
  square,
  subtract,
  sum,
  type Tensor,
} from "symtape/autodiff";

/** The squared distances of all points [N, D] to the nearest of the centroids [K, D], summed. */
export function clusterCost(centroids: Tensor, points: Tensor): Tensor {
  const dimension = points.shape[1] as number;
  const differences = subtract(reshape(points, [-1, 1, dimension]), centroids);
  const distances = sum(square(differences), { axis: 2 });
  return sum(min(distances, { axis: 1 }));
}

export const clusterGradient: (centroids: Tensor, points: Tensor) => Tensor = grad(clusterCost);

/**
 * The step to the minimum for the present assignment. The Hessian is diagonal, so that its product with ones is
 * its diagonal.
 */
export function newtonStep(centroids: Tensor, points: Tensor): Tensor {
  const curvature = hvp(clusterCost)(centroids, onesLike(centroids), points);
  return divide(clusterGradient(centroids, points), curvature);
}
