import { readFile, writeFile } from 'node:fs/promises';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { RepairStep } from './manifest.ts';

/** Field numbers of ONNX: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
const MODEL = { graph: 7 } as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, between: 13 } as const;
const NODE = { input: 1, operator: 4, attribute: 5 } as const;
const ATTRIBUTE = { name: 1 } as const;
const TENSOR = { size: 1, name: 8 } as const;
const VALUE = { name: 1, type: 2 } as const;
const TYPE = { tensor: 1 } as const;
const TENSOR_TYPE = { shape: 2 } as const;

/**
 * Makes an ONNX file runnable in place, step by step. All other bytes stay as they are, so that the
 * repaired file always has the same sha256.
 */
export async function repair(path: string, steps: readonly RepairStep[]): Promise<void> {
  const parts = fieldsOf(await readFile(path)).map((field) => {
    if (field.number !== MODEL.graph) return field.raw;
    const graph = steps.reduce(takeStep, fieldsOf(field.content));
    return message(MODEL.graph, graph).raw;
  });
  await writeFile(path, Buffer.concat(parts));
}

/** The graph after a step. */
function takeStep(graph: readonly Field[], step: RepairStep): readonly Field[] {
  switch (step.kind) {
    case 'inputs':
      // Converters leave weights among the inputs. The runtime would ask for them at each run.
      return graph.filter(
        ({ number, content }) => number !== GRAPH.input || step.keep.includes(textOf(content, VALUE.name)),
      );
    case 'any-size':
      return graph
        .filter(({ number }) => number !== GRAPH.between)
        .map((field) => (field.number === GRAPH.input || field.number === GRAPH.output ? openSize(field) : field));
    case 'one-block': {
      const lists = graph.filter(
        ({ number, content }) => number === GRAPH.initializer && all(content, TENSOR.size).length === 1,
      );
      const names = lists.map(({ content }) => textOf(content, TENSOR.name));
      return graph.map((field) => (field.number === GRAPH.node ? inOneBlock(field, names) : field));
    }
  }
}

/** An input or output without the size of its tensor. */
function openSize(value: Field): Field {
  return within(value, VALUE.type, (type) =>
    within(type, TYPE.tensor, (tensor) =>
      message(
        TYPE.tensor,
        fieldsOf(tensor.content).filter(({ number }) => number !== TENSOR_TYPE.shape),
      ),
    ),
  );
}

/** Lets a node that dequantises one of `lists` use one scale for the whole list. */
function inOneBlock(node: Field, lists: readonly string[]): Field {
  const isBlocked = textOf(node.content, NODE.operator) === 'DequantizeLinear';
  if (!isBlocked || !lists.includes(textOf(node.content, NODE.input))) return node;
  const kept = fieldsOf(node.content).filter(
    ({ number, content }) =>
      number !== NODE.attribute || !['axis', 'block_size'].includes(textOf(content, ATTRIBUTE.name)),
  );
  return message(node.number, kept);
}

/** The message, with its fields of number `part` changed. */
function within(field: Field, part: number, change: (part: Field) => Field): Field {
  return message(
    field.number,
    fieldsOf(field.content).map((inner) => (inner.number === part ? change(inner) : inner)),
  );
}

function message(number: number, fields: readonly Field[]): Field {
  const content = Buffer.concat(fields.map(({ raw }) => raw));
  return { number, content, raw: new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(content).finish() };
}

interface Field {
  readonly number: number;
  /** The bytes with tag and length. */
  readonly raw: Uint8Array;
  /** Empty unless the field is a message, a text or bytes. */
  readonly content: Uint8Array;
}

function fieldsOf(message: Uint8Array): Field[] {
  const reader = new BinaryReader(message);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, type] = reader.tag();
    const content = type === WireType.LengthDelimited ? reader.bytes() : new Uint8Array();
    if (type !== WireType.LengthDelimited) reader.skip(type, number);
    fields.push({ number, raw: message.subarray(start, reader.pos), content });
  }
  return fields;
}

function all(message: Uint8Array, number: number): Field[] {
  return fieldsOf(message).filter((field) => field.number === number);
}

/** The first text with that field number. */
function textOf(message: Uint8Array, number: number): string {
  return new TextDecoder().decode(all(message, number)[0]?.content);
}
