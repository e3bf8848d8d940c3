// The bytes of a module with one function, `run`, over an imported memory.

import type { Constant, Statement, Value, WasmFunction } from "./function-builder.ts";
import { instruction, leb, type ValueType } from "./instructions.ts";

const TYPE_CODES: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/** What the memory of a module must be like. */
export interface MemoryType {
  readonly shared: boolean;
  /** In pages of 64 kB; a shared memory needs it. */
  readonly maximum: number;
}

/**
 * The module. It imports `env.memory` and the functions of the host as `host.0`, `host.1` …, and exports `run`.
 */
export function encodeModule(source: WasmFunction, memory: MemoryType): Uint8Array<ArrayBuffer> {
  const own = functionType(
    source.parameters.map(({ type }) => type),
    source.result?.type,
  );
  const hosts = source.hosts.map((host) => functionType(host.parameters, host.result));
  const bytes = [
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector([own, ...hosts])),
    ...section(
      2,
      vector([
        [...text("env"), ...text("memory"), 0x02, ...memoryType(memory)],
        ...hosts.map((_, i) => [...text("host"), ...text(String(i)), 0x00, ...leb(i + 1)]),
      ]),
    ),
    ...section(3, vector([[0x00]])),
    ...section(7, vector([[...text("run"), 0x00, ...leb(hosts.length)]])),
  ];
  const code = section(10, vector([sized(functionBody(source))]));
  const module = new Uint8Array(bytes.length + code.length);
  module.set(bytes);
  module.set(code, bytes.length);
  return module;
}

function memoryType({ shared, maximum }: MemoryType): number[] {
  return shared ? [0x03, ...leb(0), ...leb(maximum)] : [0x00, ...leb(0)];
}

function functionType(parameters: readonly ValueType[], result: ValueType | undefined): number[] {
  const results = result === undefined ? [] : [[TYPE_CODES[result]]];
  return [0x60, ...vector(parameters.map((type) => [TYPE_CODES[type]])), ...vector(results)];
}

function section(id: number, content: readonly number[]): number[] {
  return [id].concat(sized(content));
}

function sized(content: readonly number[]): number[] {
  return leb(content.length).concat(content);
}

function vector(items: readonly (readonly number[])[]): number[] {
  return leb(items.length).concat(...items);
}

function text(value: string): number[] {
  return sized([...value].map((letter) => letter.charCodeAt(0)));
}

function functionBody(source: WasmFunction): number[] {
  const bytes: number[] = [];
  const locals = source.types.slice(source.parameters.length);
  const runs: number[][] = [];
  for (let i = 0; i < locals.length; ) {
    let end = i;
    while (locals[end] === locals[i] && end < locals.length) end++;
    runs.push([...leb(end - i), TYPE_CODES[locals[i] as ValueType]]);
    i = end;
  }
  push(bytes, vector(runs));
  writeAll(bytes, source.constants);
  writeAll(bytes, source.body);
  if (source.result !== undefined) get(bytes, source.result);
  bytes.push(0x0b);
  return bytes;
}

function push(bytes: number[], more: readonly number[]): void {
  for (const byte of more) bytes.push(byte);
}

function get(bytes: number[], { id }: Value): void {
  bytes.push(0x20);
  push(bytes, leb(id));
}

function set(bytes: number[], { id }: Value): void {
  bytes.push(0x21);
  push(bytes, leb(id));
}

function writeAll(bytes: number[], statements: readonly Statement[]): void {
  for (const statement of statements) write(bytes, statement);
}

const EMPTY_BLOCK = 0x40;

function write(bytes: number[], statement: Statement): void {
  switch (statement.kind) {
    case "constant":
      push(bytes, constantBytes(statement.constant));
      set(bytes, statement.target);
      return;
    case "instruction": {
      const { code, immediates } = instruction(statement.name);
      for (const operand of statement.operands) get(bytes, operand);
      push(bytes, code);
      push(bytes, immediateBytes(immediates, statement.immediates, statement.name));
      if (statement.target !== undefined) set(bytes, statement.target);
      return;
    }
    case "select":
      for (const operand of statement.operands) get(bytes, operand);
      push(bytes, [0x1c, 0x01, TYPE_CODES[statement.target.type]]);
      set(bytes, statement.target);
      return;
    case "copy":
      get(bytes, statement.source);
      set(bytes, statement.target);
      return;
    case "call":
      for (const operand of statement.operands) get(bytes, operand);
      bytes.push(0x10);
      push(bytes, leb(statement.host));
      set(bytes, statement.target);
      return;
    case "loop":
      bytes.push(0x03, EMPTY_BLOCK);
      writeAll(bytes, statement.body);
      get(bytes, statement.again);
      bytes.push(0x0d, 0x00, 0x0b);
      return;
    case "when":
      get(bytes, statement.condition);
      bytes.push(0x04, EMPTY_BLOCK);
      writeAll(bytes, statement.yes);
      if (statement.no.length > 0) {
        bytes.push(0x05);
        writeAll(bytes, statement.no);
      }
      bytes.push(0x0b);
  }
}

function immediateBytes(
  kind: ReturnType<typeof instruction>["immediates"],
  values: readonly number[],
  name: string,
): readonly number[] {
  const [first = 0, second = 0] = values;
  switch (kind) {
    case "none":
      return [];
    case "memory":
      return [0x00, ...leb(first)];
    case "lane":
      return [first];
    case "memory lane":
      return [0x00, ...leb(first), second];
    case "shuffle":
      return values;
    case "bulk":
      return name === "memory.copy" ? [0x00, 0x00] : [0x00];
  }
}

const scratch = new DataView(new ArrayBuffer(16));

function constantBytes({ type, lanes, value }: Constant): readonly number[] {
  switch (type) {
    case "i32":
      return [0x41, ...signedLeb(BigInt(Number(value) | 0))];
    case "i64":
      return [0x42, ...signedLeb(BigInt.asIntN(64, BigInt(value)))];
    case "f32":
      scratch.setFloat32(0, Number(value), true);
      return [0x43, ...scratchBytes(4)];
    case "f64":
      scratch.setFloat64(0, Number(value), true);
      return [0x44, ...scratchBytes(8)];
    case "v128":
      fillLanes(lanes, value);
      return [0xfd, 0x0c, ...scratchBytes(16)];
  }
}

function fillLanes(lanes: Constant["lanes"], value: number | bigint): void {
  for (let i = 0; i < 16; i += lanes === "f64x2" || lanes === "i64x2" ? 8 : 4) {
    if (lanes === "f64x2") scratch.setFloat64(i, Number(value), true);
    else if (lanes === "f32x4") scratch.setFloat32(i, Number(value), true);
    else if (lanes === "i32x4") scratch.setInt32(i, Number(value), true);
    else scratch.setBigInt64(i, BigInt.asIntN(64, BigInt(value)), true);
  }
}

function scratchBytes(count: number): number[] {
  return [...new Uint8Array(scratch.buffer, 0, count)];
}

function signedLeb(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}
