// Sums of products over named indices, put together from diagonals, sums, transposes and matrix products.

import { apply } from "../../apply.ts";
import { promote, sizeOf } from "../../shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../tensor.ts";
import { multiply } from "../arithmetic.ts";
import { diagonalOp } from "../movement/diagonal.ts";
import { cast, reshape, transpose } from "../movement/reshape.ts";
import { sum } from "../reductions/sum.ts";
import { type Label, readSubscripts } from "./einsum-subscripts.ts";
import { matmul } from "./matmul.ts";

/** A tensor with an index for every axis. */
interface Term {
  readonly value: Tensor;
  readonly labels: readonly Label[];
}

type Sizes = ReadonlyMap<Label, number>;

/**
 * Einstein's summation: every index is a letter, and products of elements with equal indices are summed over
 * all indices that the result does not name. Indices of the result follow `->`; without it they are those that
 * occur once, in alphabetical order. An index that occurs twice in an operand means its diagonal, `...` stands
 * for any number of axes, which broadcast, and axes of length 1 broadcast, too. Two operands are combined by a
 * matrix product; of more, those first whose product is smallest.
 *
 * @throws SymtapeError (usage) for subscripts that cannot be read or do not fit the number of operands; (shape)
 * for operands with another number of axes, or an index of two lengths.
 * @example
 * const a = tensor([[1, 2], [3, 4]]);
 * einsum("ij,jk->ik", a, a).toArray(); // [[7, 10], [15, 22]]
 * einsum("ij->ji", a).toArray(); // [[1, 3], [2, 4]]
 * einsum("ii", a).item(); // 5
 * einsum("i,j", tensor([1, 2]), tensor([3, 4])).toArray(); // [[3, 4], [6, 8]]
 */
export function einsum(subscripts: string, ...operands: readonly TensorLike[]): Tensor {
  const values = withOneDType(operands.map((operand) => asTensor(operand, "einsum")));
  const {
    operands: labels,
    result,
    sizes,
  } = readSubscripts(
    subscripts,
    values.map(({ shape }) => shape),
  );
  let terms = values.map((value, i) =>
    ownSquare({ value, labels: labels[i] as readonly Label[] }, sizes),
  );
  while (terms.length > 1) terms = withPairCombined(terms, result, sizes);
  return arranged(summed(terms[0] as Term, result), result).value;
}

/** Operands of the result's dtype, so that no partial sum wraps or is rounded in another one. */
function withOneDType(operands: readonly Tensor[]): readonly Tensor[] {
  const { dtype } = promote(operands);
  const common = dtype === "bool" ? "int32" : dtype;
  return operands.map((operand) => (operand.weak ? operand : cast(operand, common)));
}

/** Without the axes that broadcast, and with the diagonal where an index occurs twice. */
function ownSquare({ value, labels }: Term, sizes: Sizes): Term {
  const stays = labels.map((label, axis) => value.shape[axis] !== 1 || sizes.get(label) === 1);
  let term: Term = {
    value: reshape(
      value,
      value.shape.filter((_, axis) => stays[axis]),
    ),
    labels: labels.filter((_, axis) => stays[axis]),
  };
  for (const label of new Set(term.labels)) {
    for (;;) {
      const first = term.labels.indexOf(label);
      const second = term.labels.indexOf(label, first + 1);
      if (second < 0) break;
      term = diagonalOf(term, first, second);
    }
  }
  return term;
}

function diagonalOf({ value, labels }: Term, first: number, second: number): Term {
  const others = labels.map((_, axis) => axis).filter((axis) => axis !== first && axis !== second);
  const moved = inOrder(value, [...others, first, second]);
  return {
    value: apply(diagonalOp, [moved], { k: 0 }),
    labels: [...others.map((axis) => labels[axis] as Label), labels[first] as Label],
  };
}

