// Compares what our functions give for a case with what PyTorch gives.

import { describe, expect, it } from "vitest";
import type { ConcreteTensor } from "../../src/autodiff/index.ts";
import { dataOf } from "../../src/expr/tensor.ts";
import { titleOf } from "./call.ts";
import { type Area, type Stored, type TorchCase, torchCases } from "./fixture.ts";
import { activeOperands, type Measured, measure } from "./measure.ts";

const TOLERANCE = 1e-12;

/** One test for each case of an area. */
export function expectAgreement(area: Area): void {
  describe(`${area} agrees with PyTorch`, () => {
    it.each(torchCases[area].map((one) => [titleOf(one), one] as const))("%s", (_, one) => {
      expect(disagreements(one, measure(one)).join("\n")).toBe("");
    });
  });
}

/** Sentences on everything that differs. */
export function disagreements(one: TorchCase, found: Measured): string[] {
  const { gradients = [], product = [] } = one;
  const count = one.outputs.length;
  const missing =
    found.outputs.length === count ? [] : [`${found.outputs.length} outputs, ${count} in PyTorch`];
  return [
    ...missing,
    ...one.outputs.flatMap((expected, i) => outputDiffers(one, i, found.outputs[i], expected)),
    ...activeOperands(one).flatMap((place, i) => [
      ...slopeDiffers(one, place, "gradient", found.gradient[i], gradients[place]),
      ...slopeDiffers(
        one,
        place,
        "Hessian, reverse mode,",
        found.reverseProduct[i],
        product[place],
      ),
      ...slopeDiffers(
        one,
        place,
        "Hessian, forward mode,",
        found.forwardProduct[i],
        product[place],
      ),
    ]),
  ];
}

function outputDiffers(
  one: TorchCase,
  i: number,
  found: ConcreteTensor | undefined,
  expected: Stored,
): string[] {
  if (found === undefined) return [`there is no output ${i}`];
  const dtype = expected.dtype ?? "float64";
  if (found.dtype !== dtype) return [`output ${i} is ${found.dtype}, in PyTorch ${dtype}`];
  return differences(one, `output ${i}`, aligned(one, i, found), expected);
}

function slopeDiffers(
  one: TorchCase,
  place: number,
  what: string,
  found: ConcreteTensor | undefined,
  expected: Stored | null | undefined,
): string[] {
  if (expected === null || expected === undefined) return [];
  const name = `${what} by operand ${place}`;
  if (found === undefined) return [`there is no ${name}`];
  const halves = one.symmetric?.includes(place) === true;
  const part = (value: Stored): Stored => (halves ? symmetricPart(value) : value);
  return differences(one, name, part(stored(found)), part(expected));
}

function stored(value: ConcreteTensor): Stored {
  return { shape: value.shape, data: Array.from(dataOf(value)) };
}

/** The numbers of an output, with columns or rows turned to the signs that PyTorch chose. */
function aligned(one: TorchCase, i: number, output: ConcreteTensor): Stored {
  const found = stored(output);
  const expected = one.outputs[i]?.data.map(Number) ?? [];
  const columns = one.columns?.includes(i) === true;
  if (!columns && one.rows?.includes(i) !== true) return found;
  const [height, width] = found.shape.slice(-2) as [number, number];
  const line = (k: number): number => {
    const matrix = Math.floor(k / (height * width));
    return columns ? matrix * width + (k % width) : Math.floor(k / width);
  };
  const products = new Map<number, number>();
  found.data.forEach((x, k) => {
    products.set(line(k), (products.get(line(k)) ?? 0) + Number(x) * (expected[k] as number));
  });
  const turned = (k: number): boolean => (products.get(line(k)) as number) < 0;
  return { ...found, data: found.data.map((x, k) => (turned(k) ? -Number(x) : x)) };
}

function symmetricPart({ shape, data }: Stored): Stored {
  const order = shape.at(-1) as number;
  const mirrored = (k: number): number => {
    const row = Math.floor(k / order) % order;
    const column = k % order;
    return k + (column - row) * order + row - column;
  };
  return { shape, data: data.map((value, k) => (Number(value) + Number(data[mirrored(k)])) / 2) };
}

/** Each error beside the largest number of the tensor, or beside its own number. */
function differences(one: TorchCase, what: string, found: Stored, expected: Stored): string[] {
  if (found.shape.join() !== expected.shape.join()) {
    return [`${what} has shape [${found.shape}], in PyTorch [${expected.shape}]`];
  }
  const truth = expected.data.map(Number);
  const sizes = truth.map((x) => Math.max(Number.isFinite(x) ? Math.abs(x) : 0, one.scale ?? 0));
  const largest = Math.max(0, ...sizes);
  const tolerance = one.tolerance ?? TOLERANCE;
  return truth.flatMap((x, k) => {
    const size = one.elementwise === true ? (sizes[k] as number) : largest;
    const value = Number(found.data[k]);
    if (value === x || Math.abs(value - x) <= tolerance * size) return [];
    return [`${what}: element ${k} is ${value}, in PyTorch ${x}`];
  });
}
