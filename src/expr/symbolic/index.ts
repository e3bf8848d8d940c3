// Formulas in text: reading, printing, simplifying, and mathjs as a second opinion.

export * from "../index.ts";
export { expand, expandPoint } from "./expand.ts";
export { type MathjsDerivative, mathjsDerivative } from "./mathjs/mathjs-derivative.ts";
export { type ToMathjsOptions, toMathjs } from "./mathjs/to-mathjs.ts";
export { fromMathjs, type ParseOptions, parse } from "./reading/parse.ts";
export { type RuleObserver, type SimplifyOptions, simplify } from "./simplify/simplify.ts";
export { type FormatOptions, format } from "./writing/format.ts";
export { sympyText } from "./writing/sympy-text.ts";
export { type TexOptions, toTex } from "./writing/tex.ts";
