// symtape lesson: a worked lesson, told or as data.

import { backpropLesson } from "../explain/backprop/lesson.ts";
import type { Language } from "../explain/backprop/messages.ts";
import { backpropStory } from "../explain/backprop/story.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { printJson, printStory } from "./output.ts";

export interface LessonOptions {
  readonly sharedBias?: boolean;
  readonly steps: number;
  readonly lang: Language;
  readonly json?: boolean;
}

export function runLesson(options: LessonOptions): ExitCode {
  const { steps, lang, json } = options;
  const lesson = backpropLesson({ sharedBias: options.sharedBias ?? false, steps });
  if (json) printJson(lesson);
  else printStory(backpropStory(lesson, lang));
  return lesson.agree ? EXIT.done : EXIT.disagree;
}
