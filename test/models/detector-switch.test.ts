import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importPack, listPacks, loadPack } from '../../models/pack.ts';
import { readConfig } from '../../src/config.ts';
import { openPipeline, type See } from '../../src/face/pipeline.ts';
import { defaultPack, distance, portrait, SAMPLE_FACES, sample, shared } from '../face/samples.ts';

const folder = shared('models/yunet-n');

/**
 * The default pack's manifest with another detector. It differs only in data, and needs no other
 * code.
 */
async function yunetManifest(): Promise<object> {
  const { manifest } = await defaultPack();
  const strides = [8, 16, 32].map((stride) => ({
    stride,
    scores: [`cls_${stride}`, `obj_${stride}`],
    boxes: `bbox_${stride}`,
    points: `kps_${stride}`,
  }));
  return {
    ...manifest,
    name: 'yunet-sface128',
    files: {
      ...manifest.files,
      detector: {
        source: 'file:yunet_n_dynamic.onnx',
        sha256: '104ee26c71d5c270ce79a6b3dced91c91013260d29a6bf18f9296c5b8c4c2b12',
      },
    },
    detector: {
      ...manifest.detector,
      input: { ...manifest.detector.input, width: 640, height: 640, channels: 'BGR', values: { mean: 0, std: 1 } },
      fit: { place: 'corner', fill: 0 },
      output: { kind: 'cells', strides },
      minScore: 0.6,
    },
  };
}

describe.skipIf(!folder)('a pack with another detector, imported from a folder', () => {
  const { modelDir } = readConfig(process.env);
  let work: string;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'facefinder-models-'));
    await copyFile(join(folder ?? '', 'yunet_n_dynamic.onnx'), join(work, 'yunet_n_dynamic.onnx'));
  });
  afterAll(() => rm(work, { recursive: true }));

  async function open(manifest: object): Promise<See> {
    await writeFile(join(work, 'manifest.json'), JSON.stringify(manifest));
    const store = { modelDir: join(work, 'store'), mirror: modelDir };
    const pack = await importPack(work, store);
    expect((await listPacks(store.modelDir)).map((listed) => listed.manifest.name)).toContain(pack.manifest.name);
    return (await openPipeline(await loadPack(pack.manifest.name, store))).see;
  }

  test('finds the faces that are there, and their embeddings compare', async () => {
    const see = await open(await yunetManifest());
    for (const [index, count] of SAMPLE_FACES.entries()) {
      expect((await see(await readFile(sample(index + 1)))).faces.length).toBeGreaterThanOrEqual(count);
    }
    const usual = (await (await openPipeline(await defaultPack())).see(await portrait())).faces[0];
    const other = (await see(await portrait())).faces[0];
    expect(usual && other && distance(usual.embedding, other.embedding)).toBeLessThan(0.4);
  });

  test("aligns by the detector's own five points where the pack has no landmark net", async () => {
    const landmarks = { kind: 'detector' };
    const see = await open({ ...(await yunetManifest()), landmarks, points: [[0], [1], [2], [3], [4]] });
    const usual = (await (await openPipeline(await defaultPack())).see(await portrait())).faces[0];
    const other = (await see(await portrait())).faces[0];
    expect(other?.landmarks).toHaveLength(5);
    expect(usual && other && distance(usual.embedding, other.embedding)).toBeLessThan(0.7);
  });

  test('aligns by the box where the pack says so', async () => {
    const manifest = { ...(await yunetManifest()), align: { kind: 'box', size: 112, margin: 0.1 } };
    const see = await open(manifest);
    expect((await see(await portrait())).faces[0]?.embedding).toHaveLength(128);
  });
});
