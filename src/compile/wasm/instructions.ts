// The WebAssembly instructions that kernels use: their codes and their types.

export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

/** An instruction without immediates, or with those that `immediates` names. */
export interface Instruction {
  readonly code: readonly number[];
  readonly operands: readonly ValueType[];
  readonly result: ValueType | undefined;
  readonly immediates: "none" | "memory" | "lane" | "memory lane" | "shuffle" | "bulk";
}

/** What follows the prefix 0xfd is a number in LEB128; the others are single bytes. */
const PREFIX = { plain: [], vector: [0xfd], bulk: [0xfc] } as const;

const LETTERS: Readonly<Record<string, ValueType>> = {
  i: "i32",
  l: "i64",
  f: "f32",
  d: "f64",
  v: "v128",
};

const table = new Map<string, Instruction>();

/** Adds instructions of one type, written as `operands:result` in letters. */
function add(
  prefix: keyof typeof PREFIX,
  type: string,
  list: Readonly<Record<string, number>>,
  immediates: Instruction["immediates"] = "none",
): void {
  const [operands = "", result = ""] = type.split(":");
  for (const [name, code] of Object.entries(list)) {
    table.set(name, {
      code: prefix === "plain" ? [code] : [...PREFIX[prefix], ...leb(code)],
      operands: [...operands].map((letter) => LETTERS[letter] as ValueType),
      result: LETTERS[result],
      immediates,
    });
  }
}

/** An unsigned number in LEB128. */
export function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** Codes for a family of names that follow each other. */
function from(first: number, names: string): Record<string, number> {
  return Object.fromEntries(names.split(" ").map((name, i) => [name, first + i]));
}

function family(type: string, first: number, names: string): Record<string, number> {
  return from(
    first,
    names
      .split(" ")
      .map((name) => `${type}.${name}`)
      .join(" "),
  );
}

const WHOLE_COMPARISONS = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
const WHOLE_ARITHMETIC = "add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr";
const FLOAT_COMPARISONS = "eq ne lt gt le ge";
const FLOAT_UNARY = "abs neg ceil floor trunc nearest sqrt";
const FLOAT_BINARY = "add sub mul div min max copysign";

add("plain", "i:i", { "i32.eqz": 0x45 });
add("plain", "ii:i", family("i32", 0x46, WHOLE_COMPARISONS));
add("plain", "l:i", { "i64.eqz": 0x50 });
add("plain", "ll:i", family("i64", 0x51, WHOLE_COMPARISONS));
add("plain", "ff:i", family("f32", 0x5b, FLOAT_COMPARISONS));
add("plain", "dd:i", family("f64", 0x61, FLOAT_COMPARISONS));
add("plain", "i:i", family("i32", 0x67, "clz ctz popcnt"));
add("plain", "ii:i", family("i32", 0x6a, WHOLE_ARITHMETIC));
add("plain", "ll:l", family("i64", 0x7c, WHOLE_ARITHMETIC));
add("plain", "f:f", family("f32", 0x8b, FLOAT_UNARY));
add("plain", "ff:f", family("f32", 0x92, FLOAT_BINARY));
add("plain", "d:d", family("f64", 0x99, FLOAT_UNARY));
add("plain", "dd:d", family("f64", 0xa0, FLOAT_BINARY));
add("plain", "l:i", { "i32.wrap_i64": 0xa7 });
add("plain", "i:l", { "i64.extend_i32_s": 0xac, "i64.extend_i32_u": 0xad });
add("plain", "i:f", { "f32.convert_i32_s": 0xb2, "f32.convert_i32_u": 0xb3 });
add("plain", "d:f", { "f32.demote_f64": 0xb6 });
add("plain", "i:d", { "f64.convert_i32_s": 0xb7, "f64.convert_i32_u": 0xb8 });
add("plain", "l:d", { "f64.convert_i64_s": 0xb9, "f64.convert_i64_u": 0xba });
add("plain", "f:d", { "f64.promote_f32": 0xbb });
add("plain", "f:i", { "i32.reinterpret_f32": 0xbc });
add("plain", "d:l", { "i64.reinterpret_f64": 0xbd });
add("plain", "i:f", { "f32.reinterpret_i32": 0xbe });
add("plain", "l:d", { "f64.reinterpret_i64": 0xbf });
add("bulk", "f:i", { "i32.trunc_sat_f32_s": 0 });
add("bulk", "d:i", { "i32.trunc_sat_f64_s": 2 });
add("bulk", "d:l", { "i64.trunc_sat_f64_s": 6 });

add("plain", "i:i", { "i32.load": 0x28, "i32.load8_u": 0x2d }, "memory");
add("plain", "i:l", { "i64.load": 0x29 }, "memory");
add("plain", "i:f", { "f32.load": 0x2a }, "memory");
add("plain", "i:d", { "f64.load": 0x2b }, "memory");
add("plain", "ii:", { "i32.store": 0x36, "i32.store8": 0x3a }, "memory");
add("plain", "il:", { "i64.store": 0x37 }, "memory");
add("plain", "if:", { "f32.store": 0x38 }, "memory");
add("plain", "id:", { "f64.store": 0x39 }, "memory");
add("bulk", "iii:", { "memory.copy": 0x0a, "memory.fill": 0x0b }, "bulk");

