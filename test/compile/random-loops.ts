// Loops of all kinds for tests: dtypes, strides, guards, folds, and whatever operations give exact results.

import fc from "fast-check";
import type { Loop, LoopStore, LoopValue } from "../../src/compile/loop.ts";
import type { FoldName, Guard, Walk } from "../../src/expr/lowering.ts";
import { pointwiseFunctions } from "../../src/expr/ops/tensor-arithmetic.ts";
import { type DType, roundTo, type TypedArray } from "../../src/expr/shape.ts";

/** A loop and what its buffers hold before it runs. */
export interface Sample {
  readonly loop: Loop;
  readonly buffers: readonly TypedArray[];
}

type Load = LoopValue & { readonly kind: "load" };
type Draw = fc.GeneratorValue;

const DTYPES: readonly DType[] = ["float64", "float32", "int32", "bool"];
const UNARY = ["negate", "abs", "square", "sqrt", "sign", "floor", "relu", "not", "round"];
const BINARY = [
  ...["add", "subtract", "multiply", "divide", "minimum", "maximum"],
  ...["equal", "less", "greaterEqual", "and", "or", "xor", "notEqual"],
];
const TERNARY = ["where", "clip"];

/** Random loops; `dtypes` are those of what is loaded. */
export function randomLoops(dtypes: readonly DType[] = DTYPES): fc.Arbitrary<Sample> {
  return fc.gen().map((draw) => new Maker(draw, dtypes).make());
}

class Maker {
  readonly #draw: Draw;
  readonly #dtypes: readonly DType[];
  readonly #extents: readonly number[];
  readonly #folded: readonly boolean[];
  readonly #values: LoopValue[] = [];
  readonly #stores: LoopStore[] = [];
  readonly #buffers: TypedArray[] = [];

  constructor(draw: Draw, dtypes: readonly DType[]) {
    this.#draw = draw;
    this.#dtypes = dtypes;
    this.#extents = this.#drawExtents();
    const folds = draw(fc.boolean);
    this.#folded = this.#extents.map(() => folds && draw(fc.boolean));
  }

  make(): Sample {
    for (let i = this.#whole(1, 3); i > 0; i--) this.#addLoad();
    for (let i = this.#whole(0, 6); i > 0; i--) this.#addValue();
    for (let i = this.#whole(1, 3); i > 0; i--) this.#addStore();
    const loop: Loop = {
      extents: this.#extents,
      folded: this.#folded,
      buffers: this.#buffers.length,
      values: this.#values,
      stores: this.#stores,
    };
    return { loop, buffers: this.#buffers };
  }

  #whole(min: number, max: number): number {
    return this.#draw(fc.integer, { min, max });
  }

  #oneOf<T>(list: readonly T[]): T {
    return list[this.#whole(0, list.length - 1)] as T;
  }

  #drawExtents(): number[] {
    const extents: number[] = [];
    let size = 1;
    for (let i = this.#whole(0, 4); i > 0; i--) {
      const extent = this.#oneOf([1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 40, 150, 700]);
      if (size * extent > 2500) continue;
      extents.push(extent);
      size *= extent;
    }
    return extents;
  }

  /** Elements are quarters, so that sums are exact, and now and then what is no number. */
  #fill(dtype: DType, length: number): TypedArray {
    const odd = this.#whole(0, 3) === 0 ? [Number.NaN, -0, Number.POSITIVE_INFINITY, 1e9] : [];
    const state = { seed: this.#whole(1, 2 ** 30) };
    const next = (): number => {
      state.seed = (Math.imul(state.seed, 1103515245) + 12345) & 0x7fffffff;
      return state.seed >>> 8;
    };
    const element = (): number => {
      if (odd.length > 0 && next() % 20 === 0) return odd[next() % odd.length] as number;
      return ((next() % 33) - 16) / 4;
    };
    const array = {
      float64: () => new Float64Array(length),
      float32: () => new Float32Array(length),
      int32: () => new Int32Array(length),
      bool: () => new Uint8Array(length),
    }[dtype]();
    return array.map(() => roundTo(dtype, dtype === "bool" ? next() % 2 : element())) as TypedArray;
  }

  #addLoad(): void {
    const dtype = this.#oneOf(this.#dtypes);
    const isGuarded = this.#whole(0, 2) === 0;
    const { walk, guards, size } = isGuarded ? this.#guardedWalk() : this.#plainWalk();
    const buffer = this.#buffers.push(this.#fill(dtype, size)) - 1;
    this.#values.push({
      kind: "load",
      buffer,
      dtype,
      walk,
      guards,
      fill: roundTo(dtype, this.#oneOf([0, 1, -2.5])),
    });
  }

  /** Axes in any order, some repeated, some backwards, some with gaps. */
  #plainWalk(): { walk: Walk; guards: Guard[]; size: number } {
    const order = this.#order();
    const strides = this.#extents.map(() => 0);
    let offset = this.#whole(0, 2);
    let stride = this.#oneOf([1, 1, 1, 2]);
    for (const axis of order) {
      const extent = this.#extents[axis] as number;
      const kind = this.#oneOf(["on", "on", "on", "on", "back", "repeat"]);
      if (kind === "repeat") continue;
      strides[axis] = kind === "back" ? -stride : stride;
      if (kind === "back") offset += stride * (extent - 1);
      stride *= extent + this.#oneOf([0, 0, 0, 1]);
    }
    const walk = { offset, strides };
    return { walk, guards: [], size: this.#reach(walk) + 1 };
  }

