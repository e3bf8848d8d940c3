// The steps of operations whose references look at numbers, or take other steps than evaluation does.

import type { Arithmetic, NdArray } from "../../expr/arithmetic.ts";
import type { Node } from "../../expr/graph.ts";
import type { Params } from "../../expr/op.ts";
import { mapLines, reduceLines } from "../../expr/ops/reductions/lines.ts";
import { squareScale } from "../../expr/ops/reductions/norm-values.ts";
import { pairwiseSum } from "../../expr/ops/reductions/pairwise.ts";
import { numbersOf } from "../../expr/ops/structured.ts";
import type { DType } from "../../expr/shape.ts";
import { presumingNumbers, wrappingPlaces } from "./scalar-arithmetic.ts";
import { type Place, Refusal, type ScalarGraph } from "./scalar-graph.ts";

type Line = readonly Place[];
type Operands = readonly NdArray<Place>[];
type Results = readonly NdArray<Place>[];

/** Operations of linear algebra that take their steps by pivots, or from a sum that begins with 0. */
const REFUSED: ReadonlySet<string> = new Set([
  ...["cholesky", "cofactors", "det", "slogdet", "eigh", "expm", "inverse", "solve", "lstsq"],
  ...["pinv", "qr", "svd", "triangularSolve", "sort", "argsort", "maxPool", "maxPoolPlaces"],
  ...["randomBernoulli", "randomCategorical", "foldIn", "splitKey", "randomNormal"],
  ...["randomPermutation", "randomUniform", "randomIntegers"],
]);

/** The ways of evaluation that are not those of the reference, over the numbers of one graph. */
export class Expansions {
  readonly #graph: ScalarGraph;
  readonly #a: Arithmetic<Place>;

  constructor(graph: ScalarGraph, arithmetic: Arithmetic<Place>) {
    this.#graph = graph;
    this.#a = arithmetic;
  }

