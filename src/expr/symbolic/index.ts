// Formulas in text: reading, printing, simplifying, and mathjs as a second opinion.

export * from "../index.ts";
export { expand, expandPoint } from "./expand.ts";
export { type FormatOptions, format } from "./format.ts";
export { type MathjsDerivative, mathjsDerivative } from "./mathjs-derivative.ts";
export { fromMathjs, type ParseOptions, parse } from "./parse.ts";
export { type RuleObserver, type SimplifyOptions, simplify } from "./simplify.ts";
export { sympyText } from "./sympy-text.ts";
export { type TexOptions, toTex } from "./tex.ts";
export { type ToMathjsOptions, toMathjs } from "./to-mathjs.ts";
