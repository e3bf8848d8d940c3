// The text of a kernel, one statement a line, as people read it.

import type { Statement, Value, WasmFunction } from "./function-builder.ts";

/** The listing of a function: every value has a name and a line. */
export function listing(source: WasmFunction): string {
  const name = (value: Value): string => `$${source.names.get(value.id) ?? value.id}`;
  const parameters = source.parameters.map((value) => `${name(value)}: ${value.type}`).join(", ");
  const { result } = source;
  return [
    `run(${parameters})${result === undefined ? "" : `: ${result.type}`}`,
    ...source.constants.flatMap((statement) => linesOf(statement, source, name)).map(indented),
    ...source.body.flatMap((statement) => linesOf(statement, source, name)).map(indented),
    ...(result === undefined ? [] : [`  return ${name(result)}`]),
  ].join("\n");
}

function indented(line: string): string {
  return `  ${line}`;
}

function linesOf(
  statement: Statement,
  source: WasmFunction,
  name: (value: Value) => string,
): readonly string[] {
  const inner = (statements: readonly Statement[]): readonly string[] =>
    statements.flatMap((one) => linesOf(one, source, name)).map(indented);
  switch (statement.kind) {
    case "constant": {
      const { type, lanes, value } = statement.constant;
      return [`${name(statement.target)} = ${lanes ?? type} ${value}`];
    }
    case "instruction": {
      const words = [statement.name, ...statement.operands.map(name), ...statement.immediates];
      const target = statement.target === undefined ? "" : `${name(statement.target)} = `;
      return [target + words.join(" ")];
    }
    case "select":
      return [`${name(statement.target)} = select ${statement.operands.map(name).join(" ")}`];
    case "copy":
      return [`${name(statement.target)} = ${name(statement.source)}`];
    case "call": {
      const host = source.hosts[statement.host]?.name;
      return [`${name(statement.target)} = call ${host} ${statement.operands.map(name).join(" ")}`];
    }
    case "loop":
      return ["loop", ...inner(statement.body), `again while ${name(statement.again)}`];
    case "when": {
      const otherwise = statement.no.length === 0 ? [] : ["otherwise", ...inner(statement.no)];
      return [`when ${name(statement.condition)}`, ...inner(statement.yes), ...otherwise];
    }
  }
}
