import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { NetInput } from '../../models/manifest.ts';
import { luma, type Pixels } from './pixels.ts';

/** A net's outputs by name. */
export type Outputs = (name: string) => Float32Array;

/** Runs the net on a picture, whose size must be one that the model takes. */
export type Net = (picture: Pixels) => Promise<Outputs>;

/**
 * Opens an ONNX file. A net works on one picture at a time, on one thread. A second thread makes it
 * slower, because the other processes use the other cores.
 * @param options further options of onnxruntime's session, by their full names
 */
export async function openNet(
  path: string,
  input: NetInput,
  options: Readonly<Record<string, string>> = {},
): Promise<Net> {
  const session = await InferenceSession.create(path, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // Pictures have many sizes, and for each size onnxruntime would keep a plan of its memory.
    enableMemPattern: false,
    extra: options,
  });
  const channels = input.channels === 'GREY' ? 1 : 3;
  let space = new Float32Array(channels * input.height * input.width);
  return async (picture) => {
    const length = channels * picture.height * picture.width;
    if (space.length < length) space = new Float32Array(length);
    const values = space.subarray(0, length);
    fill(values, picture, input);
    const size = [picture.height, picture.width];
    const shape = input.layout === 'NCHW' ? [1, channels, ...size] : [1, ...size, channels];
    const results = await session.run({ [input.name]: new Tensor('float32', values, shape) });
    return (name) => {
      const data = results[name]?.data;
      if (!(data instanceof Float32Array)) throw new Error(`the model has no float output "${name}"`);
      return data;
    };
  };
}

/**
 * Writes the picture into `values` as the manifest says: the order of its channels, their layout,
 * and the mean and deviation by which values are scaled.
 */
export function fill(values: Float32Array, { rgb, width, height }: Pixels, input: NetInput): void {
  const area = width * height;
  const channels = input.channels === 'GREY' ? 1 : 3;
  for (let c = 0; c < channels; c++) {
    const step = input.layout === 'NCHW' ? 1 : channels;
    const start = input.layout === 'NCHW' ? c * area : c;
    const source = input.channels === 'BGR' ? 2 - c : c;
    const [mean, std] = input.values === 'image' ? [0, 1] : [of(input.values.mean, c), of(input.values.std, c)];
    const gain = 1 / std;
    const shift = -mean / std;
    if (channels === 1) for (let i = 0; i < area; i++) values[i] = luma(rgb, i * 3) * gain + shift;
    else
      for (let i = 0, o = start, p = source; i < area; i++, o += step, p += 3) values[o] = (rgb[p] ?? 0) * gain + shift;
  }
  if (input.values === 'image') standardise(values);
}

function of(value: number | readonly number[], channel: number): number {
  return typeof value === 'number' ? value : (value[channel] ?? 0);
}

/**
 * Scales the values of a picture to mean 0 and deviation 1. The deviation that it divides by has a
 * lower limit, so that a picture in one colour stays finite (as in FaceNet's prewhitening).
 */
function standardise(values: Float32Array): void {
  let sum = 0;
  let squares = 0;
  for (const v of values) {
    sum += v;
    squares += v * v;
  }
  const mean = sum / values.length;
  const deviation = Math.sqrt(Math.max(0, squares / values.length - mean * mean));
  const std = Math.max(deviation, 1 / Math.sqrt(values.length));
  for (const [i, v] of values.entries()) values[i] = (v - mean) / std;
}
