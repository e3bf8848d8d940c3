// The lesson on backpropagation told step by step.

import { type Block, equation, heading, note, paragraph, table, title } from "../story.ts";
import { type BackpropLesson, type GradientByMethods, shortNumber } from "./lesson.ts";
import { type Language, type Messages, messages } from "./messages.ts";

/** The lesson's numbers as a story in the given language. */
export function backpropStory(lesson: BackpropLesson, language: Language = "en"): Block[] {
  const say = messages[language];
  return [
    title(say.title),
    paragraph(say.setting),
    ...lesson.network.text.split("\n").map(equation),
    ...settingTable(lesson, say),
    ...forwardPart(lesson, say),
    ...sigmoidPart(lesson, say),
    ...outputPart(lesson, say),
    ...hiddenPart(lesson, say),
    ...methodsPart(lesson, say),
    ...trainingPart(lesson, say),
  ];
}

function settingTable({ network }: BackpropLesson, say: Messages): Block[] {
  const { x, t, w1, w2, b1, b2 } = network;
  const rows = Object.entries({ x, t, w1, b1, w2, b2 });
  return [
    table(
      [say.name, say.value],
      rows.map(([name, value]) => [name, JSON.stringify(value).replaceAll(",", ", ")]),
    ),
  ];
}

function forwardPart({ forward }: BackpropLesson, say: Messages): Block[] {
  const { g1, h, g2, y, loss } = forward;
  return [
    heading(say.forward),
    paragraph(say.forwardText),
    table(
      [say.name, say.value],
      [
        ["g1 = w1·x + b1", list(g1 as readonly number[])],
        ["h = σ(g1)", list(h)],
        ["g2 = w2·h + b2", list(g2)],
        ["y = σ(g2)", list(y)],
        ["E = ½ Σ (y − t)²", String(loss)],
      ],
    ),
  ];
}

function sigmoidPart({ sigmoidDerivative }: BackpropLesson, say: Messages): Block[] {
  const { withDecimalE, withExactE, symtape } = sigmoidDerivative;
  return [
    heading(say.sigmoid),
    paragraph(say.sigmoidText),
    note(say.decimalE),
    equation(withDecimalE.derivative),
    note(say.exactE),
    equation(withExactE.derivative),
    paragraph(say.sigmoidOwn),
    equation(symtape.text),
  ];
}

function outputPart(lesson: BackpropLesson, say: Messages): Block[] {
  const { error, slope, delta, sharedB2Gradient } = lesson.outputLayer;
  return [
    heading(say.output),
    paragraph(say.outputText),
    table(
      [say.unit, say.error, say.slope, `${say.delta}2`],
      error.map((value, i) => [
        String(i + 1),
        ...[value, slope[i] as number, delta[i] as number].map(shortNumber),
      ]),
    ),
    factoredTable(lesson, "w2", say),
    paragraph(say.biasSum),
    equation(`${delta.map(shortNumber).join(" + ")} = ${shortNumber(sharedB2Gradient)}`),
  ];
}

function hiddenPart(lesson: BackpropLesson, say: Messages): Block[] {
  const { error, slope, delta, sharedB1Gradient } = lesson.hiddenLayer;
  return [
    heading(say.hidden),
    paragraph(say.hiddenText),
    table(
      [say.unit, say.hiddenError, say.hiddenSlope, `${say.delta}1`],
      error.map((value, i) => [
        String(i + 1),
        ...[value, slope[i] as number, delta[i] as number].map(shortNumber),
      ]),
    ),
    paragraph(say.hiddenThen),
    factoredTable(lesson, "w1", say),
    paragraph(say.biasSum.replace("δ2", "δ1")),
    equation(`${delta.map(shortNumber).join(" + ")} = ${shortNumber(sharedB1Gradient)}`),
  ];
}

function factoredTable({ factored }: BackpropLesson, prefix: string, say: Messages): Block {
  return table(
    [`∂E/∂${prefix}`, say.factors, say.numbers, say.gradient],
    factored
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, symbols, numbers, value }) => [name, symbols, numbers, shortNumber(value)]),
  );
}

function methodsPart({ gradients, agree }: BackpropLesson, say: Messages): Block[] {
  const columns = [
    say.name,
    say.byHand,
    say.symbolic,
    say.tape,
    say.mathjs,
    say.finiteDifference,
    say.complexStep,
    say.digits,
  ];
  return [
    heading(say.methods),
    paragraph(say.methodsText),
    table(
      columns,
      Object.entries(gradients).map(([name, found]) => [
        name,
        ...methodNumbers(found, say),
        found.agreeingDigits.toFixed(1),
      ]),
    ),
    note(agree ? say.agreed : say.disagreed),
  ];
}

function methodNumbers(found: GradientByMethods, say: Messages): string[] {
  const { byHand, symbolic, tape, mathjs, finiteDifference, complexStep } = found;
  return [byHand, symbolic, tape, mathjs, finiteDifference, complexStep].map((value) =>
    typeof value === "number" ? tenDecimals(value) : say.refused,
  );
}

function tenDecimals(value: number): string {
  return value.toFixed(10);
}

function trainingPart({ training }: BackpropLesson, say: Messages): Block[] {
  const { biasPerUnit, sharedBias, learningRate } = training;
  return [
    heading(say.training),
    paragraph(`${say.trainingText} ${learningRate}.`),
    table(
      [say.steps, say.perUnit, say.byTape, say.shared, say.byTape],
      biasPerUnit.map(({ step, loss, lossByTape }, i) => {
        const shared = sharedBias[i] as (typeof sharedBias)[number];
        return [step, loss, lossByTape, shared.loss, shared.lossByTape].map(String);
      }),
    ),
    paragraph(say.roundingText),
  ];
}

function list(values: readonly number[]): string {
  return values.join(", ");
}
