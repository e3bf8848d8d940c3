// The table of a contest: medians, their spread, how far from what is written by hand, and how we stand beside the best peer.

import type { ContestResult, Row } from "./contest.ts";
import { type Outcome, shortfall } from "./targets.ts";

/** The headings of the columns; one that nothing fills is left out. */
const HEADINGS = ["", "median", "middle half", "GFLOP/s", "÷ by hand", "÷ best peer", ""] as const;

export function printContest(result: ContestResult): void {
  const lines = [`\n${result.title}\n`, ...tableOf(result)];
  for (const { name, reason } of result.absent) lines.push(`  not run: ${name} (${reason})`);
  for (const failure of result.failures) lines.push(`  FAILED: ${failure}`);
  lines.push(...result.targets.map((outcome) => `  ${describeTarget(outcome)}`));
  process.stdout.write(`${lines.join("\n")}\n`);
}

function tableOf({ rows, operations }: ContestResult): string[] {
  if (rows.length === 0) return ["  nobody took part"];
  const hand = rows.find(({ kind }) => kind === "hand");
  const best = bestPeer(rows);
  const lines = ordered(rows).map((row) => [
    row.name,
    formatTime(row.median),
    `${formatTime(row.lower)} … ${formatTime(row.upper)}${row.settled ? "" : " ~"}`,
    operations === undefined ? "" : digits(operations / row.median / 1e6),
    hand === undefined ? "" : formatRatio(row.median / hand.median),
    best === undefined ? "" : formatRatio(row.median / best.median),
    verdict(row, best),
  ]);
  const table = aligned([...HEADINGS], lines);
  if (rows.some(({ settled }) => !settled)) table.push("~ the times had not settled");
  return table.map((line) => `  ${line}`);
}

/** Columns of text, the first and the last from the left; those that nothing fills are left out. */
export function aligned(
  headings: readonly string[],
  lines: readonly (readonly string[])[],
): string[] {
  const last = headings.length - 1;
  const shown = headings.map((_, k) => k).filter((k) => lines.some((line) => line[k] !== ""));
  const all = [headings, ...lines];
  const widths = headings.map((_, k) => Math.max(...all.map((line) => (line[k] ?? "").length)));
  const cellOf = (line: readonly string[], k: number): string => {
    const [cell = "", width = 0] = [line[k], widths[k]];
    return k === 0 || k === last ? cell.padEnd(width) : cell.padStart(width);
  };
  return all.map((line) =>
    shown
      .map((k) => cellOf(line, k))
      .join("   ")
      .trimEnd(),
  );
}

/** By hand, then our own, then peers; the faster the earlier. */
function ordered(rows: readonly Row[]): Row[] {
  const place = { hand: 0, ours: 1, peer: 2 };
  return [...rows].sort(
    (left, right) => place[left.kind] - place[right.kind] || left.median - right.median,
  );
}

function bestPeer(rows: readonly Row[]): Row | undefined {
  const peers = rows.filter(({ kind }) => kind === "peer");
  return peers.reduce<Row | undefined>(
    (best, row) => (best === undefined || row.median < best.median ? row : best),
    undefined,
  );
}

function verdict(row: Row, best: Row | undefined): string {
  if (row === best) return "best peer";
  if (row.kind !== "ours" || best === undefined) return "";
  const ratio = row.median / best.median;
  return ratio <= 1
    ? `${formatRatio(1 / ratio)} × as fast as ${best.name}`
    : `behind ${best.name} by ${formatRatio(ratio)} ×`;
}

export function describeTarget(outcome: Outcome): string {
  const { of, to, atMost, atLeast, ratio, met } = outcome;
  const bound = atMost !== undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  const claim = `${of} ÷ ${to} ${bound}`;
  if (ratio === undefined) return `?  ${claim}: not measured`;
  return met === true
    ? `✓  ${claim}: ${formatRatio(ratio)}`
    : `✗  ${claim}: ${formatRatio(ratio)}, behind by ${formatRatio(shortfall(outcome))} ×`;
}

/** Milliseconds with a fitting unit and three digits. */
export function formatTime(milliseconds: number): string {
  if (milliseconds < 1e-3) return `${digits(milliseconds * 1e6)} ns`;
  if (milliseconds < 1) return `${digits(milliseconds * 1e3)} µs`;
  if (milliseconds < 1000) return `${digits(milliseconds)} ms`;
  return `${digits(milliseconds / 1000)} s`;
}

export function formatRatio(ratio: number): string {
  return ratio >= 100 ? ratio.toFixed(0) : ratio.toPrecision(3);
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
