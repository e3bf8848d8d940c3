// Threefry-2x32 with 20 rounds: a function from a key and a counter to 64 bits that look random.
//
// J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3",
// SC11 (2011). A generator without a state: number i of a key is a function of the key and i alone.

import { allocate, type DType, type TypedArray } from "../../shape.ts";

/** The third word of the key is the exclusive or of the others and this (the constant of Skein 1.3). */
const PARITY = 0x1bd11bda;

const TWO_TO_20 = 1048576;
const TWO_TO_21 = 2097152;
const TWO_TO_MINUS_24 = 1 / 16777216;
const TWO_TO_MINUS_52 = 1 / 4503599627370496;
const TWO_TO_MINUS_53 = 1 / 9007199254740992;

/**
 * The first word of the counter says what the bits are for, so that a key's numbers, the keys split from
 * it and the keys that data is folded into have nothing in common. The second word counts.
 */
export const FOR_NUMBERS = 0;
export const FOR_SPLIT = 1;
export const FOR_FOLD = 2;

/** Writes the two words that belong to a key and a counter of two words each. */
export function threefry(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  words: Int32Array,
): void {
  let first = key0 | 0;
  let second = key1 | 0;
  let third = first ^ second ^ PARITY;
  let x = (counter0 + first) | 0;
  let y = (counter1 + second) | 0;
  // Five groups of four rounds, with a part of the key after each. Written out, it takes half the time.
  for (let group = 1; group <= 5; group++) {
    if (group % 2 === 1) {
      x = (x + y) | 0;
      y = turned(y, 13) ^ x;
      x = (x + y) | 0;
      y = turned(y, 15) ^ x;
      x = (x + y) | 0;
      y = turned(y, 26) ^ x;
      x = (x + y) | 0;
      y = turned(y, 6) ^ x;
    } else {
      x = (x + y) | 0;
      y = turned(y, 17) ^ x;
      x = (x + y) | 0;
      y = turned(y, 29) ^ x;
      x = (x + y) | 0;
      y = turned(y, 16) ^ x;
      x = (x + y) | 0;
      y = turned(y, 24) ^ x;
    }
    x = (x + second) | 0;
    y = (y + third + group) | 0;
    const used = first;
    first = second;
    second = third;
    third = used;
  }
  words[0] = x;
  words[1] = y;
}

function turned(word: number, places: number): number {
  return (word << places) | (word >>> (32 - places));
}

/** What two random words become. */
export type FromWords = (high: number, low: number) => number;

/** The first 53 bits as a float64 in [0, 1): a whole multiple of 2^-53. */
export const unitFloat64: FromWords = (high, low) =>
  ((high >>> 0) * TWO_TO_21 + (low >>> 11)) * TWO_TO_MINUS_53;

/** The first 24 bits as a float32 in [0, 1): the float64 rounded down. */
export const unitFloat32: FromWords = (high) => (high >>> 8) * TWO_TO_MINUS_24;

/** The middle of that of 2^52 equal parts of (0, 1) which the first 52 bits name: exact, never 0 or 1. */
export const openUnit: FromWords = (high, low) =>
  ((high >>> 0) * TWO_TO_20 + (low >>> 12) + 0.5) * TWO_TO_MINUS_52;

/** Numbers 0 to `count - 1` of every key, key after key. */
export function drawNumbers(
  keys: ArrayLike<number>,
  count: number,
  dtype: DType,
  fromWords: FromWords,
): TypedArray {
  const numbers = allocate(dtype, (keys.length / 2) * count);
  const words = new Int32Array(2);
  for (let k = 0; 2 * k < keys.length; k++) {
    const key0 = keys[2 * k] as number;
    const key1 = keys[2 * k + 1] as number;
    for (let i = 0; i < count; i++) {
      threefry(key0, key1, FOR_NUMBERS, i, words);
      numbers[k * count + i] = fromWords(words[0] as number, words[1] as number);
    }
  }
  return numbers;
}
