// Many products with one derivative: seeds go through it in batches that fit into memory.

import { SymtapeError } from "../expr/errors.ts";
import { concat, index, reshape, stack } from "../expr/ops/movement/index.ts";
import { allocate, isFloat, sizeOf } from "../expr/shape.ts";
import { ConcreteTensor, type Tensor } from "../expr/tensor.ts";
import type { Leaves } from "./linear-map.ts";
import { vmap } from "./vmap.ts";

/** A linear function of leaves. */
export type Product = (seeds: Leaves) => Tensor[];

/** Seeds number `from` to `to` − 1, along the first axis of each leaf. */
export type Seeds = (from: number, to: number) => Leaves;

/** Elements that one batch may keep: more gains nothing, since the loops are long by then. */
const BATCH_ELEMENTS = 2 ** 18;

/**
 * The products of all seeds, along the first axis of each result. At least one seed. `elements` is what one
 * product keeps at the same time.
 */
export function products(
  product: Product,
  seeds: Seeds,
  count: number,
  elements: number,
): Tensor[] {
  const most = Math.max(1, Math.floor(BATCH_ELEMENTS / elements));
  const batches = Math.ceil(count / most);
  const size = Math.ceil(count / batches);
  const parts: Tensor[][] = [];
  for (let from = 0; from < count; from += size) {
    const to = Math.min(from + size, count);
    parts.push(
      to - from === 1 ? oneProduct(product, seeds(from, to)) : batch(product, seeds, from, to),
    );
  }
  const [first] = parts as [Tensor[]];
  return parts.length === 1
    ? first
    : first.map((_, i) => concat(parts.map((part) => part[i] as Tensor)));
}

/** One product without a batch: the seeds lose their first axis, the results gain one. */
function oneProduct(product: Product, seeds: Leaves): Tensor[] {
  const single = seeds.map((seed) => seed && index(seed, [0]));
  return product(single).map((result) => reshape(result, [1, ...result.shape]));
}

/** Products side by side; one after the other where a rule looks at the numbers of its operands. */
function batch(product: Product, seeds: Seeds, from: number, to: number): Tensor[] {
  const given = seeds(from, to);
  const places = given.flatMap((seed, i) => (seed === undefined ? [] : [i]));
  const f = (...values: Tensor[]): Tensor[] => {
    const full: (Tensor | undefined)[] = given.map(() => undefined);
    places.forEach((place, i) => {
      full[place] = values[i];
    });
    return product(full);
  };
  try {
    return vmap(f)(...places.map((place) => given[place] as Tensor));
  } catch (error) {
    if (!(error instanceof SymtapeError)) throw error;
    if (error.kind !== "usage" && error.kind !== "unsupported") throw error;
    const rows = Array.from({ length: to - from }, (_, k) =>
      product(given.map((seed) => seed && index(seed, [k]))),
    );
    return (rows[0] as Tensor[]).map((_, i) => stack(rows.map((row) => row[i] as Tensor)));
  }
}

/** Seeds of which each is 1 at one element of the leaves, in row-major order, and 0 elsewhere. */
export function unitSeeds(values: readonly Tensor[]): Seeds {
  return (from, to) => {
    let end = 0;
    return values.map((value) => {
      const start = end;
      end += value.size;
      const first = Math.max(from, start);
      const last = Math.min(to, end);
      if (first >= last) return undefined;
      const dtype = isFloat(value.dtype) ? value.dtype : "float64";
      const shape = [to - from, ...value.shape];
      const data = allocate(dtype, sizeOf(shape));
      for (let k = first; k < last; k++) data[(k - from) * value.size + k - start] = 1;
      return new ConcreteTensor(shape, dtype, data);
    });
  };
}
