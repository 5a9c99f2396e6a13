import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { importPack, listPacks, loadPack, verifyPack } from '../../models/pack.ts';

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const built = JSON.parse(await readFile(join(import.meta.dirname, '../../models/faceplugin512.json'), 'utf8'));

const detector = Buffer.alloc(300_000, 'detector');
const embedder = Buffer.alloc(700_000, 'embedder');

let work: string;
let modelDir: string;
const servers: Server[] = [];
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'facefinder-pack-'));
  modelDir = join(work, 'store');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) server.close().closeAllConnections();
  await rm(work, { recursive: true });
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A folder with a pack called tiny whose files have these sources. */
async function packOf(files: Record<'detector' | 'embedder', object>): Promise<string> {
  const folder = join(work, 'tiny');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'detector.onnx'), detector);
  await writeFile(join(folder, 'embedder.onnx'), embedder);
  const landmarks = { kind: 'detector' };
  const points = [[0], [1], [2], [3], [4]];
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...built, name: 'tiny', files, landmarks, points }));
  return folder;
}

const local = {
  detector: { source: 'file:detector.onnx', sha256: hash(detector) },
  embedder: { source: 'file:embedder.onnx', sha256: hash(embedder) },
};
const remote = {
  detector: { source: 'https://models.example/detector.onnx', sha256: hash(detector) },
  embedder: { source: 'https://models.example/embedder.onnx', sha256: hash(embedder) },
};

/** What the store holds besides manifests: finished files, and folders of unfinished ones. */
async function stored(): Promise<string[]> {
  return (await readdir(modelDir).catch(() => [])).filter((name) => name !== 'packs');
}

describe('a pack from a folder', () => {
  test('is imported with its files, and loads from the store alone from then on', async () => {
    const folder = await packOf(local);
    expect((await importPack(folder, { modelDir })).id).toBe('tiny@1');
    await rm(folder, { recursive: true });
    const pack = await loadPack('tiny', { modelDir });
    expect(pack).toMatchObject({ id: 'tiny@1', dims: 512 });
    expect(await readFile(pack.files.embedder ?? '')).toEqual(embedder);
  });

  test('is listed beside those of the repository, with what is here of it', async () => {
    await importPack(await packOf(local), { modelDir });
    const listed = (await listPacks(modelDir)).map(({ manifest, stored: whole }) => [manifest.name, whole]);
    expect(listed).toEqual(
      expect.arrayContaining([
        ['tiny', true],
        ['faceplugin512', false],
      ]),
    );
  });

  test('is refused when a file is not the one in the manifest, and leaves nothing behind', async () => {
    const folder = await packOf(local);
    await writeFile(join(folder, 'embedder.onnx'), 'another file');
    await expect(importPack(folder, { modelDir })).rejects.toThrow('sha256 differs');
    expect(await stored()).toEqual([hash(detector)]);
    await expect(loadPack('tiny', { modelDir })).rejects.toThrow('there is no pack "tiny"');
  });

  test('with a wrong manifest is refused by the name of the field', async () => {
    const folder = await packOf(local);
    await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...built, name: 'tiny', thresholds: 1 }));
    await expect(importPack(folder, { modelDir })).rejects.toThrow('thresholds');
  });
});

