import { type Constant, type Graph, onnxOf } from './onnx.ts';

/**
 * The list of weights, in the format of TensorFlow.js. The weights themselves follow each other in
 * a file of bytes. The list needs no schema, because the file's sha256 is checked.
 */
type Listed = readonly {
  readonly weights: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    /** With it, a byte b stands for b · scale + min. Without it, each number has four bytes. */
    readonly quantization?: { readonly scale: number; readonly min: number };
  }[];
}[];

/** The side of the aligned face in pixels. */
const SIDE = 150;

/**
 * Converts the weights that face-api has of dlib's face recognition net (a ResNet of 29 layers) to
 * ONNX. `list` describes the weights. The manifest says how pixels are prepared.
 */
export function dlibOf(weights: Uint8Array, list: string): Uint8Array {
  const tensors = read(weights, JSON.parse(list));
  const constants: Record<string, Constant> = {};
  const nodes: Graph['nodes'][number][] = [];
  type Attributes = Graph['nodes'][number]['attributes'];

  function op(name: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const output = `t${nodes.length}`;
    nodes.push({ op: name, inputs, outputs: [output], attributes });
    return output;
  }

  function constant(name: string, value: Constant): string {
    constants[name] = value;
    return name;
  }

  /** A convolution. dlib's affine layer (a scale and a bias per channel) is multiplied into it. */
  function convolve(x: string, name: string, stride: number, padding: number): string {
    const filters = of(tensors, `${name}/conv/filters`);
    const scale = of(tensors, `${name}/scale/weights`).values;
    const added = of(tensors, `${name}/scale/biases`).values;
    const bias = of(tensors, `${name}/conv/bias`).values.map((b, o) => Math.fround(b * at(scale, o)) + at(added, o));
    const w = constant(`${name}/w`, oneAfterTheOther(filters, scale));
    const b = constant(`${name}/b`, { shape: [bias.length], values: bias });
    const [height = 0, width = 0] = filters.shape;
    const attributes = { strides: [stride, stride], pads: [padding, padding, padding, padding] };
    return op('Conv', [x, w, b], { ...attributes, kernel_shape: [height, width] });
  }

  const relu = (x: string) => op('Relu', [x]);
  const twice = (x: string, name: string, stride: number, padding: number) =>
    convolve(relu(convolve(x, `${name}/conv1`, stride, padding)), `${name}/conv2`, 1, 1);
  const pad = (x: string, name: string, after: readonly number[]) =>
    op('Pad', [x, constant(name, { shape: [8], values: BigInt64Array.from([0, 0, 0, 0, ...after].map(BigInt)) })]);

  let x = relu(convolve('input', 'conv32_down', 2, 0));
  x = op('MaxPool', [x], { kernel_shape: [3, 3], strides: [2, 2] });
  let side = halved(halved(SIDE, 7), 3);
  let channels = 32;

  const residual = (input: string, name: string) => relu(op('Add', [twice(input, name, 1, 1), input]));

  /**
   * Halves the width and height. Where the two branches differ in size or channels, dlib fills the
   * smaller one up with zeros.
   */
  function down(input: string, name: string): string {
    const wide = of(tensors, `${name}/conv2/conv/filters`).shape[3] ?? 0;
    const [long, short] = [halved(side, 3), Math.floor(side / 2)];
    let residue = twice(input, name, 2, 0);
    let kept = op('AveragePool', [input], { kernel_shape: [2, 2], strides: [2, 2] });
    if (long < short) residue = pad(residue, `${name}/size`, [0, 0, short - long, short - long]);
    if (wide > channels) kept = pad(kept, `${name}/channels`, [0, wide - channels, 0, 0]);
    [side, channels] = [short, wide];
    return relu(op('Add', [kept, residue]));
  }

  for (const name of ['conv32_1', 'conv32_2', 'conv32_3']) x = residual(x, name);
  for (const [name, count] of [
    ['conv64', 3],
    ['conv128', 2],
    ['conv256', 2],
  ] as const) {
    x = down(x, `${name}_down`);
    for (let i = 1; i <= count; i++) x = residual(x, `${name}_${i}`);
  }
  x = down(x, 'conv256_down_out');
  x = op('ReduceMean', [x], { axes: [2, 3], keepdims: 0 });
  nodes.push({ op: 'MatMul', inputs: [x, constant('fc', of(tensors, 'fc'))], outputs: ['output'] });
  return onnxOf({ inputs: { input: [1, 3, SIDE, SIDE] }, outputs: ['output'], nodes, constants });
}

/** The output size of a convolution or pooling with stride 2 and no padding. */
const halved = (side: number, kernel: number): number => Math.floor((side - kernel) / 2) + 1;

interface Weights extends Constant {
  readonly values: Float32Array;
}

function read(bytes: Uint8Array, list: Listed): Map<string, Weights> {
  const tensors = new Map<string, Weights>();
  let start = 0;
  for (const { name, shape, quantization } of list.flatMap(({ weights }) => weights)) {
    const count = shape.reduce((product, size) => product * size, 1);
    const end = start + count * (quantization ? 1 : 4);
    const own = Uint8Array.from(bytes.subarray(start, end));
    tensors.set(name, { shape, values: quantization ? restored(own, quantization) : new Float32Array(own.buffer) });
    start = end;
  }
  return tensors;
}

function restored(bytes: Uint8Array, { scale, min }: { readonly scale: number; readonly min: number }): Float32Array {
  const [gain, shift] = [Math.fround(scale), Math.fround(min)];
  return Float32Array.from(bytes, (v) => Math.fround(v * gain) + shift);
}

function of(tensors: ReadonlyMap<string, Weights>, name: string): Weights {
  const found = tensors.get(name);
  if (!found) throw new Error(`face-api has no weights ${name}`);
  return found;
}

/**
 * Puts the weights into ONNX's order (out, in, height, width). TensorFlow has (height, width, in,
 * out). Each output is multiplied by its scale.
 */
function oneAfterTheOther({ shape, values }: Weights, scale: Float32Array): Weights {
  const [height = 0, width = 0, from = 0, to = 0] = shape;
  const turned = new Float32Array(values.length);
  let n = 0;
  for (let o = 0; o < to; o++)
    for (let i = 0; i < from; i++)
      for (let p = 0; p < height * width; p++) turned[n++] = at(values, (p * from + i) * to + o) * at(scale, o);
  return { shape: [to, from, height, width], values: turned };
}

function at(values: Float32Array, index: number): number {
  return values[index] ?? 0;
}
