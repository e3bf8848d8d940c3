// Everything that a person looks at.

export { type BackpropLesson, type BackpropOptions, backpropLesson } from "./backprop/lesson.ts";
export type { Language } from "./backprop/messages.ts";
export { backpropStory } from "./backprop/story.ts";
export {
  type CompareOptions,
  type Comparison,
  compare,
  type Method,
  type MethodAgreement,
  type Refused,
  type TextAndValue,
  type VariableComparison,
} from "./compare.ts";
export type { Explainable } from "./scalars.ts";
export type { Block } from "./story.ts";
