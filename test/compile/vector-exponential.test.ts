// Vector code of exponentials, logarithms, hyperbolic functions and activations against values by mpmath.

import { describe, expect, it } from "vitest";
import { compile, spec } from "../../src/compile/index.ts";
import { cast, exp, negate, sigmoid, type Tensor, tensor } from "../../src/expr/index.ts";
import { pointwiseFunctions } from "../../src/expr/ops/tensor-arithmetic.ts";
import stored from "../fixtures/vector-exponential.json" with { type: "json" };
import { runVector } from "./vector-harness.ts";

type Form = "float64" | "float32";

interface Cases {
  readonly operands: readonly string[];
  readonly values: string;
  readonly lacks: string;
}

const fixture = stored as Readonly<Record<string, Readonly<Record<Form, Cases>>>>;

const ARRAYS = { float64: Float64Array, float32: Float32Array } as const;
const DIGITS = { float64: 53, float32: 24 } as const;
const NORMAL = { float64: -1022, float32: -126 } as const;

function bytes(text: string): ArrayBuffer {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}

function ulp(x: number, form: Form): number {
  let exponent: number = NORMAL[form];
  const size = Math.abs(x);
  if (size >= 2 ** exponent) {
    exponent = Math.floor(Math.log2(size));
    if (2 ** exponent > size) exponent--;
    if (2 ** (exponent + 1) <= size) exponent++;
  }
  return 2 ** (exponent - DIGITS[form] + 1);
}

/** How far a relative change of the operands moves the result. */
const CONDITIONS: Readonly<Record<string, (value: number, ...operands: number[]) => number>> = {
  logaddexp: (value, x, y = 0) => (Math.abs(x as number) + Math.abs(y)) / Math.abs(value),
  logCosh: () => 2,
  gelu: (_, x = 0) => 1 + x * x,
  geluTanh: (_, x = 0) => 1 + Math.abs(1.6 * x + 0.22 * x ** 3),
};

/** Bounds in ulp times the condition; 2 where nothing stands here. Those of compositions are 3 or 4. */
const BOUNDS: Readonly<Record<string, number>> = {
  coth: 4,
  csch: 3,
  sech: 3,
  asech: 3,
  acsch: 3,
  elu: 3,
  selu: 3,
  silu: 3,
  mish: 4,
  logCosh: 4,
  logaddexp: 4,
  gelu: 4,
  geluTanh: 4,
};

/** The largest error, in the units of the bound, and where it is. */
function worst(name: string, form: Form): { error: number; at: number[] } {
  const cases = (fixture[name] as Readonly<Record<Form, Cases>>)[form];
  const operands = cases.operands.map((text) => new ARRAYS[form](bytes(text)));
  const values = new ARRAYS[form](bytes(cases.values));
  const lacks = new Int8Array(bytes(cases.lacks));
  const results = runVector(name, form, operands);
  let found = { error: 0, at: [] as number[] };
  results.forEach((result, i) => {
    const value = values[i] as number;
    const at = operands.map((operand) => operand[i] as number);
    const off = result === value ? 0 : (result - value) / ulp(value, form);
    const condition = Math.max(1, CONDITIONS[name]?.(value, ...at) ?? 1);
    const error = Math.abs(off - (lacks[i] as number) / 128) / condition;
    // A NaN is not within any bound.
    if (!(error <= found.error)) found = { error, at };
  });
  return found;
}

describe.each(["float64", "float32"] as const)("vector code for %s", (form) => {
  it.each(Object.keys(fixture))("%s is as near to the true values as it should be", (name) => {
    const { error, at } = worst(name, form);
    expect(error, `at ${at.join(", ")}`).toBeLessThanOrEqual((BOUNDS[name] ?? 2) + 1 / 64);
  });
});

const LARGEST = { float64: Number.MAX_VALUE, float32: 3.4028234663852886e38 } as const;
const SMALLEST = { float64: 5e-324, float32: 1.401298464324817e-45 } as const;

function specialOperands(form: Form): number[] {
  const sizes = [
    ...[0, 0.25, 0.5, 1, 2, 30, 120, 1000, 1e30],
    ...[Number.POSITIVE_INFINITY, LARGEST[form], SMALLEST[form]],
  ];
  return [Number.NaN, ...sizes, ...sizes.map((size) => -size)];
}

/** What is not a number with digits: it must be the same, and so must the sign of 0. */
function isSpecial(x: number): boolean {
  return x === 0 || !Number.isFinite(x);
}

