import { readFile, writeFile } from 'node:fs/promises';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { RepairStep } from './manifest.ts';

/** Where things stand in an ONNX file, by the numbers of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
const MODEL_GRAPH = 7;
const GRAPH_INPUT = 11;
const VALUE_NAME = 1;

/**
 * Makes an ONNX file runnable in place, step by step. All that stays, stays byte for byte, so that the
 * repaired file has one sha256.
 */
export async function repair(path: string, steps: readonly RepairStep[]): Promise<void> {
  const parts = fieldsOf(await readFile(path)).map((field) => {
    if (field.number !== MODEL_GRAPH) return field.raw;
    const graph = steps.reduce(takeStep, fieldsOf(field.content));
    const content = Buffer.concat(graph.map(({ raw }) => raw));
    return new BinaryWriter().tag(MODEL_GRAPH, WireType.LengthDelimited).bytes(content).finish();
  });
  await writeFile(path, Buffer.concat(parts));
}

/** The graph after a step. */
function takeStep(graph: readonly Field[], { keep }: RepairStep): readonly Field[] {
  // Converters leave weights among the inputs, which the runtime would ask for at each run.
  return graph.filter(({ number, content }) => number !== GRAPH_INPUT || keep.includes(nameOf(content)));
}

interface Field {
  readonly number: number;
  /** With its tag and its length. */
  readonly raw: Uint8Array;
  /** Empty for what is no message, text or bytes. */
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

function nameOf(value: Uint8Array): string {
  const name = fieldsOf(value).find((field) => field.number === VALUE_NAME);
  return new TextDecoder().decode(name?.content);
}