  /** The results of an operation; undefined where its reference gives them. */
  of(node: Node, operands: Operands): Results | undefined {
    const { op, params } = node;
    if (REFUSED.has(op.name)) throw new Refusal();
    const [x] = operands as readonly [NdArray<Place>];
    switch (op.name) {
      case "matmul":
      case "outer":
      case "prod":
      case "cumprod":
        return this.#withProducts(node, operands);
      case "convolution":
        return this.#convolution(node, operands);
      case "variance":
      case "std":
      case "standardize":
        return op.reference(presumingNumbers(this.#a), operands, params);
      case "softmax":
        return [mapLines(x, numbersOf(params, "axes"), (line) => this.#softmax(line))];
      case "logSoftmax":
        return [mapLines(x, numbersOf(params, "axes"), (line) => this.#logSoftmax(line))];
      case "logSumExp":
        return [reduceLines(x, params, (line) => this.#logSumExp(line))];
      case "crossEntropy":
        return [this.#crossEntropy(operands, params)];
      case "argmax":
        return [reduceLines(x, params, (line) => this.#firstPlace(line, "greater"))];
      case "argmin":
        return [reduceLines(x, params, (line) => this.#firstPlace(line, "less"))];
      case "cumsum":
        return [mapLines(x, [params.axis as number], (line) => this.#runningSums(line, params))];
      case "norm":
        return this.#norm(node, x);
      default:
        return undefined;
    }
  }

  /** Products of whole numbers wrap. */
  #withProducts({ op, params, inputs }: Node, operands: Operands): Results {
    const areWhole = inputs.every(({ dtype }) => isWhole(dtype));
    const arithmetic = areWhole ? wrappingPlaces(this.#a, this.#graph) : this.#a;
    return op.reference(arithmetic, operands, params);
  }

  /** The sums begin with 0. */
  #convolution(node: Node, operands: Operands): Results {
    const zero = this.#a.literal(0);
    return this.#withProducts(node, operands).map(({ shape, data }) => ({
      shape,
      data: Array.from(data, (total) => this.#a.add(zero, total)),
    }));
  }

  #largest(line: Line): Place {
    return line.reduce((largest, next) => this.#a.maximum(largest, next));
  }

  #isFinite(x: Place): Place {
    const { less, abs, literal } = this.#a;
    return less(abs(x), literal(Number.POSITIVE_INFINITY));
  }

  /** The exponentials of all elements beside the largest, in which the first that is largest counts 0. */
  #otherPowers(line: Line, shift: Place): Place {
    const { equal, and, or, not, where, exp, subtract, literal } = this.#a;
    let found: Place | undefined;
    const powers = line.map((element) => {
      const isLargest = equal(element, shift);
      const isFirst = found === undefined ? isLargest : and(isLargest, not(found));
      found = found === undefined ? isLargest : or(found, isLargest);
      return where(isFirst, literal(0), exp(subtract(element, shift)));
    });
    return pairwiseSum(this.#a, powers);
  }

  #softmax(line: Line): Line {
    if (line.length === 0) return line;
    const shift = this.#largest(line);
    const powers = line.map((element) => this.#a.exp(this.#a.subtract(element, shift)));
    const total = pairwiseSum(this.#a, powers);
    return powers.map((power) => this.#a.divide(power, total));
  }

  #logSoftmax(line: Line): Line {
    if (line.length === 0) return line;
    const { subtract, where, log1p, literal } = this.#a;
    const shift = this.#largest(line);
    const whole = log1p(this.#otherPowers(line, shift));
    const rest = where(this.#isFinite(shift), whole, literal(Number.NaN));
    return line.map((element) => subtract(subtract(element, shift), rest));
  }

  #logSumExp(line: Line): Place {
    const { add, where, log1p, literal } = this.#a;
    if (line.length === 0) return literal(Number.NEGATIVE_INFINITY);
    const shift = this.#largest(line);
    const whole = add(shift, log1p(this.#otherPowers(line, shift)));
    return where(this.#isFinite(shift), whole, shift);
  }

  #crossEntropy([x, classes]: Operands, { axis }: Params): NdArray<Place> {
    const { subtract, log1p, numberOf } = this.#a;
    const chosen = Array.from((classes as NdArray<Place>).data, (place) => numberOf(place));
    let example = 0;
    const settings = { axes: [axis as number], keepDims: false };
    return reduceLines(x as NdArray<Place>, settings, (line) => {
      const own = line[chosen[example++] as number];
      if (own === undefined) throw new Refusal();
      const shift = this.#largest(line);
      const rest = log1p(this.#otherPowers(line, shift));
      return subtract(rest, subtract(own, shift));
    });
  }

  /** The place of the first element that no other exceeds; NaN exceeds all numbers. */
  #firstPlace(line: Line, exceeds: "greater" | "less"): Place {
    const { notEqual, equal, and, or, where, literal } = this.#a;
    let best = line[0] as Place;
    let place = literal(0);
    line.slice(1).forEach((element, i) => {
      const isNewNaN = and(notEqual(element, element), equal(best, best));
      const isBetter = or(this.#a[exceeds](element, best), isNewNaN);
      best = where(isBetter, element, best);
      place = where(isBetter, literal(i + 1), place);
    });
    return place;
  }

  #runningSums(line: Line, { reverse }: Params): Line {
    const { add, subtract, where, literal } = this.#a;
    let total: Place | undefined;
    let lost = literal(0);
    const sums = (reverse === true ? line.toReversed() : line).map((element) => {
      const before = total;
      if (before === undefined) {
        total = element;
        return element;
      }
      const sum = add(before, element);
      total = sum;
      const part = subtract(sum, element);
      const error = add(subtract(element, subtract(sum, part)), subtract(before, part));
      lost = add(lost, error);
      return where(this.#isFinite(sum), add(sum, lost), sum);
    });
    return reverse === true ? sums.reverse() : sums;
  }

  #norm({ op, params }: Node, x: NdArray<Place>): Results {
    const order = params.ord;
    if (typeof order !== "number" || order === 0 || order === 1) {
      return op.reference(this.#a, [x], params);
    }
    const of = (line: Line): Place => {
      const sizes = line.map((element) => this.#a.abs(element));
      return order === 2 ? this.#euclidean(sizes) : this.#generalNorm(sizes, order);
    };
    return [reduceLines(x, params, of)];
  }

  /** The size that the others are measured by: the largest, or for negative orders the smallest. */
  #leading(sizes: Line, order: number): Place {
    const { maximum, minimum, literal } = this.#a;
    const start = literal(order > 0 ? 0 : Number.POSITIVE_INFINITY);
    return sizes.reduce((x, y) => (order > 0 ? maximum(x, y) : minimum(x, y)), start);
  }

  #euclidean(sizes: Line): Place {
    const { divide, square, multiply, sqrt } = this.#a;
    const scale = this.#graph.apply("squareScale", [this.#leading(sizes, 2)], squareScale);
    const squares = sizes.map((size) => square(divide(size, scale)));
    return multiply(scale, sqrt(pairwiseSum(this.#a, squares)));
  }

  #generalNorm(sizes: Line, order: number): Place {
    const { divide, pow, multiply, where, and, notEqual, literal } = this.#a;
    const leading = this.#leading(sizes, order);
    const powers = sizes.map((size) => pow(divide(size, leading), literal(order)));
    const whole = multiply(leading, pow(pairwiseSum(this.#a, powers), literal(1 / order)));
    const isOrdinary = and(notEqual(leading, literal(0)), this.#isFinite(leading));
    return where(isOrdinary, whole, leading);
  }
}

function isWhole(dtype: DType): boolean {
  return dtype === "int32" || dtype === "bool";
}
