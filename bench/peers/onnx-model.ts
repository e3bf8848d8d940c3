// An ONNX model of one matrix product, byte by byte as protocol buffers encode it.
// The numbers of the fields are those of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).

/** Element types of TensorProto. */
const ELEMENT_TYPES = { float32: 1, float64: 11 } as const;

/** A model that gives C = A·B for square matrices. */
export function productModel(size: number, dtype: keyof typeof ELEMENT_TYPES): Uint8Array {
  const value = (name: string): number[] => {
    const dimension = message(1, integer(1, size));
    const shape = message(2, [...dimension, ...dimension]);
    const tensor = message(1, [...integer(1, ELEMENT_TYPES[dtype]), ...shape]);
    return [...text(1, name), ...message(2, tensor)];
  };
  const node = [...text(1, "A"), ...text(1, "B"), ...text(2, "C"), ...text(4, "MatMul")];
  const graph = [
    ...message(1, node),
    ...text(2, "product"),
    ...message(11, value("A")),
    ...message(11, value("B")),
    ...message(12, value("C")),
  ];
  const operators = integer(2, OPERATOR_SET);
  return Uint8Array.from([...integer(1, FORMAT), ...message(7, graph), ...message(8, operators)]);
}

const FORMAT = 8;
const OPERATOR_SET = 13;

/** Seven bits a byte, the lowest first; the eighth says that more follow. */
function variableLength(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...variableLength(Math.floor(value / 128))];
}

function integer(field: number, value: number): number[] {
  return [...variableLength(field * 8), ...variableLength(value)];
}

function message(field: number, content: readonly number[]): number[] {
  return [...variableLength(field * 8 + 2), ...variableLength(content.length), ...content];
}

function text(field: number, content: string): number[] {
  return message(field, [...new TextEncoder().encode(content)]);
}
