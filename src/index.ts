// The public face of symtape.

export * from "./autodiff/index.ts";
export * from "./compile/index.ts";
export * from "./explain/index.ts";
export * from "./expr/symbolic/index.ts";