describe.each(["float64", "float32"] as const)("special values for %s", (form) => {
  it.each([...Object.keys(fixture), "relu"])("%s has those of its kernel", (name) => {
    const kernel = pointwiseFunctions().get(name)?.op.kernel as (...x: number[]) => number;
    const singles = specialOperands(form);
    const count = fixture[name]?.[form].operands.length ?? 1;
    const rows =
      count === 1 ? singles.map((x) => [x]) : singles.flatMap((x) => singles.map((y) => [x, y]));
    const operands = Array.from({ length: count }, (_, i) => rows.map((row) => row[i] as number));
    const results = runVector(name, form, operands);
    rows.forEach((row, i) => {
      const exact = kernel(...row);
      const wanted = form === "float64" ? exact : Math.fround(exact);
      const result = results[i] as number;
      if (isSpecial(wanted) || isSpecial(result)) {
        expect(result, `${name}(${row.join(", ")})`).toBe(wanted);
      }
    });
  });
});

describe("exact results", () => {
  it("logarithms of powers of 2 and 10 to their bases are whole numbers", () => {
    const exponents = [-1074, -1030, -500, -3, -1, 0, 1, 2, 3, 10, 1023];
    const powers = exponents.map((k) => 2 ** k);
    expect([...runVector("log2", "float64", [powers])]).toEqual(exponents);
    const tens = [0, 1, 2, 3, 4, 5, 6, 9, 12, 15, 18, 20, 22];
    const decimal = tens.map((k) => Number(`1e${k}`));
    expect([...runVector("log10", "float64", [decimal])]).toEqual(tens);
  });

  it("functions that begin like x return the smallest numbers themselves", () => {
    const small = [5e-324, -5e-324, 1e-310, -3e-320, 1e-300];
    for (const name of ["expm1", "log1p", "sinh", "tanh", "asinh", "atanh"]) {
      expect([...runVector(name, "float64", [small])], name).toEqual(small);
    }
  });
});

/** Numbers of float32 over all bits: every sign and exponent, and significands that differ. */
function manyNumbers(count: number): Float32Array {
  const bits = Uint32Array.from(
    { length: count },
    (_, i) => i * Math.floor(2 ** 32 / count) + ((i * 2654435761) % 40_000),
  );
  return new Float32Array(bits.buffer);
}

describe("float32 over all sizes", () => {
  const names = ["exp", "expm1", "log", "log1p", "log2", "log10", "tanh", "sigmoid", "softplus"];

  it.each(names)("%s is within 2.1 ulp of the kernel on numbers", (name) => {
    const kernel = pointwiseFunctions().get(name)?.op.kernel as (x: number) => number;
    const numbers = manyNumbers(1 << 16);
    const results = runVector(name, "float32", [numbers]);
    let worstOf = 0;
    numbers.forEach((x, i) => {
      const wanted = kernel(x);
      const result = results[i] as number;
      if (Object.is(Math.fround(wanted), result)) return;
      const error = Math.abs(result - wanted) / ulp(wanted, "float32");
      if (!(error <= worstOf)) worstOf = error;
    });
    expect(worstOf).toBeLessThanOrEqual(2.1);
  });
});

describe("code without branches", () => {
  it.each(["float64", "float32"] as const)("has the same bits (%s)", (dtype) => {
    const numbers = Float64Array.from(manyNumbers(1 << 12));
    const hard = [
      0, -0, 5e-324, -1e-310, 709.7, 709.8, -745, -746, -1000, 1e-40, 88.7, -104, 1e300,
    ];
    for (const name of ["exp", "log", "log1p", "log2", "log10", "logaddexp", "softplus"]) {
      for (const list of [numbers, hard, hard.map((x) => x / 8)]) {
        const operands = name === "logaddexp" ? [list, list.map((x) => -x)] : [list];
        const [usual, straight] = [false, true].map((avoidsBranches) =>
          runVector(name, dtype, operands, { avoidsBranches }),
        );
        expect(straight, name).toEqual(usual);
      }
    }
  });

  it.each(["float64", "float32"] as const)(
    "an exponential beside a function of the same number is within 3 ulp (%s)",
    (dtype) => {
      const values = Float64Array.from(
        { length: 5000 },
        (_, i) => (i - 2500) / (dtype === "float64" ? 3.5 : 30),
      );
      const program = compile(
        (x: Tensor) => [sigmoid(x), exp(x), exp(negate(x))],
        [spec([values.length], dtype)],
        { backend: "wasm" },
      );
      const x = cast(tensor(values), dtype);
      const [, grown, decayed] = program(x).map((result) => result.toTypedArray());
      x.toTypedArray().forEach((number, i) => {
        for (const [found, wanted] of [
          [grown?.[i] as number, Math.exp(number)],
          [decayed?.[i] as number, Math.exp(-number)],
        ] as const) {
          const size = dtype === "float64" ? wanted : Math.fround(wanted);
          if (size === Number.POSITIVE_INFINITY || size === 0) expect(found).toBe(size);
          else expect(Math.abs(found - wanted) / ulp(wanted, dtype)).toBeLessThanOrEqual(3);
        }
      });
    },
  );
});