/** The terms after the pair with the smallest product has been combined. */
function withPairCombined(terms: readonly Term[], result: readonly Label[], sizes: Sizes): Term[] {
  let best = { i: 0, j: 1, size: Number.POSITIVE_INFINITY };
  for (let j = 1; j < terms.length; j++) {
    for (let i = 0; i < j; i++) {
      const pair = [terms[i] as Term, terms[j] as Term];
      const kept = neededLabels(terms, result, i, j);
      const labels = new Set(
        pair.flatMap((term) => term.labels).filter((label) => kept.has(label)),
      );
      const size = [...labels].reduce(
        (product, label) => product * (sizes.get(label) as number),
        1,
      );
      if (size < best.size) best = { i, j, size };
    }
  }
  const { i, j } = best;
  const kept = neededLabels(terms, result, i, j);
  const combined = combine(terms[i] as Term, terms[j] as Term, kept);
  return terms.with(i, combined).toSpliced(j, 1);
}

/** The indices that the result or another term than i and j still needs. */
function neededLabels(
  terms: readonly Term[],
  result: readonly Label[],
  i: number,
  j: number,
): ReadonlySet<Label> {
  const others = terms.filter((_, k) => k !== i && k !== j);
  return new Set([...result, ...others.flatMap(({ labels }) => labels)]);
}

/** The product of two terms, summed over the indices that nobody else needs. */
function combine(x: Term, y: Term, kept: ReadonlySet<Label>): Term {
  const left = summed(x, [...kept, ...y.labels]);
  const right = summed(y, [...kept, ...x.labels]);
  const both = left.labels.filter((label) => right.labels.includes(label));
  const batch = both.filter((label) => kept.has(label));
  const inner = both.filter((label) => !kept.has(label));
  const rows = left.labels.filter((label) => !both.includes(label));
  const columns = right.labels.filter((label) => !both.includes(label));
  const a = arranged(left, [...batch, ...rows, ...inner]).value;
  const b = arranged(right, [...batch, ...inner, ...columns]).value;
  const labels = [...batch, ...rows, ...columns];
  const [batches, lengths, widths] = [
    a.shape.slice(0, batch.length),
    a.shape.slice(batch.length, batch.length + rows.length),
    b.shape.slice(batch.length + inner.length),
  ] as const;
  if (inner.length === 0) {
    const ones = (shape: readonly number[]): readonly number[] => shape.map(() => 1);
    const beside = batch.length === 0 ? [] : ones(lengths);
    const first = reshape(a, [...batches, ...lengths, ...ones(widths)]);
    return { value: multiply(first, reshape(b, [...batches, ...beside, ...widths])), labels };
  }
  const count = sizeOf(a.shape.slice(batch.length + rows.length));
  const isBatch = batch.length > 0;
  const row = isBatch || rows.length > 0 ? [sizeOf(lengths)] : [];
  const column = isBatch || columns.length > 0 ? [sizeOf(widths)] : [];
  const product = matmul(
    reshape(a, [...batches, ...row, count]),
    reshape(b, [...batches, count, ...column]),
  );
  return { value: reshape(product, [...batches, ...lengths, ...widths]), labels };
}

/** A term summed over the indices that are not among those to be kept. */
function summed({ value, labels }: Term, kept: readonly Label[]): Term {
  const axes = labels.flatMap((label, axis) => (kept.includes(label) ? [] : [axis]));
  if (axes.length === 0) return { value, labels };
  return {
    value: sum(value, { axis: axes }),
    labels: labels.filter((label) => kept.includes(label)),
  };
}

/** A term with its axes in the given order. */
function arranged({ value, labels }: Term, order: readonly Label[]): Term {
  return {
    value: inOrder(
      value,
      order.map((label) => labels.indexOf(label)),
    ),
    labels: order,
  };
}

function inOrder(value: Tensor, axes: readonly number[]): Tensor {
  return axes.every((axis, i) => axis === i) ? value : transpose(value, axes);
}
