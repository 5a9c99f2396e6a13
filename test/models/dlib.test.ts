import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { importPack } from '../../models/pack.ts';
import { readConfig } from '../../src/config.ts';
import { openPipeline } from '../../src/face/pipeline.ts';
import { distance, portrait, sample, subjectOf, tiltedPortrait } from '../face/samples.ts';

const WEIGHTS = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'model');
const FILES = { weights: 'face_recognition_model.bin', list: 'face_recognition_model-weights_manifest.json' };
const built = JSON.parse(await readFile(new URL('../../models/dlib128.json', import.meta.url), 'utf8'));

/**
 * The distance that one pair of strangers in a thousand reaches. With the 0.6 of dlib's tutorials,
 * two women of the samples count as one.
 */
const SAME = built.thresholds.verify;

test('dlib128 is made of the weights that face-api ships, byte for byte, and tells people apart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'facefinder-dlib-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = { ...built.files };
  for (const [name, file] of Object.entries(FILES)) {
    files[name] = { source: `file:${file}`, sha256: built.files[name].sha256 };
    await cp(join(WEIGHTS, file), join(folder, file));
  }
  await mkdir(join(folder, 'store'));
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...built, files }));
  // Detector and landmarks are those of the default pack, which this machine has.
  const pack = await importPack(folder, { modelDir: join(folder, 'store'), mirror: readConfig(process.env).modelDir });

  const { see } = await openPipeline(pack);
  const her = subjectOf(await see(await tiltedPortrait()))?.embedding ?? new Float32Array();
  const somebodyElse = subjectOf(await see(await portrait()))?.embedding ?? new Float32Array();
  const anotherDay = (await see(await readFile(sample(3)))).faces.map(({ embedding }) => distance(embedding, her));
  expect(her).toHaveLength(128);
  expect(Math.min(...anotherDay)).toBeLessThan(SAME);
  expect(anotherDay.filter((d) => d < SAME)).toHaveLength(1);
  expect(distance(her, somebodyElse)).toBeGreaterThan(SAME);
});
