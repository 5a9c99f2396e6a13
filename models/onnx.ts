import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** One step of a net; an attribute is a whole number or a list of them. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

/** Numbers that a net holds: floats are weights, the others are parameters of a step. */
export interface Constant {
  readonly shape: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

/** A net of float tensors. */
export interface Graph {
  /** Names and shapes. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: readonly string[];
  readonly nodes: readonly Node[];
  readonly constants?: Readonly<Record<string, Constant>>;
}

const FLOAT = 1;
const INT64 = 7;
/** Kinds of attributes. */
const INT = 2;
const INTS = 7;

const IR_VERSION = 8;
const OPSET = 13;

/**
 * The net as an ONNX file, the same bytes each time. Field numbers are from
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function onnxOf({ inputs, outputs, nodes, constants = {} }: Graph): Uint8Array {
  const graph = new BinaryWriter();
  for (const each of nodes) message(graph, 1, nodeOf(each));
  text(graph, 2, 'graph');
  for (const [name, constant] of Object.entries(constants)) message(graph, 5, tensorOf(name, constant));
  for (const [name, shape] of Object.entries(inputs)) message(graph, 11, infoOf(name, shape));
  for (const name of outputs) message(graph, 12, infoOf(name));
  const opset = int(new BinaryWriter(), 2, OPSET);
  return message(message(int(new BinaryWriter(), 1, IR_VERSION), 8, opset), 7, graph).finish();
}

function nodeOf({ op, inputs, outputs, attributes = {} }: Node): BinaryWriter {
  const writer = new BinaryWriter();
  for (const name of inputs) text(writer, 1, name);
  for (const name of outputs) text(writer, 2, name);
  text(writer, 4, op);
  for (const [name, value] of Object.entries(attributes)) {
    const attribute = text(new BinaryWriter(), 1, name);
    if (typeof value === 'number') int(int(attribute, 3, value), 20, INT);
    else int(ints(attribute, 8, value), 20, INTS);
    message(writer, 5, attribute);
  }
  return writer;
}

function tensorOf(name: string, { shape, values }: Constant): BinaryWriter {
  const type = values instanceof Float32Array ? FLOAT : INT64;
  const writer = text(int(ints(new BinaryWriter(), 1, shape), 2, type), 8, name);
  // ONNX is little-endian, like every machine that Node runs on.
  return bytes(writer, 9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

/** Without a shape, the runtime infers it. */
function infoOf(name: string, shape?: readonly number[]): BinaryWriter {
  const tensor = int(new BinaryWriter(), 1, FLOAT);
  const dims = new BinaryWriter();
  for (const size of shape ?? []) message(dims, 1, int(new BinaryWriter(), 1, size));
  if (shape) message(tensor, 2, dims);
  return message(text(new BinaryWriter(), 1, name), 2, message(new BinaryWriter(), 1, tensor));
}

function message(writer: BinaryWriter, field: number, content: BinaryWriter): BinaryWriter {
  return bytes(writer, field, content.finish());
}

function bytes(writer: BinaryWriter, field: number, content: Uint8Array): BinaryWriter {
  return writer.tag(field, WireType.LengthDelimited).bytes(content);
}

function text(writer: BinaryWriter, field: number, content: string): BinaryWriter {
  return writer.tag(field, WireType.LengthDelimited).string(content);
}

function int(writer: BinaryWriter, field: number, value: number): BinaryWriter {
  return writer.tag(field, WireType.Varint).int64(value);
}

function ints(writer: BinaryWriter, field: number, values: readonly number[]): BinaryWriter {
  return values.reduce((into, value) => int(into, field, value), writer);
}
