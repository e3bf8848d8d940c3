// A graph of numbers: each value made once, constants folded, and nothing rewritten that could change a bit.

import type { DType } from "../../expr/shape.ts";
import {
  EXACT_EVERYWHERE,
  type Exactness,
  type ScalarOp,
  SINGLE,
  scalarOp,
  TRUTH,
  WHOLE,
} from "./scalar-ops.ts";

/** A value of a scalar graph, named by its place. */
export type Place = number;

/** Thrown where a graph cannot be a scalar program: it is too large, or looks at numbers that are not known yet. */
export class Refusal extends Error {}

/** What the value at a place is. */
export interface ScalarNode {
  /** Undefined for inputs and constants. */
  readonly op: ScalarOp | undefined;
  readonly operands: readonly Place[];
  /** The number of a constant. */
  readonly number: number | undefined;
  readonly exactness: Exactness;
}

/** Operands of one or two places fit into one number together with the operation. */
const PLACES = 2 ** 22;

/** A graph of numbers under construction, of at most `limit` operations. */
export class ScalarGraph {
  readonly nodes: ScalarNode[] = [];
  readonly #limit: number;
  #operations = 0;
  readonly #numbers = new Map<number, Place>();
  #negativeZero: Place | undefined;
  readonly #known = new Map<number | string, Place>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  input(dtype: DType): Place {
    const exactness = { float64: 0, float32: SINGLE, int32: WHOLE, bool: EXACT_EVERYWHERE }[dtype];
    return this.#push({ op: undefined, operands: [], number: undefined, exactness });
  }

  constant(number: number): Place {
    const isNegativeZero = Object.is(number, -0);
    const known = isNegativeZero ? this.#negativeZero : this.#numbers.get(number);
    if (known !== undefined) return known;
    const exactness = exactnessOfNumber(number);
    const place = this.#push({ op: undefined, operands: [], number, exactness });
    if (isNegativeZero) this.#negativeZero = place;
    else this.#numbers.set(number, place);
    return place;
  }

  /** The number of a constant; undefined for every other value. */
  numberAt(place: Place): number | undefined {
    return (this.nodes[place] as ScalarNode).number;
  }

  apply(name: string, operands: readonly Place[], kernel?: ScalarOp["kernel"]): Place {
    const simpler = this.#simplified(name, operands);
    if (simpler !== undefined) return simpler;
    const op = scalarOp(name, kernel);
    if (operands.every((place) => this.numberAt(place) !== undefined)) {
      const numbers = operands.map((place) => this.numberAt(place) as number);
      return this.constant(op.kernel(...numbers));
    }
    const key = keyOf(op, operands);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#operations += 1;
    if (this.#operations > this.#limit) throw new Refusal();
    const place = this.#push({
      op,
      operands,
      number: undefined,
      exactness: this.#exactnessOf(op, operands),
    });
    this.#known.set(key, place);
    return place;
  }

  /** The value as an element of a dtype holds it. */
  rounded(place: Place, dtype: DType): Place {
    const { exactness } = this.nodes[place] as ScalarNode;
    if (dtype === "float32") return exactness & SINGLE ? place : this.apply("single", [place]);
    if (dtype === "int32") return exactness & WHOLE ? place : this.apply("whole", [place]);
    if (dtype === "float64" || exactness & TRUTH) return place;
    return this.apply("notEqual", [place, this.constant(0)]);
  }

  #push(node: ScalarNode): Place {
    this.nodes.push(node);
    return this.nodes.length - 1;
  }

  #exactnessOf(op: ScalarOp, operands: readonly Place[]): Exactness {
    const values = op.name === "where" ? operands.slice(1) : operands;
    let common = EXACT_EVERYWHERE;
    for (const place of values) common &= (this.nodes[place] as ScalarNode).exactness;
    return op.name === "where" ? common : op.exactness(common);
  }

  /** The operand of a value that the named operation makes. */
  #operandOf(name: string, place: Place): Place | undefined {
    const { op, operands } = this.nodes[place] as ScalarNode;
    return op?.name === name ? operands[0] : undefined;
  }

  /** An equal value that takes less: equal to the last bit for all numbers, infinities, zeros of both signs and NaN. */
  #simplified(name: string, operands: readonly Place[]): Place | undefined {
    const [x, y, z] = operands as readonly [Place, Place, Place];
    switch (name) {
      case "add":
        return this.#simplerSum(x, y);
      case "subtract":
        return this.#simplerDifference(x, y);
      case "multiply":
        return this.#simplerProduct(x, y);
      case "divide":
        return this.numberAt(y) === 1 ? x : undefined;
      case "negate":
        return this.#operandOf("negate", x);
      case "abs":
      case "decay": {
        const negated = this.#operandOf("negate", x) ?? this.#operandOf("abs", x);
        return negated === undefined ? undefined : this.apply(name, [negated]);
      }
      case "pow":
        return this.#simplerPower(x, y);
      case "square":
        return this.apply("multiply", [x, x]);
      case "reciprocal":
        return this.apply("divide", [this.constant(1), x]);
      case "sigmoid":
        return this.apply("logistic", [x, this.apply("decay", [x])]);
      case "relu":
        return this.apply("maximum", [x, this.constant(0)]);
      case "clip":
        return this.apply("minimum", [this.apply("maximum", [x, y]), z]);
      case "not":
        return this.apply("equal", [x, this.constant(0)]);
      case "where":
        return this.#simplerChoice(x, y, z);
      default:
        return undefined;
    }
  }

  #isNegativeZero(place: Place): boolean {
    return place === this.#negativeZero;
  }

  #simplerSum(x: Place, y: Place): Place | undefined {
    if (this.#isNegativeZero(y)) return x;
    if (this.#isNegativeZero(x)) return y;
    const negatedRight = this.#operandOf("negate", y);
    if (negatedRight !== undefined) return this.apply("subtract", [x, negatedRight]);
    const negatedLeft = this.#operandOf("negate", x);
    return negatedLeft === undefined ? undefined : this.apply("subtract", [y, negatedLeft]);
  }

  #simplerDifference(x: Place, y: Place): Place | undefined {
    if (this.numberAt(y) === 0 && !this.#isNegativeZero(y)) return x;
    const negated = this.#operandOf("negate", y);
    return negated === undefined ? undefined : this.apply("add", [x, negated]);
  }

  #simplerProduct(x: Place, y: Place): Place | undefined {
    if (this.numberAt(x) === 1) return y;
    if (this.numberAt(y) === 1) return x;
    if (this.numberAt(x) === -1) return this.apply("negate", [y]);
    return this.numberAt(y) === -1 ? this.apply("negate", [x]) : undefined;
  }

  #simplerPower(x: Place, y: Place): Place | undefined {
    const exponent = this.numberAt(y);
    if (exponent === 0) return this.constant(1);
    if (exponent === 1) return x;
    // Engines compute x ** 2 as x * x, if not at once then in optimised code.
    return exponent === 2 ? this.apply("multiply", [x, x]) : undefined;
  }

  #simplerChoice(condition: Place, x: Place, y: Place): Place | undefined {
    if (x === y) return x;
    const known = this.numberAt(condition);
    if (known === undefined) return undefined;
    return known !== 0 ? x : y;
  }
}

function keyOf(op: ScalarOp, operands: readonly Place[]): number | string {
  if (operands.length > 2) return `${op.id} ${operands.join(" ")}`;
  const [x, y = 0] = operands as readonly [Place, Place?];
  const [first, second] = op.commutes && y < x ? [y, x] : [x, y];
  return (op.id * PLACES + first) * PLACES + second;
}

function exactnessOfNumber(number: number): Exactness {
  const isNegativeZero = Object.is(number, -0);
  const single = Object.is(Math.fround(number), number) ? SINGLE : 0;
  const whole = (number | 0) === number && !isNegativeZero ? WHOLE : 0;
  const truth = whole !== 0 && (number === 0 || number === 1) ? TRUTH : 0;
  return single | whole | truth;
}
