import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const built = JSON.parse(await readFile(join(ROOT, 'models/faceplugin512.json'), 'utf8'));
const weights = Buffer.from('weights');
const sha256 = createHash('sha256').update(weights).digest('hex');

let work: string;
let modelDir: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'facefinder-models-'));
  modelDir = join(work, 'store');
});
afterEach(() => rm(work, { recursive: true }));

/** `facefinder models` in its own process, with an empty MODEL_DIR and no source. */
function models(...args: string[]) {
  const env = { ...process.env, DATA_DIR: work, MODEL_DIR: modelDir, MODEL_MIRROR: join(work, 'nowhere') };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [join(ROOT, 'src/main.ts'), 'models', ...args],
      { env },
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

/** A folder with a pack called tiny, whose one file is beside its manifest. */
async function tinyPack(changes: object = {}): Promise<string> {
  const folder = join(work, 'tiny');
  await mkdir(folder, { recursive: true });
  const files = { detector: { source: 'file:weights.onnx', sha256 } };
  const manifest = { ...built, name: 'tiny', summary: 'A pack for tests', files, ...changes };
  await writeFile(join(folder, 'weights.onnx'), weights);
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return folder;
}

test('list shows each pack: dimensions, whether its files are here, which is in use, and its licences', async () => {
  const { code, out } = await models('list');
  expect(code).toBe(0);
  expect(out).toMatch(/^sface128@\S+ {2}128-d {2}not fetched, in use$/m);
  expect(out).toMatch(/^faceplugin512@\S+ {2}512-d {2}not fetched$/m);
  expect(out).toContain(`code: ${built.licences.code}; weights: ${built.licences.weights}`);
});

test('an imported pack is listed as here, verifies, and is fetched without asking anybody', async () => {
  expect(await models('import', await tinyPack())).toMatchObject({
    code: 0,
    out: expect.stringContaining('use it with FACE_PACK=tiny'),
  });
  expect((await models('list')).out).toMatch(/^tiny@\S+ {2}512-d {2}here$/m);
  expect(await models('verify', 'tiny')).toMatchObject({ code: 0, out: 'ok   detector\n' });
  expect(await models('fetch', 'tiny')).toMatchObject({ code: 0, out: expect.stringContaining('tiny@') });
});

test('verify points at the file that was changed, says what brings it back, exit 1', async () => {
  await models('import', await tinyPack());
  await writeFile(join(modelDir, sha256), 'tampered with');
  const { code, out, err } = await models('verify', 'tiny');
  expect({ code, out }).toEqual({ code: 1, out: 'FAIL detector\n' });
  expect(err).toContain('facefinder models fetch tiny');
});

test('fetch that reaches no source fails, exit 1, and nothing claims to be here', async () => {
  expect((await models('fetch')).code).toBe(1);
  expect((await models('list')).out).toContain('not fetched');
});

test.each([
  ['a misspelt field', { versoin: '2' }, 'versoin'],
  ['a field that nobody knows', { metric: 'cosine' }, 'metric'],
  ['a name that is a path', { name: '../tiny' }, 'name'],
])('import of a manifest with %s names it, exit 1', async (_, changes, field) => {
  const { code, err } = await models('import', await tinyPack(changes));
  expect(code).toBe(1);
  expect(err).toContain(field);
  expect((await models('list')).out).not.toContain('tiny');
});

test('a pack that is not there is named, exit 1', async () => {
  expect(await models('verify', 'nobody')).toMatchObject({ code: 1, err: expect.stringContaining('"nobody"') });
});

test.each([[[]], [['dance']], [['import']], [['list', 'one', 'two']]])(
  'models %j is wrong usage, exit 2',
  async (args) => {
    expect((await models(...args)).code).toBe(2);
  },
);
