// Dropout: elements are left out at random, and those that stay grow so that the mean is kept.

import { SymtapeError } from "../../errors.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { divide } from "../arithmetic.ts";
import { where } from "../comparison.ts";
import { bernoulli } from "../random/bernoulli.ts";

export interface DropoutOptions {
  /** The probability of each element to be left out, from 0 to 1; 0.5 unless given. */
  readonly rate?: number;
}

/**
 * Each element of x is 0 with probability `rate`, and else x / (1 − rate), so that its expected value is x. Which
 * elements are left out is a function of the key and the shape alone: split keys for other draws, and do not
 * call it at all outside of training. Inside `vmap` all examples have one draw, unless they have keys of their
 * own. N. Srivastava and others, "Dropout" (2014).
 *
 * @param key int32 of shape [2], as `random.key` makes it
 * @throws SymtapeError (usage) for a rate outside of [0, 1].
 * @example
 * dropout(tensor([1, 2, 3, 4]), random.key(1), { rate: 0 }).toArray(); // [1, 2, 3, 4]
 * dropout(tensor([1, 2]), random.key(1), { rate: 1 }).toArray(); // [0, 0]
 */
export function dropout(x: TensorLike, key: Tensor, options: DropoutOptions = {}): Tensor {
  const input = asTensor(x);
  const { rate = 0.5 } = options;
  if (!(rate >= 0 && rate <= 1)) {
    throw new SymtapeError("usage", `dropout: the rate lies in [0, 1], got ${rate}.`, {
      operation: "dropout",
    });
  }
  const kept = bernoulli(key, 1 - rate, input.shape);
  return where(kept, divide(input, rate === 1 ? 1 : 1 - rate), 0);
}
