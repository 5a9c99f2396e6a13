import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { manifestSchema } from '../../models/manifest.ts';

const MODELS = join(import.meta.dirname, '../../models');
const builtIn = (await readdir(MODELS)).filter((name) => name.endsWith('.json'));
const base: object = JSON.parse(await readFile(join(MODELS, 'faceplugin512.json'), 'utf8'));

describe('a manifest', () => {
  test.each(builtIn)('%s in the repository is valid and called like its file', async (file) => {
    const manifest = manifestSchema.parse(JSON.parse(await readFile(join(MODELS, file), 'utf8')));
    expect(`${manifest.name}.json`).toBe(file);
    expect(manifest.origin).not.toBe('');
    expect(Object.keys(manifest.files)).toEqual(
      expect.arrayContaining([manifest.detector.file, manifest.embedder.file]),
    );
  });

  test('is refused with a misspelt field, and without a sha256', () => {
    const field = manifestSchema.safeParse({ ...base, detectr: {} });
    expect(field.error?.issues[0]?.message).toContain('detectr');
    const file = manifestSchema.safeParse({ ...base, files: { detector: { source: 'https://example.org/a.onnx' } } });
    expect(file.success).toBe(false);
  });

  test('that would fetch over plain http is refused', () => {
    const source = 'http://example.org/a.onnx';
    expect(manifestSchema.safeParse({ ...base, files: { detector: { source, sha256: '0'.repeat(64) } } }).success).toBe(
      false,
    );
  });

  test('is refused when its impostor table does not fall', () => {
    const table = {
      ...Reflect.get(base, 'impostors'),
      fmr: [
        [0.001, 1.1],
        [0.01, 1.0],
      ],
    };
    expect(manifestSchema.safeParse({ ...base, impostors: table }).success).toBe(false);
  });
});
