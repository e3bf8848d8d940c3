// Bundle adjustment: the residuals of cameras that see points, of the ADBench suite, and their sparse Jacobian.

import {
  add,
  concat,
  cond,
  cos,
  divide,
  gather,
  greater,
  index,
  matmul,
  multiply,
  reshape,
  sin,
  sparseJacobian,
  sqrt,
  square,
  stack,
  subtract,
  sum,
  type Tensor,
  vmap,
} from "symtape/autodiff";

/** What is to be found. */
export interface Scene {
  /** Rotation (3), centre (3), focal length, principal point (2) and radial distortion (2) of each camera, [N, 11]. */
  readonly cameras: Tensor;
  /** [M, 3]. */
  readonly points: Tensor;
  /** The weight of each observation, [P]. */
  readonly weights: Tensor;
}

/** What was seen. */
export interface Observations {
  /** The camera and the point of each observation, int32 [P]. */
  readonly cameras: Tensor;
  readonly points: Tensor;
  /** Where in the image the point was seen, [P, 2]. */
  readonly features: Tensor;
}

/** The reprojection errors of all observations, then the errors of their weights: [3P]. */
export function residuals(scene: Scene, seen: Observations): Tensor {
  const errors = vmap(reprojectionError)(
    gather(scene.cameras, seen.cameras),
    gather(scene.points, seen.points),
    scene.weights,
    seen.features,
  );
  return concat([reshape(errors, [-1]), subtract(1, square(scene.weights))]);
}

function reprojectionError(camera: Tensor, point: Tensor, weight: Tensor, feature: Tensor): Tensor {
  return multiply(weight, subtract(project(camera, point), feature));
}

function project(camera: Tensor, point: Tensor): Tensor {
  const part = (start: number, stop: number): Tensor => index(camera, [{ start, stop }]);
  const seen = rotate(part(0, 3), subtract(point, part(3, 6)));
  const image = divide(index(seen, [{ stop: 2 }]), index(seen, [2]));
  const squared = sum(square(image));
  const distortion = add(
    1,
    multiply(squared, add(index(camera, [9]), multiply(squared, index(camera, [10])))),
  );
  return add(multiply(index(camera, [6]), multiply(image, distortion)), part(7, 9));
}

/** Rodrigues' formula: `point` turned about the axis `rotation` by the angle that is its length. */
function rotate(rotation: Tensor, point: Tensor): Tensor {
  const squared = sum(square(rotation));
  return cond(
    greater(squared, 0),
    (axis, x, angleSquared) => {
      const angle = sqrt(angleSquared);
      const unit = divide(axis, angle);
      const along = multiply(unit, multiply(matmul(unit, x), subtract(1, cos(angle))));
      return add(add(multiply(x, cos(angle)), multiply(cross(unit, x), sin(angle))), along);
    },
    (axis, x) => add(x, cross(axis, x)),
    rotation,
    point,
    squared,
  );
}

function cross(left: Tensor, right: Tensor): Tensor {
  const product = (i: number, j: number): Tensor =>
    subtract(
      multiply(index(left, [i]), index(right, [j])),
      multiply(index(left, [j]), index(right, [i])),
    );
  return stack([product(1, 2), product(2, 0), product(0, 1)]);
}

/** The Jacobian of the residuals: of all cameras, points and weights each residual knows one of each. */
export function residualJacobian(seen: Observations): ReturnType<typeof sparseJacobian> {
  return sparseJacobian((scene: Scene) => residuals(scene, seen));
}
