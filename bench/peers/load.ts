// Finds peers in the package of the bench; they are no dependencies of symtape.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const directory = new URL("node_modules/", import.meta.url);
const require = createRequire(import.meta.url);

export const INSTALL = "npm ci --prefix bench/peers --ignore-scripts";

export function peersInstalled(): boolean {
  return existsSync(directory);
}

/** Imports a peer. What the bench uses of it is declared where it is used, so that types need no installation. */
export async function loadPeer<T>(name: string): Promise<T> {
  if (!peersInstalled()) throw new Error(`not installed: ${INSTALL}`);
  return (await import(name)) as T;
}

/** The same for a peer in CommonJS. */
export function requirePeer<T>(name: string): T {
  if (!peersInstalled()) throw new Error(`not installed: ${INSTALL}`);
  return require(name) as T;
}

/** A file of a peer. */
export function peerFile(path: string): URL {
  return new URL(path, directory);
}

/** The installed versions of what bench/peers/package.json asks for. */
export function peerVersions(): Readonly<Record<string, string>> {
  if (!peersInstalled()) return {};
  const read = (url: URL): { version: string; dependencies: Record<string, string> } =>
    JSON.parse(readFileSync(url, "utf8"));
  const { dependencies } = read(new URL("package.json", import.meta.url));
  return Object.fromEntries(
    Object.keys(dependencies).map((name) => [name, read(peerFile(`${name}/package.json`)).version]),
  );
}
