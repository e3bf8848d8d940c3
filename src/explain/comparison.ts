// What a comparison of derivatives holds.

import type { DifferenceEstimate, Smoothness } from "../autodiff/differences.ts";
import type { RecordedRun } from "../autodiff/record.ts";

/** Why a witness gives no answer. */
export interface Refused {
  readonly refused: string;
}

/** A derivative in text and as a number. */
export interface TextAndValue {
  readonly text: string;
  readonly value: number;
}

/** How one method stands to the tape. */
export interface MethodAgreement {
  readonly digits: number;
  /** The relative difference that counts as agreement. */
  readonly tolerance: number;
  readonly agrees: boolean;
}

/** The methods that are held against the tape. */
export type Method = "symbolic" | "mathjs" | "finiteDifference" | "complexStep";

/** The derivative by one variable, by every method. */
export interface VariableComparison {
  /** The graph's own derivative; `value` is computed from its numerically stable form. */
  readonly symbolic: TextAndValue & { readonly tex: string };
  readonly tape: number;
  /** These share no rule with symtape: mathjs derives by itself, the other two only evaluate. */
  readonly witnesses: {
    readonly mathjs: TextAndValue | Refused;
    readonly finiteDifference: number;
    readonly complexStep: number | Refused;
  };
  /** The digits to which every method that answered agrees with the tape. */
  readonly agreeingDigits: number;
  readonly methods: Readonly<Partial<Record<Method, MethodAgreement>>>;
  /** Why methods differ, or why there is no derivative. */
  readonly reason?: string;
}

export interface Comparison {
  readonly expression: string;
  readonly point: Readonly<Record<string, number>>;
  readonly value: number;
  readonly variables: Readonly<Record<string, VariableComparison>>;
  /** Whether all methods that answered agree for every variable. */
  readonly agree: boolean;
}

/** What each method answered for one variable. */
export interface Answers {
  readonly symbolic: TextAndValue & { readonly tex: string };
  readonly mathjs: TextAndValue | Refused;
  readonly finiteDifference: number;
  readonly complexStep: number | Refused;
}

/** What is known when a reason is looked for. */
export interface Findings {
  readonly name: string;
  readonly tape: number;
  readonly answers: Answers;
  readonly methods: Readonly<Partial<Record<Method, MethodAgreement>>>;
  readonly smoothness: Smoothness;
  readonly difference: DifferenceEstimate;
  /** The formula at the point. */
  readonly run: RecordedRun;
  /** Its derivative at the point, as the formula of the derivative computes it. */
  derivativeRun(): RecordedRun;
}
