/** expr <- autodiff <- compile <- nn, with explain and cli on top. */
const upper = "^src/(autodiff|compile|nn|explain|cli)/|^src/index\\.ts$";

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "expr-is-the-base",
      severity: "error",
      from: { path: "^src/expr/", pathNot: "^src/expr/symbolic/" },
      to: { path: `${upper}|^src/expr/symbolic/` },
    },
    {
      name: "symbolic-uses-expr-only",
      severity: "error",
      from: { path: "^src/expr/symbolic/" },
      to: { path: upper },
    },
    {
      name: "autodiff-uses-expr-only",
      severity: "error",
      from: { path: "^src/autodiff/" },
      to: { path: "^src/", pathNot: "^src/(autodiff|expr)/" },
    },
    {
      name: "compile-uses-autodiff-and-expr",
      severity: "error",
      from: { path: "^src/compile/" },
      to: { path: "^src/", pathNot: "^src/(compile|autodiff|expr)/" },
    },
    {
      name: "nn-is-below-explain-and-cli",
      severity: "error",
      from: { path: "^src/nn/" },
      to: { path: "^src/(explain|cli)/|^src/index\\.ts$" },
    },
    {
      name: "explain-is-below-cli",
      severity: "error",
      from: { path: "^src/explain/" },
      to: { path: "^src/cli/|^src/index\\.ts$" },
    },
    {
      name: "nothing-imports-cli",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/cli/" },
      to: { path: "^src/cli/" },
    },
    {
      name: "symbolic-only-from-the-top",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(expr/symbolic|explain|cli)/|^src/index\\.ts$" },
      to: { path: "^src/expr/symbolic/" },
    },
    {
      name: "mathjs-only-in-symbolic",
      severity: "error",
      from: { path: "^(src|test|bench)/", pathNot: "^src/expr/symbolic/|^test/|^bench/" },
      to: { path: "(^|/)node_modules/mathjs(/|$)|^mathjs(/|$)" },
    },
    {
      name: "commander-only-in-cli",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/cli/" },
      to: { path: "(^|/)node_modules/commander(/|$)|^commander(/|$)" },
    },
    {
      name: "no-node-builtins-in-the-library",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/cli/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "src-does-not-use-tools-and-tests",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|scripts|bench)/" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: { pathNot: "^src/expr/ops/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-cycles-out-of-ops",
      severity: "error",
      from: { path: "^src/expr/ops/" },
      to: {
        circular: true,
        viaOnly: { dependencyTypesNot: ["type-only"] },
        via: { pathNot: "^src/expr/ops/" },
      },
    },
    {
      name: "no-orphans",
      severity: "error",
      from: { path: "^src/", orphan: true, pathNot: "\\.d\\.ts$" },
      to: {},
    },
    {
      name: "not-to-unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "module", "default", "types"],
      mainFields: ["module", "main", "types"],
    },
    exclude: { path: "^dist/" },
    cache: false,
  },
};
