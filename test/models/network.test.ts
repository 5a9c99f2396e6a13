import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { create } from 'tar';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { importPack } from '../../models/pack.ts';
import { causeOf } from '../../src/cause.ts';
import { hasOpenssl } from '../support/openssl.ts';
import { type CompanyProxy, openCompanyProxy } from '../support/proxy.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const built = JSON.parse(await readFile(join(import.meta.dirname, '../../models/faceplugin512.json'), 'utf8'));
const weights = Buffer.alloc(100_000, 'weights');
const sha256 = createHash('sha256').update(weights).digest('hex');

let work: string;
let modelDir: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'facefinder-network-'));
  onTestFinished(() => rm(work, { recursive: true, force: true }));
  onTestFinished(() => void vi.unstubAllEnvs());
  modelDir = join(work, 'store');
  vi.stubEnv('npm_config_cache', join(work, 'npm-cache'));
});

describe('a registry', () => {
  test('that cannot be reached is told with what can be done, in our own words', async () => {
    const { port, close } = await serve(() => {});
    close();
    vi.stubEnv('npm_config_registry', `http://127.0.0.1:${port}`);
    const failed = await importPack(await pack(), { modelDir }).catch((error: unknown) => error);
    expect(causeOf(failed)?.code).toBe('models_unreachable');
    expect(String(failed)).toMatch(
      /tiny-models@1\.0\.0, from the npm registry.*HTTPS_PROXY.*MODEL_MIRROR.*models import/,
    );
    expect(String(failed)).not.toMatch(/Command failed|E[A-Z]{4,}/);
  });

  test('that hangs is named within 10 seconds, with what can be done, and then in short', async () => {
    const { port } = await serve(() => {});
    vi.stubEnv('npm_config_registry', `http://127.0.0.1:${port}`);
    const lines: string[] = [];
    const importing = importPack(await pack(), { modelDir, onProgress: (line) => lines.push(line) }).catch(() => {});
    await vi.waitUntil(() => lines.some((line) => line.startsWith('still waiting')), { timeout: 240_000 });
    expect(lines.at(-1)).toMatch(
      /for tiny-models@1\.0\.0 from the npm registry \(8 s\).*HTTPS_PROXY.*MODEL_MIRROR.*import/,
    );
    await vi.waitUntil(() => lines.at(-1)?.includes('(16 s)'), { timeout: 240_000 });
    expect(lines.at(-1)).toMatch(/^still waiting for tiny-models@1\.0\.0 from the npm registry \(16 s\)\.$/);
    // Nobody waits for this import. At the end the test removes the folder that npm works in, which
    // ends npm.
    void importing;
  });

  test('is asked without npm where there is none', async () => {
    const { port } = await serve(await registry());
    vi.stubEnv('npm_config_registry', `http://127.0.0.1:${port}/`);
    vi.stubEnv('PATH', work);
    expect((await importPack(await pack(), { modelDir })).id).toBe('tiny@1');
  });
});

