// Everything that a person looks at.

export { type BackpropLesson, type BackpropOptions, backpropLesson } from "./backprop/lesson.ts";
export type { Language } from "./backprop/messages.ts";
export { backpropStory } from "./backprop/story.ts";
export { type CompareOptions, compare } from "./compare.ts";
export type {
  Comparison,
  Method,
  MethodAgreement,
  Refused,
  TextAndValue,
  VariableComparison,
} from "./comparison.ts";
export type { Block } from "./story.ts";
