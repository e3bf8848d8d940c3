// The logarithm of a sum of exponentials, written out and as one operation, and its gradient, the softmax.

import { add, exp, grad, log, logSumExp, max, subtract, sum, type Tensor } from "symtape/autodiff";

/** As a textbook writes it, shifted by the largest so that nothing overflows. */
export function shiftedLogSumExp(x: Tensor): Tensor {
  const largest = max(x);
  return add(largest, log(sum(exp(subtract(x, largest)))));
}

export const shiftedGradient: (x: Tensor) => Tensor = grad(shiftedLogSumExp);

export const logSumExpGradient: (x: Tensor) => Tensor = grad((x: Tensor) => logSumExp(x));
