/**
 * Prints the size of every entry point as a user's bundler would ship it: minified, gzipped, with
 * what loads at once and what is loaded on demand. Reads `dist`; run `npm run build:js` first.
 */
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** @type {[string, string][]} */
const entries = [
  ["symtape", "index"],
  ["symtape/symbolic", "symbolic"],
  ["symtape/autodiff", "autodiff"],
  ["symtape/compile", "compile"],
  ["symtape/explain", "explain"],
  ["symtape (command)", "cli"],
];

/**
 * @param {string} name
 * @returns {Promise<{ minified: number, gzipped: number, lazy: number }>}
 */
async function measure(name) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { [name]: join("dist", `${name}.js`) },
    outdir: "out",
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: name === "cli" ? "node" : "browser",
    target: "es2022",
    legalComments: "none",
    write: false,
    metafile: true,
    logLevel: "warning",
    logOverride: { "ignored-bare-import": "silent" },
  });
  /** @type {Set<string>} */
  const initial = new Set();
  /** @param {string} file */
  const visit = (file) => {
    if (initial.has(file)) return;
    initial.add(file);
    for (const { path, kind, external } of metafile.outputs[file]?.imports ?? []) {
      if (!external && kind === "import-statement") visit(path);
    }
  };
  visit(`out/${name}.js`);
  const result = { minified: 0, gzipped: 0, lazy: 0 };
  for (const { path, contents } of outputFiles) {
    const gzipped = gzipSync(contents, { level: 9 }).length;
    if ([...initial].some((file) => resolve(root, file) === path)) {
      result.minified += contents.length;
      result.gzipped += gzipped;
    } else {
      result.lazy += gzipped;
    }
  }
  return result;
}

const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} kB`;

const rows = [["entry point", "minified", "gzipped", "on demand, gzipped"]];
for (const [label, name] of entries) {
  const { minified, gzipped, lazy } = await measure(name);
  rows.push([label, kilobytes(minified), kilobytes(gzipped), lazy > 0 ? kilobytes(lazy) : "-"]);
}
const widths = [0, 1, 2, 3].map((column) =>
  Math.max(...rows.map((row) => row[column]?.length ?? 0)),
);
rows.splice(
  1,
  0,
  widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)),
);
for (const row of rows) {
  const cells = row.map((cell, column) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
  );
  console.log(`| ${cells.join(" | ")} |`);
}
