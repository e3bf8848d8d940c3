/**
 * Packs the package and checks the tarball: publint, attw, declared dependencies, and that every
 * entry point loads from the unpacked files alone.
 */
import { execFileSync } from "node:child_process";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @returns {void}
 */
function run(command, args, cwd = root) {
  execFileSync(command, args, { cwd, stdio: "inherit" });
}

/**
 * Names of the packages that the published files import.
 * @param {string} directory
 * @returns {Promise<Set<string>>}
 */
async function importedPackages(directory) {
  const names = new Set();
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/\.(?:js|d\.ts)$/.test(entry.name)) continue;
    const text = await readFile(join(entry.parentPath, entry.name), "utf8");
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      if (fileName.startsWith(".") || isBuiltin(fileName)) continue;
      names.add(
        fileName
          .split("/")
          .slice(0, fileName.startsWith("@") ? 2 : 1)
          .join("/"),
      );
    }
  }
  return names;
}

const directory = await mkdtemp(join(tmpdir(), "symtape-package-"));
try {
  const tarball = join(directory, "symtape.tgz");
  run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", directory]);
  const packed = (await readdir(directory)).find((name) => name.endsWith(".tgz"));
  if (packed === undefined) throw new Error("npm pack made no tarball");
  await rename(join(directory, packed), tarball);

  run("npx", ["--no-install", "publint", "run", tarball, "--strict"]);
  run("npx", ["--no-install", "attw", tarball, "--profile", "esm-only"]);

  const modules = join(directory, "node_modules");
  const unpacked = join(modules, "symtape");
  await mkdir(unpacked, { recursive: true });
  run("tar", ["-xzf", tarball, "-C", unpacked, "--strip-components=1"]);
  const about = JSON.parse(await readFile(join(unpacked, "package.json"), "utf8"));
  const declared = new Set(Object.keys(about.dependencies ?? {}));
  const imported = await importedPackages(join(unpacked, "dist"));
  imported.delete("symtape");
  for (const name of imported) {
    if (!declared.has(name)) throw new Error(`published files import ${name}, not a dependency`);
  }
  for (const name of declared) {
    if (!imported.has(name)) throw new Error(`no published file imports the dependency ${name}`);
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, "node_modules", name), join(modules, name));
  }

  const entries = Object.keys(about.exports).map((path) => path.replace(/^\./, "symtape"));
  const load = entries.map((entry) =>
    entry.endsWith(".json")
      ? `await import(${JSON.stringify(entry)}, { with: { type: "json" } });`
      : `if (Object.keys(await import(${JSON.stringify(entry)})).length === 0) throw new Error("${entry} exports nothing");`,
  );
  await writeFile(join(directory, "load.mjs"), `${load.join("\n")}\n`);
  run(process.execPath, ["--no-warnings", "load.mjs"], directory);
  run(process.execPath, [join(unpacked, about.bin.symtape), "--version"], directory);
  console.log(`loaded ${entries.join(", ")} from the unpacked tarball`);
} finally {
  await rm(directory, { recursive: true, force: true });
}