describe.skipIf(!hasOpenssl('model files behind a proxy'))('behind a proxy', () => {
  test('the registry is asked through it', async () => {
    const { port } = await serve(await registry('https://registry.example'));
    await using proxy = await openCompanyProxy(`http://127.0.0.1:${port}`, ['registry.example']);
    const { code } = await imported(proxy, { npm_config_registry: 'https://registry.example' });
    expect([code, proxy.asked]).toEqual([0, new Set(['registry.example:443'])]);
  });

  test('a mirror is asked through it', async () => {
    const { port } = await serve((_, response) => response.end(weights));
    await using proxy = await openCompanyProxy(`http://127.0.0.1:${port}`, ['models.example']);
    const { code } = await imported(proxy, { MODEL_MIRROR: 'https://models.example' });
    expect([code, proxy.asked]).toEqual([0, new Set(['models.example:443'])]);
  });

  test('hosts in NO_PROXY are asked directly', async () => {
    const { port } = await serve((_, response) => response.end(weights));
    await using proxy = await openCompanyProxy(`http://127.0.0.1:${port}`, ['models.example']);
    const { code, err } = await imported(proxy, { MODEL_MIRROR: 'https://models.example', NO_PROXY: 'models.example' });
    expect([code, err, proxy.asked]).toEqual([1, expect.stringContaining('from models.example'), new Set()]);
  });

  test.each([
    ['the registry', {}],
    ['a mirror', { MODEL_MIRROR: 'https://models.example' }],
  ])('that hangs up on each request, a fetch from %s ends and names it', async (_, env) => {
    await using proxy = await openCompanyProxy('http://127.0.0.1:1', ['models.example']);
    proxy.hangUp();
    const { code, err } = await imported(proxy, { npm_config_registry: 'https://registry.example', ...env });
    expect([code, err]).toEqual([1, expect.stringMatching(/models: The proxy does not answer \(127\.0\.0\.1:\d+\)/)]);
  });
});

describe('a MODEL_MIRROR', () => {
  test.each([
    ['that is not there', () => join(work, 'nowhere')],
    ['at which nobody listens', () => 'http://127.0.0.1:1'],
  ])('%s is what is to be looked at', async (_, mirror) => {
    const failed = await importPack(await pack(), { modelDir, mirror: mirror() }).catch((error: unknown) => error);
    expect(String(failed)).toMatch(/cannot be fetched from MODEL_MIRROR \(.*\)\. Look whether it is written right/);
    expect(String(failed)).not.toContain('set MODEL_MIRROR');
  });
});

/**
 * A folder with the manifest of a pack called tiny, whose one file is in the package tiny-models.
 */
async function pack(): Promise<string> {
  const folder = join(work, 'tiny');
  await mkdir(folder, { recursive: true });
  const files = { detector: { source: 'npm:tiny-models@1.0.0', path: 'detector.onnx', sha256 } };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...built, name: 'tiny', files }));
  return folder;
}

/** A registry with the package tiny-models. */
async function registry(origin?: string): Promise<RequestListener> {
  await mkdir(join(work, 'package'), { recursive: true });
  await writeFile(join(work, 'package', 'detector.onnx'), weights);
  await writeFile(join(work, 'package', 'package.json'), JSON.stringify({ name: 'tiny-models', version: '1.0.0' }));
  await create({ file: join(work, 'tiny.tgz'), cwd: work, gzip: true }, ['package']);
  const tarball = await readFile(join(work, 'tiny.tgz'));
  const shasum = createHash('sha1').update(tarball).digest('hex');
  return (request, response) => {
    if (request.url?.endsWith('.tgz')) return response.end(tarball);
    const here = origin ?? `http://${request.headers.host}`;
    const dist = { tarball: `${here}/tiny-models/-/tiny-models-1.0.0.tgz`, shasum };
    const versions = { '1.0.0': { name: 'tiny-models', version: '1.0.0', dist } };
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({ name: 'tiny-models', 'dist-tags': { latest: '1.0.0' }, versions }));
  };
}

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const close = () => server.close().closeAllConnections();
  onTestFinished(close);
  return { port: (server.address() as AddressInfo).port, close };
}

/** `facefinder models import` of the pack tiny, in a process of its own behind `proxy`. */
async function imported({ url, ca }: CompanyProxy, env: NodeJS.ProcessEnv) {
  const { PATH, npm_config_cache } = process.env;
  const places = { PATH, HOME: work, DATA_DIR: work, MODEL_DIR: modelDir, npm_config_cache };
  const trust = { HTTPS_PROXY: url, NODE_EXTRA_CA_CERTS: ca, npm_config_cafile: ca };
  const child = spawn(process.execPath, [MAIN, 'models', 'import', await pack()], {
    cwd: work,
    env: { ...places, ...trust, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code, err };
}