describe('the store', () => {
  test('tells a damaged file and a missing one from a whole one, and fetches both again', async () => {
    const folder = await packOf(local);
    await importPack(folder, { modelDir });
    await writeFile(join(modelDir, hash(detector)), 'damaged');
    await rm(join(modelDir, hash(embedder)));
    expect(await verifyPack('tiny', modelDir)).toEqual({ detector: false, embedder: false });
    await importPack(folder, { modelDir });
    expect(await verifyPack('tiny', modelDir)).toEqual({ detector: true, embedder: true });
  });

  test('sweeps up what fetches that were killed long ago left behind, and not what may still be running', async () => {
    await mkdir(join(modelDir, '.part-old'), { recursive: true });
    await mkdir(join(modelDir, '.part-new'));
    await utimes(join(modelDir, '.part-old'), new Date(0), new Date(0));
    await importPack(await packOf(local), { modelDir });
    expect(await stored()).toEqual(['.part-new', hash(detector), hash(embedder)].toSorted());
  });

  test('of one machine is the mirror of another, as a folder and over HTTP', async () => {
    const mirror = join(work, 'mirror');
    await importPack(await packOf(local), { modelDir: mirror });
    const folder = await packOf(remote);
    await importPack(folder, { modelDir, mirror });
    const url = await serve(async (request, response) => {
      response.end(await readFile(join(mirror, (request.url ?? '').replace('/models', ''))));
    });
    await importPack(folder, { modelDir: join(work, 'third'), mirror: `${url}/models/` });
    expect(await readdir(join(work, 'third'))).toEqual(expect.arrayContaining(await stored()));
  });

  test('that a mirror cannot fill says so', async () => {
    const url = await serve((_, response) => response.writeHead(404).end());
    await expect(importPack(await packOf(remote), { modelDir, mirror: url })).rejects.toThrow(
      /cannot be fetched from MODEL_MIRROR \(.*from 127\.0\.0\.1:\d+: HTTP status 404\)/,
    );
    expect(await stored()).toEqual([]);
  });

  test('is whole after its process was killed in the middle of fetching', async () => {
    const files = new Map([detector, embedder].map((bytes) => [`/${hash(bytes)}`, bytes]));
    let slow = true;
    const url = await serve((request, response) => {
      const bytes = files.get(request.url ?? '') ?? Buffer.alloc(0);
      // The second file stops half-way.
      if (slow && bytes === embedder) response.write(bytes.subarray(0, 350_000));
      else response.end(bytes);
    });
    const folder = await packOf(remote);
    const child = fork(join(import.meta.dirname, 'import-process.ts'), [folder, modelDir, url], { execArgv: [] });
    const exited = once(child, 'exit');
    await expect.poll(async () => (await stored()).includes(hash(detector))).toBe(true);
    await expect.poll(async () => partBytes()).toBeGreaterThan(0);
    child.kill('SIGKILL');
    await exited;

    expect((await stored()).filter((name) => !name.startsWith('.part-'))).toEqual([hash(detector)]);
    expect(await readFile(join(modelDir, hash(detector)))).toEqual(detector);
    slow = false;
    const pack = await importPack(folder, { modelDir, mirror: url });
    expect(await readFile(pack.files.embedder ?? '')).toEqual(embedder);
  });

  /** How many bytes of the second file are there so far. */
  async function partBytes(): Promise<number> {
    for (const part of (await stored()).filter((name) => name.startsWith('.part-'))) {
      const bytes = await readFile(join(modelDir, part, hash(embedder))).catch(() => undefined);
      if (bytes) return bytes.length;
    }
    return 0;
  }
});

describe('a pack from the npm registry', () => {
  /**
   * Serves a registry with one package, tiny-models. Gives the registry's address, the package's
   * integrity, and the requests so far.
   */
  async function registry(content: Uint8Array) {
    const folder = join(work, 'package');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'detector.onnx'), content);
    // These scripts must not run, and this dependency must not be requested.
    const scripts = { prepare: 'exit 1', postinstall: 'exit 1', prepack: 'exit 1' };
    const about = { name: 'tiny-models', version: '1.0.0', scripts, dependencies: { 'left-pad': '1.3.0' } };
    await writeFile(join(folder, 'package.json'), JSON.stringify(about));
    await create({ file: join(work, 'tiny.tgz'), cwd: work, gzip: true, portable: true }, ['package']);
    const tarball = await readFile(join(work, 'tiny.tgz'));
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url ?? '');
      if (request.url?.endsWith('.tgz')) return response.end(tarball);
      const dist = { tarball: `http://${request.headers.host}/tiny-models.tgz`, integrity };
      const versions = { '1.0.0': { ...about, dist } };
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify({ name: 'tiny-models', 'dist-tags': { latest: '1.0.0' }, versions }));
    });
    vi.stubEnv('npm_config_registry', url);
    vi.stubEnv('npm_config_cache', join(work, 'npm-cache'));
    return { integrity, asked };
  }

  const fromNpm = (integrity: string) => ({
    ...local,
    detector: {
      source: 'npm:tiny-models@1.0.0',
      integrity,
      path: 'detector.onnx',
      sha256: hash(detector),
    },
  });

  test('comes through npm and its settings; nothing of the package is run or installed', async () => {
    const { integrity, asked } = await registry(detector);
    const lines: string[] = [];
    const onProgress = (line: string) => lines.push(line);
    const pack = await importPack(await packOf(fromNpm(integrity)), { modelDir, onProgress });
    expect(await readFile(pack.files.detector ?? '')).toEqual(detector);
    expect([...new Set(asked)]).toEqual(['/tiny-models', '/tiny-models.tgz']);
    expect(lines.join('\n')).toContain('tiny-models@1.0.0');
    expect(await stored()).toEqual([hash(detector), hash(embedder)].toSorted());
  });

  test('is loaded a second time without asking anybody', async () => {
    const { integrity, asked } = await registry(detector);
    const folder = await packOf(fromNpm(integrity));
    await importPack(folder, { modelDir });
    const before = asked.length;
    vi.stubEnv('PATH', '');
    await loadPack('tiny', { modelDir });
    await importPack(folder, { modelDir });
    expect(asked).toHaveLength(before);
  });

  test('is refused when its file is another one', async () => {
    const { integrity } = await registry(embedder);
    await expect(importPack(await packOf(fromNpm(integrity)), { modelDir })).rejects.toThrow('sha256 differs');
  });
});

test.each(['nobody', '../secrets', 'packs/tiny', ''])(
  'a pack called "%s" is not there, whatever lies on the disk',
  async (name) => {
    await expect(loadPack(name, { modelDir })).rejects.toThrow(/no pack|no name of a pack/);
  },
);