  #reach({ offset, strides }: Walk): number {
    return strides.reduce(
      (reach, stride, axis) => reach + Math.max(0, stride * ((this.#extents[axis] as number) - 1)),
      offset,
    );
  }

  #order(): number[] {
    const axes = this.#extents.map((_, axis) => axis).reverse();
    if (this.#whole(0, 2) > 0) return axes;
    return axes
      .map((axis) => ({ axis, key: this.#whole(0, 100) }))
      .sort((left, right) => left.key - right.key)
      .map(({ axis }) => axis);
  }

  /** The operand has an axis for each guard; its index may lie outside. */
  #guardedWalk(): { walk: Walk; guards: Guard[]; size: number } {
    const strides = this.#extents.map(() => 0);
    const guards: Guard[] = [];
    let offset = 0;
    let pitch = 1;
    const add = (guard: Guard): void => {
      guards.push(guard);
      guard.strides.forEach((stride, axis) => {
        strides[axis] = (strides[axis] as number) + pitch * stride;
      });
      offset += pitch * guard.offset;
      pitch *= guard.length;
    };
    for (const axis of this.#order()) {
      const extent = this.#extents[axis] as number;
      const own = this.#extents.map(() => 0);
      own[axis] = this.#oneOf([1, 1, 1, -1, 2]);
      if (this.#whole(0, 3) === 0) {
        own[this.#whole(0, own.length - 1)] = this.#oneOf([1, -1, 2]);
      }
      const shift = this.#oneOf([0, -1, 1, -3, 2]);
      add({
        offset: (own[axis] as number) < 0 ? extent - 1 + shift : shift,
        strides: own,
        length: Math.max(1, extent + this.#oneOf([0, 0, -1, -2, 1])),
      });
    }
    return { walk: { offset, strides }, guards, size: pitch };
  }

  #addValue(): void {
    const kind = this.#oneOf(["apply", "apply", "apply", "apply", "number", "index", "cast"]);
    if (kind === "number") {
      const dtype = this.#oneOf(DTYPES);
      const value = roundTo(dtype, this.#oneOf([0, 1, 2, -1.5, 0.25]));
      this.#values.push({ kind, dtype, value });
    } else if (kind === "index" && this.#extents.length > 0) {
      this.#values.push({ kind, dtype: "int32", axis: this.#whole(0, this.#extents.length - 1) });
    } else if (kind === "cast") {
      this.#values.push({ kind, dtype: this.#oneOf(this.#dtypes), operand: this.#place() });
    } else this.#addApply();
  }

  #place(): number {
    return this.#whole(0, this.#values.length - 1);
  }

  #addApply(): void {
    const [names, count] = this.#oneOf([
      [UNARY, 1],
      [BINARY, 2],
      [BINARY, 2],
      [TERNARY, 3],
    ] as const);
    const op = this.#oneOf(names);
    const operands = Array.from({ length: count }, () => this.#place());
    const types = operands.map((operand) => {
      const { dtype } = this.#values[operand] as LoopValue;
      return { shape: [], dtype, weak: false };
    });
    const dtype = pointwiseFunctions().get(op)?.op.infer(types, {})[0]?.dtype as DType;
    this.#values.push({ kind: "apply", op, dtype, operands });
  }

  #addStore(): void {
    const value = this.#whole(0, 2) === 0 ? this.#place() : this.#values.length - 1;
    const { dtype: own } = this.#values[value] as LoopValue;
    const dtype = this.#whole(0, 5) === 0 ? this.#oneOf(this.#dtypes) : own;
    const isFold = this.#folded.includes(true) && this.#whole(0, 3) > 0;
    const source = this.#values[value] as LoopValue;
    if (!isFold && source.kind === "load" && this.#canReplace(source)) {
      const { buffer, walk } = source;
      this.#stores.push({ kind: "store", buffer, dtype: source.dtype, value, walk });
      return;
    }
    const walk = this.#resultWalk(isFold);
    if (!isFold) {
      const buffer = this.#buffers.push(this.#fill(dtype, this.#reach(walk) + 1)) - 1;
      this.#stores.push({ kind: "store", buffer, dtype, value, walk });
      return;
    }
    const folds: readonly FoldName[] = ["sum", "sum", "sum", "maximum", "minimum", "all", "any"];
    const fold = this.#oneOf(folds);
    const result = fold === "all" || fold === "any" ? "bool" : dtype === "bool" ? "int32" : dtype;
    const buffer = this.#buffers.push(this.#fill(result, this.#reach(walk) + 1)) - 1;
    this.#stores.push({ kind: "fold", buffer, dtype: result, value, fold, walk });
  }

  /** Whether what was loaded may be overwritten: every element once, and nobody else looks. */
  #canReplace({ buffer, walk, guards }: Load): boolean {
    const users = this.#stores.filter((store) => store.buffer === buffer).length;
    const moves = walk.strides.every((stride, axis) => stride !== 0 || this.#extents[axis] === 1);
    return users === 0 && moves && guards.length === 0 && this.#whole(0, 1) === 0;
  }

  #resultWalk(isFold: boolean): Walk {
    const strides = this.#extents.map(() => 0);
    let offset = this.#whole(0, 1);
    let stride = this.#oneOf([1, 1, 1, 2]);
    for (const axis of this.#order()) {
      if (isFold && this.#folded[axis]) continue;
      const isBack = this.#whole(0, 9) === 0;
      const extent = this.#extents[axis] as number;
      strides[axis] = isBack ? -stride : stride;
      if (isBack) offset += stride * (extent - 1);
      stride *= extent;
    }
    return { offset, strides };
  }
}
