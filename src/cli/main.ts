#!/usr/bin/env node
// The command line: reads arguments, calls the library, prints.

import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { SymtapeError } from "../expr/errors.ts";
import { runCompare } from "./compare.ts";
import { runDerive } from "./derive.ts";
import { EXIT, type ExitCode, UsageError } from "./exit.ts";
import { runLesson } from "./lesson.ts";
import { readAssignment, readShape } from "./point.ts";
import { VERSION } from "./version.ts";

function program(): Command {
  const symtape = new Command("symtape")
    .description("Differentiate, compare and explain, symbolically and numerically.")
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError("(symtape --help lists the commands)")
    .addHelpText(
      "after",
      `
Examples:
  symtape derive "1/(1+exp(-x))" --by x
  symtape compare "sin(x)*y^2" --at x=0.5 --at y=3
  symtape lesson backprop

Exit status: 0 done, 1 failed, 2 bad usage, 3 methods disagree.`,
    );
  addDerive(symtape);
  addCompare(symtape);
  addLesson(symtape);
  return symtape;
}

function at(): Option {
  return new Option(
    "--at <name=value>",
    "a value for a variable: 0.5, pi/2 or a matrix such as [[1,2],[3,4]]; may be repeated",
  )
    .argParser(readAssignment)
    .default({});
}

function shape(): Option {
  return new Option(
    "--shape <name=shape>",
    "the shape of a variable without a value: 3, 2x3 or scalar; may be repeated",
  )
    .argParser(readShape)
    .default({});
}

function addDerive(symtape: Command): void {
  symtape
    .command("derive")
    .description("the derivative of a formula, as a formula")
    .argument("<expression>", "a formula such as 1/(1+exp(-x))")
    .requiredOption("--by <name>", "the variable to differentiate by")
    .option("--order <number>", "how many times to differentiate", readOrder, 1)
    .addOption(at())
    .addOption(shape())
    .option("--json", "print JSON")
    .allowUnknownOption()
    .action((expression: string, options) => finish(runDerive(expression, options)));
}

function addCompare(symtape: Command): void {
  symtape
    .command("compare")
    .description("the derivative by every method, number beside number")
    .argument("<expression>", "a formula such as sin(x)*y^2")
    .addOption(at())
    .option("--json", "print JSON")
    .allowUnknownOption()
    .action((expression: string, options) => finish(runCompare(expression, options)));
}

function addLesson(symtape: Command): void {
  symtape
    .command("lesson")
    .description("a worked lesson with every number")
    .addArgument(symtape.createArgument("<name>", "the lesson").choices(["backprop"]))
    .option("--shared-bias", "one bias for each layer in place of one for each unit")
    .option("--steps <number>", "steps of gradient descent", readSteps, 1000)
    .addOption(new Option("--lang <language>", "the language").choices(["en", "ko"]).default("en"))
    .option("--json", "print JSON")
    .action((_name: string, options) => finish(runLesson(options)));
}

function wholeNumber(text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}.`);
}

function readOrder(text: string): number {
  return wholeNumber(text, 1, 20);
}

function readSteps(text: string): number {
  return wholeNumber(text, 0, 1_000_000);
}

function finish(code: ExitCode): void {
  process.exitCode = code;
}

/** An expression may begin with a minus; anything else that begins with two is a misspelt option. */
function checkOptions(args: readonly string[]): void {
  const known = new Set(
    program()
      .commands.flatMap((command) => command.options)
      .flatMap((option) => [option.long, option.short]),
  );
  for (const argument of args) {
    if (argument === "--") return;
    const option = argument.split("=")[0] as string;
    if (
      /^--[a-z]/.test(argument) &&
      !known.has(option) &&
      !["--help", "--version"].includes(option)
    ) {
      throw new UsageError(`unknown option '${option}'.${expressionHint(args, argument)}`);
    }
  }
}

/** How an expression that begins with two minus signs is given. */
function expressionHint(args: readonly string[], argument: string): string {
  const [command] = args;
  if (command !== "derive" && command !== "compare") return "";
  const others = args.filter((other) => other !== argument).map((other) => quoted(other));
  return ` If it is the expression, write: symtape ${others.join(" ")} -- ${quoted(argument, true)}`;
}

function quoted(argument: string, always = false): string {
  const plain = !always && /^[-\w=.]+$/.test(argument);
  return plain ? argument : JSON.stringify(argument);
}

function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof UsageError) {
    process.stderr.write(`symtape: ${error.message}\n(symtape --help lists the commands)\n`);
    return EXIT.usage;
  }
  if (error instanceof SymtapeError) {
    process.stderr.write(`symtape: ${error.message}\n`);
    return EXIT.failed;
  }
  throw error;
}

try {
  const args = process.argv.slice(2);
  checkOptions(args);
  program().parse(args, { from: "user" });
} catch (error) {
  process.exitCode = report(error);
}