add(
  "vector",
  "i:v",
  {
    "v128.load": 0x00,
    ...from(0x07, "v128.load8_splat v128.load16_splat v128.load32_splat v128.load64_splat"),
    ...from(0x5c, "v128.load32_zero v128.load64_zero"),
  },
  "memory",
);
add("vector", "iv:", { "v128.store": 0x0b }, "memory");
add("vector", "iv:v", from(0x56, "v128.load32_lane v128.load64_lane"), "memory lane");
add("vector", "iv:", from(0x5a, "v128.store32_lane v128.store64_lane"), "memory lane");
add("vector", "vv:v", { "i8x16.shuffle": 0x0d }, "shuffle");
add("vector", "vv:v", { "i8x16.swizzle": 0x0e });
add("vector", "i:v", from(0x0f, "i8x16.splat i16x8.splat i32x4.splat"));
add("vector", "l:v", { "i64x2.splat": 0x12 });
add("vector", "f:v", { "f32x4.splat": 0x13 });
add("vector", "d:v", { "f64x2.splat": 0x14 });
add("vector", "v:i", { "i32x4.extract_lane": 0x1b }, "lane");
add("vector", "vi:v", { "i32x4.replace_lane": 0x1c }, "lane");
add("vector", "v:l", { "i64x2.extract_lane": 0x1d }, "lane");
add("vector", "vl:v", { "i64x2.replace_lane": 0x1e }, "lane");
add("vector", "v:f", { "f32x4.extract_lane": 0x1f }, "lane");
add("vector", "vf:v", { "f32x4.replace_lane": 0x20 }, "lane");
add("vector", "v:d", { "f64x2.extract_lane": 0x21 }, "lane");
add("vector", "vd:v", { "f64x2.replace_lane": 0x22 }, "lane");
add("vector", "vv:v", family("i32x4", 0x37, WHOLE_COMPARISONS));
add("vector", "vv:v", family("f32x4", 0x41, FLOAT_COMPARISONS));
add("vector", "vv:v", family("f64x2", 0x47, FLOAT_COMPARISONS));
add("vector", "v:v", { "v128.not": 0x4d });
add("vector", "vv:v", from(0x4e, "v128.and v128.andnot v128.or v128.xor"));
add("vector", "vvv:v", { "v128.bitselect": 0x52 });
add("vector", "v:i", { "v128.any_true": 0x53, "i32x4.all_true": 0xa3, "i64x2.all_true": 0xc3 });
add("vector", "v:i", { "i32x4.bitmask": 0xa4, "i64x2.bitmask": 0xc4 });
add("vector", "v:v", { "f32x4.demote_f64x2_zero": 0x5e, "f64x2.promote_low_f32x4": 0x5f });
add("vector", "v:v", family("f32x4", 0x67, "ceil floor trunc nearest"));
add("vector", "v:v", {
  "f64x2.ceil": 0x74,
  "f64x2.floor": 0x75,
  "f64x2.trunc": 0x7a,
  "f64x2.nearest": 0x94,
});
add("vector", "v:v", {
  "i32x4.abs": 0xa0,
  "i32x4.neg": 0xa1,
  "i64x2.abs": 0xc0,
  "i64x2.neg": 0xc1,
});
add("vector", "vi:v", {
  ...family("i32x4", 0xab, "shl shr_s shr_u"),
  ...family("i64x2", 0xcb, "shl shr_s shr_u"),
});
add("vector", "vv:v", {
  "i32x4.add": 0xae,
  "i32x4.sub": 0xb1,
  ...family("i32x4", 0xb5, "mul min_s min_u max_s max_u"),
  "i64x2.add": 0xce,
  "i64x2.sub": 0xd1,
  "i64x2.mul": 0xd5,
  ...family("i64x2", 0xd6, "eq ne lt_s gt_s le_s ge_s"),
});
add("vector", "v:v", {
  ...family(
    "i64x2",
    0xc7,
    "extend_low_i32x4_s extend_high_i32x4_s extend_low_i32x4_u extend_high_i32x4_u",
  ),
});
add("vector", "v:v", { "f32x4.abs": 0xe0, "f32x4.neg": 0xe1, "f32x4.sqrt": 0xe3 });
add("vector", "vv:v", family("f32x4", 0xe4, "add sub mul div min max pmin pmax"));
add("vector", "v:v", { "f64x2.abs": 0xec, "f64x2.neg": 0xed, "f64x2.sqrt": 0xef });
add("vector", "vv:v", family("f64x2", 0xf0, "add sub mul div min max pmin pmax"));
add("vector", "v:v", {
  "i32x4.trunc_sat_f32x4_s": 0xf8,
  "f32x4.convert_i32x4_s": 0xfa,
  "i32x4.trunc_sat_f64x2_s_zero": 0xfc,
  "f64x2.convert_low_i32x4_s": 0xfe,
});
/** Fused or not, as the machine likes: only where a program says so. */
add("vector", "vvv:v", {
  "f32x4.relaxed_madd": 0x105,
  "f32x4.relaxed_nmadd": 0x106,
  "f64x2.relaxed_madd": 0x107,
  "f64x2.relaxed_nmadd": 0x108,
});

/** The instruction of a name; a name that is not there is a mistake of ours. */
export function instruction(name: string): Instruction {
  const found = table.get(name);
  if (found === undefined) throw new Error(`there is no instruction ${name} in the table`);
  return found;
}
