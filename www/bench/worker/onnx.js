/**
 * Writes networks as ONNX files: the few messages of its protocol buffers that a convnet takes.
 * Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
 */

/** @typedef {{ name: string, dims: number[], values: Float32Array<ArrayBuffer> }} Tensor */
/** @typedef {{ op: string, inputs: string[], output: string, ints?: Record<string, number[]>, int?: Record<string, number> }} Node */

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

/**
 * A model of one input and one output of real numbers.
 * @param {{ nodes: Node[], weights: Tensor[], input: { name: string, dims: number[] }, output: { name: string, dims: number[] } }} graph
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function onnxFile({ nodes, weights, input, output }) {
  const graph = [
    ...nodes.map((node) => message(1, nodeOf(node))),
    text(2, "fovea"),
    ...weights.map((weight) => message(5, tensorOf(weight))),
    message(11, valueOf(input)),
    message(12, valueOf(output)),
  ];
  return joined([number(1, IR_VERSION), message(7, graph), message(8, [number(2, OPSET)])]);
}

/** @param {Node} node */
function nodeOf({ op, inputs, output, ints = {}, int = {} }) {
  const attributes = Object.entries(ints).map(([name, values]) =>
    message(5, [text(1, name), ...values.map((value) => number(8, value)), number(20, ATTRIBUTE_INTS)]),
  );
  const numbers = Object.entries(int).map(([name, value]) =>
    message(5, [text(1, name), number(3, value), number(20, ATTRIBUTE_INT)]),
  );
  return [...inputs.map((name) => text(1, name)), text(2, output), text(4, op), ...attributes, ...numbers];
}

/** @param {Tensor} tensor */
function tensorOf({ name, dims, values }) {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return [...dims.map((dim) => number(1, dim)), number(2, FLOAT), text(8, name), message(9, [bytes])];
}

/** @param {{ name: string, dims: number[] }} value */
function valueOf({ name, dims }) {
  const shape = dims.map((dim) => message(1, [number(1, dim)]));
  return [text(1, name), message(2, [message(1, [number(1, FLOAT), message(2, shape)])])];
}

/**
 * A field that is a message, or bytes: its length comes first.
 * @param {number} field
 * @param {Uint8Array[]} parts
 */
function message(field, parts) {
  const body = joined(parts);
  return joined([varint(field * 8 + 2), varint(body.length), body]);
}

/**
 * @param {number} field
 * @param {string} value
 */
const text = (field, value) => message(field, [new TextEncoder().encode(value)]);

/**
 * @param {number} field
 * @param {number} value whole, from 0
 */
const number = (field, value) => joined([varint(field * 8), varint(value)]);

/**
 * Seven bits a byte, the lowest first; all bytes but the last have the highest bit set.
 * @param {number} value
 */
function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Uint8Array.of(...bytes, value);
}

/** @param {Uint8Array[]} parts */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
