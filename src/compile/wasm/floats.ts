// Floating-point numbers in vectors of 128 bits.

export type FloatType = "float64" | "float32";
export type FloatLanes = "f64x2" | "f32x4";

/** The elements of a dtype in vectors of 128 bits. */
export interface Format {
  readonly dtype: FloatType;
  readonly lanes: FloatLanes;
  /** The type of one element. */
  readonly scalar: "f64" | "f32";
  /** Bytes of an element. */
  readonly bytes: number;
  /** Elements of a vector. */
  readonly count: number;
}

export const FORMATS: Readonly<Record<FloatType, Format>> = {
  float64: { dtype: "float64", lanes: "f64x2", scalar: "f64", bytes: 8, count: 2 },
  float32: { dtype: "float32", lanes: "f32x4", scalar: "f32", bytes: 4, count: 4 },
};
