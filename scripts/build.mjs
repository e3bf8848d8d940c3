/**
 * Builds `dist/*.js` with esbuild: ESM, shared chunks, mathjs and commander bundled.
 *
 *   node scripts/build.mjs            JavaScript only
 *   node scripts/build.mjs --types    JavaScript and declarations
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");

/** Entry name in `dist` to its source. */
const entries = {
  index: "src/index.ts",
  symbolic: "src/expr/symbolic/index.ts",
  autodiff: "src/autodiff/index.ts",
  compile: "src/compile/index.ts",
  explain: "src/explain/index.ts",
  cli: "src/cli/main.ts",
};

/** Only the command line may reach Node's own modules; the others also run in browsers. */
const nodeOnly = new Set(["cli"]);
/** Entries that must not load mathjs when they start. */
const withoutMathjs = new Set(["autodiff", "compile"]);

/**
 * Keeps `node:` modules external and turns `require("node:x")` in bundled CommonJS packages into
 * an import, since ES modules have no `require`.
 * @type {import("esbuild").Plugin}
 */
const nodeBuiltins = {
  name: "node-builtins",
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === "require-call" ? { path, namespace: "node-require" } : { path, external: true },
    );
    pluginBuild.onLoad({ filter: /.*/, namespace: "node-require" }, ({ path }) => ({
      contents: `import builtin from ${JSON.stringify(path)}; module.exports = builtin;`,
    }));
  },
};

/**
 * Removes what an earlier build left behind. Done last, so that a running process keeps its files.
 * @param {import("esbuild").Metafile} metafile
 * @returns {Promise<void>}
 */
async function removeStale(metafile) {
  for (const directory of ["dist", "dist/chunks"]) {
    if (!existsSync(join(root, directory))) continue;
    for (const name of await readdir(join(root, directory))) {
      const file = `${directory}/${name}`;
      if (name.endsWith(".js") && metafile.outputs[file] === undefined) {
        await rm(join(root, file), { force: true });
      }
    }
  }
}

/**
 * Output files that are loaded when `file` is imported, itself included.
 * @param {import("esbuild").Metafile} metafile
 * @param {string} file
 * @param {Set<string>} seen
 * @returns {Set<string>}
 */
function staticClosure(metafile, file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { path, kind, external } of metafile.outputs[file]?.imports ?? []) {
    if (!external && kind === "import-statement") staticClosure(metafile, path, seen);
  }
  return seen;
}

/**
 * Fails if an entry reaches what it must not reach.
 * @param {import("esbuild").Metafile} metafile
 * @returns {void}
 */
function checkReach(metafile) {
  const problems = [];
  for (const name of Object.keys(entries)) {
    for (const file of staticClosure(metafile, `dist/${name}.js`)) {
      const output = metafile.outputs[file];
      if (output === undefined) continue;
      const builtin = output.imports.find(({ path }) => path.startsWith("node:"));
      if (builtin !== undefined && !nodeOnly.has(name)) {
        problems.push(`${name} reaches ${builtin.path} through ${file}`);
      }
      const mathjs = Object.entries(output.inputs).find(
        ([path, { bytesInOutput }]) => path.includes("node_modules/mathjs/") && bytesInOutput > 0,
      );
      if (mathjs !== undefined && withoutMathjs.has(name)) {
        problems.push(`${name} loads mathjs through ${file}`);
      }
    }
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

/**
 * The licences of all packages that have code in the bundles.
 * @param {import("esbuild").Metafile} metafile
 * @returns {Promise<string>}
 */
async function licences(metafile) {
  /** @type {Map<string, string>} */
  const directories = new Map();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const match = /^(?:.*node_modules\/)((?:@[^/]+\/)?[^/]+)/.exec(path);
      if (match?.[1] !== undefined && bytesInOutput > 0) directories.set(match[0], match[1]);
    }
  }
  const parts = ["symtape contains code of the following packages."];
  for (const [directory, name] of [...directories].sort(([, a], [, b]) => (a < b ? -1 : 1))) {
    const absolute = resolve(root, directory);
    const about = JSON.parse(await readFile(join(absolute, "package.json"), "utf8"));
    const files = await readdir(absolute);
    const texts = files.filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).sort();
    const bodies = await Promise.all(texts.map((file) => readFile(join(absolute, file), "utf8")));
    const author = typeof about.author === "object" ? about.author?.name : about.author;
    const body =
      bodies.length > 0
        ? bodies.map((text) => text.replaceAll("\r\n", "\n").trim()).join("\n\n")
        : `Licence: ${about.license}\nAuthor: ${author ?? "not named"}`;
    parts.push(`${"-".repeat(72)}\n${name} ${about.version} (${about.license})\n\n${body}`);
  }
  return `${parts.join("\n\n")}\n`;
}

/** @returns {void} */
function emitTypes() {
  const require = createRequire(import.meta.url);
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--emitDeclarationOnly"], {
    cwd: root,
    stdio: "inherit",
  });
}

/**
 * @param {string} directory
 * @returns {Promise<string[]>}
 */
async function declarationFiles(directory) {
  const found = await readdir(directory, { withFileTypes: true, recursive: true });
  return found
    .filter((entry) => entry.isFile() && entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * The compiler leaves `.ts` in the specifiers of declarations; published ones need `.js`.
 * @param {string} directory
 * @returns {Promise<void>}
 */
async function rewriteSpecifiers(directory) {
  const specifier = /((?:\bfrom|\bimport)\s*\(?\s*["']\.{1,2}\/[^"']*?)(?<!\.d)\.ts(["'])/g;
  for (const file of await declarationFiles(directory)) {
    const text = await readFile(file, "utf8");
    const rewritten = text.replaceAll(specifier, "$1.js$2");
    if (rewritten !== text) await writeFile(file, rewritten);
  }
}

const started = performance.now();
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: entries,
  outdir: "dist",
  entryNames: "[name]",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "neutral",
  mainFields: ["module", "main"],
  conditions: ["module", "import"],
  target: ["es2022", "node20"],
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  plugins: [nodeBuiltins],
  logLevel: "warning",
});
checkReach(metafile);
await writeFile(join(dist, "THIRD-PARTY-LICENSES.txt"), await licences(metafile));
await chmod(join(dist, "cli.js"), 0o755);
await removeStale(metafile);

if (process.argv.includes("--types")) {
  await rm(join(dist, "types"), { recursive: true, force: true });
  emitTypes();
  await rewriteSpecifiers(join(dist, "types"));
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`built ${relative(process.cwd(), dist) || "dist"} in ${seconds} s`);
