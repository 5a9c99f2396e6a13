import { createRequire } from 'node:module';
import { join } from 'node:path';
import sharp from 'sharp';

/** The parts of face-api and TensorFlow.js that its default pipeline uses. */
interface FaceApi {
  readonly tf: {
    setWasmPaths(folder: string): void;
    env(): { set(flag: string, value: boolean): void };
    setBackend(name: string): Promise<boolean>;
    tensor3d(values: Int32Array, shape: readonly number[], type: 'int32'): { dispose(): void };
  };
  readonly nets: Readonly<Record<string, { loadFromDisk(folder: string): Promise<void> }>>;
  detectAllFaces(photo: unknown): { withFaceLandmarks(): { withFaceDescriptors(): Promise<readonly unknown[]> } };
}

const NETS = ['ssdMobilenetv1', 'faceLandmark68Net', 'faceRecognitionNet'];

const MODULES = join(import.meta.dirname, 'node_modules');
const require = createRequire(import.meta.url);

/** `@vladmandic/face-api` as its own demo for Node and WebAssembly configures it, on one thread. */
async function open(): Promise<(photo: Uint8Array) => Promise<number>> {
  const faceapi = require('@vladmandic/face-api/dist/face-api.node-wasm.js') as FaceApi;
  const { tf } = faceapi;
  tf.setWasmPaths(`${MODULES}/@tensorflow/tfjs-backend-wasm/dist/`);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!(await tf.setBackend('wasm'))) throw new Error('TensorFlow.js has no WebAssembly backend here');
  for (const net of NETS) await faceapi.nets[net]?.loadFromDisk(`${MODULES}/@vladmandic/face-api/model`);

  return async (photo) => {
    const { data, info } = await sharp(photo).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const tensor = tf.tensor3d(new Int32Array(data), [info.height, info.width, 3], 'int32');
    const faces = await faceapi.detectAllFaces(tensor).withFaceLandmarks().withFaceDescriptors();
    tensor.dispose();
    return faces.length;
  };
}

const see = await open();
process.on('message', async (photo) => {
  const start = performance.now();
  const faces = await see(photo as Uint8Array);
  process.send?.({ ms: performance.now() - start, faces });
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
