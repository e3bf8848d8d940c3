// No function of the library is left out: each is an operation, or a composition with samples, or computes nothing.

import { describe, expect, it } from "vitest";
import * as library from "../../src/expr/index.ts";
import { allOps } from "../../src/expr/ops/index.ts";
import { composites } from "./composites/index.ts";

/** Functions under another name than the operation that they apply. */
const applied: Readonly<Record<string, string>> = {
  averagePool1d: "averagePool",
  averagePool2d: "averagePool",
  expandDims: "reshape",
  maxPool1d: "maxPool",
  maxPool2d: "maxPool",
  permute: "transpose",
  "random.bernoulli": "randomBernoulli",
  "random.categorical": "randomCategorical",
  "random.foldIn": "foldIn",
  "random.normal": "randomNormal",
  "random.permutation": "randomPermutation",
  "random.split": "splitKey",
  "random.uniform": "randomUniform",
};

/** Functions that make data or look at graphs; nothing is differentiated by their arguments. */
const withoutDerivative: readonly string[] = [
  ...["Graph", "SymbolicTensor", "SymtapeError", "Tensor"],
  ...["arange", "eye", "full", "linspace", "ones", "onesLike", "zeros", "zerosLike"],
  ...["scalar", "tensor", "symbol", "random.key"],
  ...["evaluate", "fromJSON", "isFormula", "isSame", "reachable", "toFormula", "toJSON"],
  "requireSameShape",
];

const functions = [
  ...Object.entries(library).filter(([, value]) => typeof value === "function"),
  ...Object.entries(library.random).map(([name, value]) => [`random.${name}`, value] as const),
].map(([name]) => name);

function isComposition(name: string): boolean {
  const own = name.replace(/^random\./, "");
  return composites.some((composite) => `${composite.name} `.startsWith(`${own} `));
}

describe("the contract suite", () => {
  it.each(functions.filter((name) => !withoutDerivative.includes(name)))("knows %s", (name) => {
    const known = allOps().has(applied[name] ?? name) || isComposition(name);
    expect(known, `${name} is no operation and has no samples in test/contract/composites`).toBe(
      true,
    );
  });

  it("lists no function that is not there", () => {
    const listed = [...Object.keys(applied), ...withoutDerivative];
    expect(listed.filter((name) => !functions.includes(name))).toEqual([]);
    for (const composite of composites) {
      expect(composite.cases.length, composite.name).toBeGreaterThan(0);
    }
  });
});
