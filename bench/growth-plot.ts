// Draws how time and memory grow, as docs/growth.svg, with Observable Plot.

import { writeFileSync } from "node:fs";
import { loadPeer, peersInstalled } from "./peers/load.ts";

export interface GrowthPoint {
  readonly name: string;
  readonly across: "elements" | "nodes";
  readonly size: number;
  readonly milliseconds: number;
  readonly bytes?: number;
}

/** What the bench uses of Observable Plot. */
interface Plot {
  plot(options: object): { readonly outerHTML: string };
  line(data: readonly object[], options: object): object;
  dot(data: readonly object[], options: object): object;
}

interface Linkedom {
  parseHTML(text: string): { readonly document: unknown };
}

const WIDTH = 400;
const HEIGHT = 260;
const LEGEND = 30;
const COLORS: Readonly<Record<string, string>> = {
  compiled: "#1f6feb",
  "recorded anew": "#d1570a",
  compiling: "#8250df",
  "JavaScript loop": "#57606a",
};

/** Writes the picture; says what it did. */
export async function plotGrowth(points: readonly GrowthPoint[]): Promise<string> {
  if (!peersInstalled()) return "not drawn: Observable Plot is not installed";
  const plot = await loadPeer<Plot>("@observablehq/plot");
  const { parseHTML } = await loadPeer<Linkedom>("linkedom");
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const panels = (["element", "node"] as const).flatMap((unit, row) => {
    const those = points.filter(({ across }) => across === `${unit}s`);
    const times = those.map(({ name, size, milliseconds }) => ({
      ...{ name, size },
      value: (milliseconds * 1e6) / size,
    }));
    const bytes = those
      .filter((point) => point.bytes !== undefined)
      .map(({ name, size, bytes = 0 }) => ({ name, size, value: bytes / size }));
    return [
      panel(plot, document, times, `nanoseconds for each ${unit}`, [0, row]),
      panel(plot, document, bytes, `bytes for each ${unit}`, [1, row]),
    ];
  });
  const [width, height] = [2 * WIDTH, 2 * HEIGHT + LEGEND];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif">`;
  const background = `<rect width="100%" height="100%" fill="white"/>`;
  const content = [svg, background, legend(), ...panels, "</svg>"].join("\n");
  writeFileSync(new URL("../docs/growth.svg", import.meta.url), `${content}\n`);
  return "drawn: docs/growth.svg";
}

function legend(): string {
  return Object.entries(COLORS)
    .map(([name, color], k) => {
      const text = `<text x="${16 + 140 * k}" y="20" font-size="13" fill="${color}">`;
      return `${text}● ${name}</text>`;
    })
    .join("");
}

interface Dot {
  readonly name: string;
  readonly size: number;
  readonly value: number;
}

/** One picture of four, at a column and a row. Where growth is linear the lines are level. */
function panel(
  { plot, line, dot }: Plot,
  document: unknown,
  dots: readonly Dot[],
  label: string,
  [column, row]: readonly [number, number],
): string {
  const color = ({ name }: Dot): string | undefined => COLORS[name];
  const values = dots.map(({ value }) => value);
  const drawn = plot({
    document,
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 52,
    marginTop: 36,
    x: axis(dots.map(({ size }) => size)),
    y: { ...axis(values), label },
    marks: [
      line(dots, { x: "size", y: "value", z: "name", stroke: color, strokeWidth: 2 }),
      dot(dots, { x: "size", y: "value", fill: color, r: 3 }),
    ],
  });
  const place = `x="${column * WIDTH}" y="${LEGEND + row * HEIGHT}"`;
  return drawn.outerHTML.replace("<svg ", `<svg ${place} `);
}

/** A logarithmic axis from power of ten to power of ten. */
function axis(values: readonly number[]): object {
  const low = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values)) - 1e-9));
  const ticks = Array.from({ length: high - low + 1 }, (_, k) => 10 ** (low + k));
  return {
    type: "log",
    label: null,
    domain: [10 ** low, 10 ** high],
    ticks,
    tickFormat: power,
    grid: true,
  };
}

function power(value: number): string {
  const exponent = String(Math.round(Math.log10(value)));
  return `10${exponent.replace("-", "⁻").replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)] ?? "")}`;
}
