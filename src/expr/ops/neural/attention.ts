// Attention: for each query the mean of the values, weighted by how well their keys fit it.

import { SymtapeError } from "../../errors.ts";
import { broadcastShapes, formatShape, isFloat, type Shape, sameShape } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike, tensor } from "../../tensor.ts";
import { add, multiply } from "../arithmetic.ts";
import { and, greaterEqual, notEqual, where } from "../comparison.ts";
import { matmul } from "../linalg/matmul.ts";
import { moveAxis, reshape } from "../movement/reshape.ts";
import { softmax } from "../reductions/softmax.ts";
import { any } from "../reductions/truth.ts";
import { shapeError } from "../structured.ts";

const NAME = "scaledDotProductAttention";

export interface AttentionOptions {
  /**
   * What each query may see, of a shape that broadcasts to […, L, S]: a bool mask is true where it may, a mask of
   * floats is added to the scores, where -Infinity hides a key.
   */
  readonly mask?: TensorLike;
  /** Whether query i sees the keys 0 … i only; false unless given. */
  readonly causal?: boolean;
  /** The factor of the scores, 1 / √E unless given. */
  readonly scale?: number;
}

/** What a mask says: which keys are seen, and what is added to their scores. */
interface Visibility {
  readonly allowed?: Tensor;
  readonly added?: Tensor;
}

/**
 * Scaled dot product attention, `softmax(scale · q · kᵀ + mask) · v`, of queries q[…, L, E], keys k[…, S, E] and values
 * v[…, S, V]; the result has the shape […, L, V]. Axes before these are batches (and heads) and broadcast.
 * A query that may see no key at all gets zeros, with a gradient of zero, and not NaN. A. Vaswani and others,
 * "Attention is all you need" (2017).
 *
 * @throws SymtapeError (shape) if the operands or the mask do not fit; (dtype) for a mask of whole numbers.
 * @example
 * const [q, k, v] = [tensor([[0]]), tensor([[1], [2]]), tensor([[10], [20]])];
 * scaledDotProductAttention(q, k, v).toArray(); // [[15]]
 * scaledDotProductAttention(q, k, v, { causal: true }).toArray(); // [[10]]
 * scaledDotProductAttention(q, k, v, { mask: tensor([[0, 0]], { dtype: "bool" }) }).toArray(); // [[0]]
 */
export function scaledDotProductAttention(
  q: TensorLike,
  k: TensorLike,
  v: TensorLike,
  options: AttentionOptions = {},
): Tensor {
  const [queries, keys, values] = [asTensor(q), asTensor(k), asTensor(v)];
  checkOperands(queries.shape, keys.shape, values.shape);
  const scale = options.scale ?? 1 / Math.sqrt(queries.shape.at(-1) as number);
  const scores = multiply(matmul(queries, moveAxis(keys, -1, -2)), scale);
  const mask = options.mask === undefined ? {} : readMask(asTensor(options.mask), scores.shape);
  const causal = options.causal ? causalMask(scores.shape) : undefined;
  return matmul(weightsOf(scores, mask, causal), values);
}

function checkOperands(q: Shape, k: Shape, v: Shape): void {
  const together = q.at(-1) === k.at(-1) && k.at(-2) === v.at(-2);
  if (Math.min(q.length, k.length, v.length) >= 2 && together) return;
  throw shapeError(
    NAME,
    `expected q[…, L, E], k[…, S, E] and v[…, S, V], got ${formatShape(q)}, ${formatShape(k)} and ` +
      `${formatShape(v)}. Transpose or reshape so that E and S agree.`,
    q,
    k,
    v,
  );
}

function readMask(mask: Tensor, scores: Shape): Visibility {
  if (mask.dtype === "int32") {
    throw new SymtapeError(
      "dtype",
      `${NAME}: a mask is bool, true where a key is seen, or floats to be added; got int32. ` +
        'Write cast(mask, "bool") if 1 stands for seen.',
      { operation: NAME, dtypes: [mask.dtype] },
    );
  }
  if (!sameShape(broadcastShapes(NAME, [scores, mask.shape]), scores)) {
    throw shapeError(
      NAME,
      `a mask ${formatShape(mask.shape)} does not broadcast to the scores ${formatShape(scores)}, which have a ` +
        "row for each query and a column for each key.",
      mask.shape,
      scores,
    );
  }
  const row = mask.rank === 0 ? reshape(mask, [1]) : mask;
  if (!isFloat(row.dtype)) return { allowed: row };
  const allowed = notEqual(row, Number.NEGATIVE_INFINITY);
  return { allowed, added: where(allowed, row, 0) };
}

/** True where the key stands at the place of the query or before it. */
function causalMask(scores: Shape): Tensor {
  const [queries, keys] = scores.slice(-2) as [number, number];
  const column = tensor(
    Array.from({ length: queries }, (_, i) => i),
    { shape: [queries, 1], dtype: "int32" },
  );
  const row = tensor(
    Array.from({ length: keys }, (_, i) => i),
    { dtype: "int32" },
  );
  return greaterEqual(column, row);
}

/** Rows that sum to 1, except those of queries that see nothing. */
function weightsOf(scores: Tensor, mask: Visibility, causal: Tensor | undefined): Tensor {
  const shifted = mask.added === undefined ? scores : add(scores, mask.added);
  if (mask.allowed === undefined) {
    return softmax(causal ? where(causal, shifted, Number.NEGATIVE_INFINITY) : shifted);
  }
  const allowed = causal === undefined ? mask.allowed : and(mask.allowed, causal);
  const sees = any(allowed, { axis: -1, keepDims: true });
  const hidden = where(sees, Number.NEGATIVE_INFINITY, 0);
  return where(sees, softmax(where(allowed, shifted, hidden)), 0);
}
