// symtape as users get it: the built package.

import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { NotBuilt } from "./contest.ts";

export type Symtape = typeof import("../src/autodiff/index.ts");
export type Tensor = import("../src/autodiff/index.ts").Tensor;
export type Compile = typeof import("../src/compile/index.ts") &
  typeof import("../src/compile/lambdify.ts");
export type Formulas = typeof import("../src/expr/symbolic/index.ts");
export type CompileOptions = import("../src/compile/index.ts").CompileOptions;

/** BENCH_DIST names the folder of another build. */
const folder = process.env["BENCH_DIST"];
const dist =
  folder === undefined ? new URL("../dist/", import.meta.url) : pathToFileURL(`${folder}/`);

export const symtape: Symtape = (await import(new URL("autodiff.js", dist).href)) as Symtape;

let compiler: Promise<Compile> | undefined;

/** `symtape/compile`; throws where the build has none. */
export function compiled(): Promise<Compile> {
  const file = new URL("compile.js", dist);
  if (!existsSync(file)) throw new NotBuilt("dist/compile.js is not there");
  compiler ??= import(file.href) as Promise<Compile>;
  return compiler;
}

/** `symtape/symbolic`. */
export async function formulas(): Promise<Formulas> {
  return (await import(new URL("symbolic.js", dist).href)) as Formulas;
}
