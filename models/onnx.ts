import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** A number, or a list of whole numbers. */
type Attribute = number | readonly number[];

interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

interface Graph {
  /** Names and shapes of float tensors. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: readonly string[];
  readonly nodes: readonly Node[];
  /** Lists of whole numbers that nodes take as inputs. */
  readonly constants?: Readonly<Record<string, readonly number[]>>;
}

const FLOAT = 1;
const INT64 = 7;

/** An ONNX file, by the numbers of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
export function onnx({ inputs, outputs, nodes, constants = {} }: Graph): Uint8Array {
  const graph = new BinaryWriter();
  for (const each of nodes) message(graph, 1, node(each));
  graph.tag(2, WireType.LengthDelimited).string('graph');
  for (const [name, values] of Object.entries(constants)) message(graph, 5, constant(name, values));
  for (const [name, shape] of Object.entries(inputs)) message(graph, 11, value(name, shape));
  for (const name of outputs) message(graph, 12, value(name));
  const opset = new BinaryWriter().tag(2, WireType.Varint).int64(13);
  return message(message(new BinaryWriter().tag(1, WireType.Varint).int64(8), 8, opset), 7, graph).finish();
}

function message(writer: BinaryWriter, field: number, content: BinaryWriter): BinaryWriter {
  return writer.tag(field, WireType.LengthDelimited).bytes(content.finish());
}

function node({ op, inputs, outputs, attributes = {} }: Node): BinaryWriter {
  const writer = new BinaryWriter();
  for (const name of inputs) writer.tag(1, WireType.LengthDelimited).string(name);
  for (const name of outputs) writer.tag(2, WireType.LengthDelimited).string(name);
  writer.tag(4, WireType.LengthDelimited).string(op);
  for (const [name, given] of Object.entries(attributes)) message(writer, 5, attribute(name, given));
  return writer;
}

function attribute(name: string, given: Attribute): BinaryWriter {
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).string(name);
  if (typeof given === 'number') return writer.tag(3, WireType.Varint).int64(given).tag(20, WireType.Varint).int32(2);
  for (const each of given) writer.tag(8, WireType.Varint).int64(each);
  return writer.tag(20, WireType.Varint).int32(7);
}

function constant(name: string, values: readonly number[]): BinaryWriter {
  const writer = new BinaryWriter().tag(1, WireType.Varint).int64(values.length).tag(2, WireType.Varint).int32(INT64);
  for (const each of values) writer.tag(7, WireType.Varint).int64(each);
  return writer.tag(8, WireType.LengthDelimited).string(name);
}

function value(name: string, shape?: readonly number[]): BinaryWriter {
  const tensor = new BinaryWriter().tag(1, WireType.Varint).int32(FLOAT);
  const dims = new BinaryWriter();
  for (const size of shape ?? []) message(dims, 1, new BinaryWriter().tag(1, WireType.Varint).int64(size));
  if (shape) message(tensor, 2, dims);
  return message(
    new BinaryWriter().tag(1, WireType.LengthDelimited).string(name),
    2,
    message(new BinaryWriter(), 1, tensor),
  );
}
