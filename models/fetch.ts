import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { extract } from 'tar';
import { Cause } from '../src/cause.ts';
import { OperatorError } from '../src/causes/operator-error.ts';
import { systemCause } from '../src/explain/codes.ts';
import type { PackFile } from './manifest.ts';

const run = promisify(execFile);

/** Where fetched files are kept and how they come there. */
export interface Store {
  /** Files lie in it under their sha256, so a filled folder serves as another machine's mirror. */
  readonly modelDir: string;
  /** Instead of npm and https: a base URL or folder that holds the files under their sha256. */
  readonly mirror?: string;
  /** Hears one line per step that takes time. */
  readonly onProgress?: (line: string) => void;
}

/** The file's place in the store, whether or not it is there. */
export function placeOf(file: PackFile, modelDir: string): string {
  return resolve(modelDir, file.sha256);
}

/** Whether the file is in the store and is what the manifest says. */
export async function isStored(file: PackFile, modelDir: string): Promise<boolean> {
  try {
    return (await hashOf(placeOf(file, modelDir), 'sha256', 'hex')) === file.sha256;
  } catch {
    return false;
  }
}

/**
 * Brings `files` into the store. Each appears whole and verified or not at all: it is completed in a folder of its own
 * and renamed. `base` is the folder that `file:` sources are relative to. Throws when a source fails or does not match.
 */
export async function fetchFiles(files: readonly PackFile[], base: string, store: Store): Promise<void> {
  await mkdir(store.modelDir, { recursive: true });
  await sweep(store.modelDir);
  const work = await mkdtemp(join(store.modelDir, PART));
  try {
    const tarballs = new Map<string, Promise<string>>();
    for (const file of files) {
      const arrived = await bring(file, base, store, work, tarballs).catch((cause) => {
        throw unreachable(cause, store.mirror ?? file.source);
      });
      if ((await hashOf(arrived, 'sha256', 'hex')) !== file.sha256) {
        throw new OperatorError(`${file.source} is not the file that the manifest names (sha256 differs)`);
      }
      await rename(arrived, placeOf(file, store.modelDir));
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A source's address may hold a password: its host is enough. */
function unreachable(cause: unknown, source: string): Error {
  if (cause instanceof OperatorError) return cause;
  const where = /^https?:/.test(source) ? new URL(source).host : source;
  return systemCause(cause) ?? new Cause('models_unreachable', { where, cause });
}

const PART = '.part-';

/** Removes what killed fetches left; an hour is longer than any that still runs. */
async function sweep(modelDir: string): Promise<void> {
  for (const name of await readdir(modelDir)) {
    if (!name.startsWith(PART)) continue;
    const path = join(modelDir, name);
    const left = await stat(path).catch(() => undefined);
    if (left && Date.now() - left.mtimeMs > 3_600_000) await rm(path, { recursive: true, force: true });
  }
}

async function bring(
  file: PackFile,
  base: string,
  store: Store,
  work: string,
  tarballs: Map<string, Promise<string>>,
): Promise<string> {
  const target = join(work, file.sha256);
  if (file.source.startsWith('file:')) await copyFile(resolve(base, file.source.slice('file:'.length)), target);
  else if (store.mirror !== undefined) await fromMirror(store.mirror, file.sha256, target, store);
  else if ('integrity' in file) {
    const known = tarballs.get(file.source) ?? unpack(file.source, file.integrity, work, store);
    tarballs.set(file.source, known);
    await rename(join(await known, file.path), target);
  } else await download(file.source, target, store);
  return target;
}

async function fromMirror(mirror: string, name: string, target: string, store: Store): Promise<void> {
  if (/^https?:/.test(mirror)) await download(`${mirror.replace(/\/$/, '')}/${name}`, target, store);
  else await copyFile(join(mirror, name), target);
}

async function download(url: string, target: string, store: Store): Promise<void> {
  store.onProgress?.(`fetching ${new URL(url).pathname.split('/').at(-1)}`);
  const response = await fetch(url, { signal: AbortSignal.timeout(600_000) });
  if (!response.ok || !response.body) throw new Error(`fetching a model file: HTTP status ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(target));
}

/** Through `npm pack`, so that the user's registry, proxy and credentials hold; nothing of the package is run. */
async function unpack(source: string, integrity: string, work: string, store: Store): Promise<string> {
  const name = source.slice('npm:'.length);
  store.onProgress?.(`fetching ${name} from the npm registry`);
  const folder = await mkdtemp(join(work, 'npm-'));
  await run('npm', ['pack', name, '--ignore-scripts', '--silent', '--pack-destination', folder], {
    shell: process.platform === 'win32',
    timeout: 600_000,
  });
  const [tarball] = await readdir(folder);
  if (tarball === undefined) throw new Error(`npm pack ${name} gave no tarball`);
  const path = join(folder, tarball);
  if (`sha512-${await hashOf(path, 'sha512', 'base64')}` !== integrity) {
    throw new OperatorError(`${name} is not the package that the manifest names (integrity differs)`);
  }
  await extract({ file: path, cwd: folder, strip: 1 });
  return folder;
}

async function hashOf(path: string, algorithm: string, encoding: 'hex' | 'base64'): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  return hash.digest(encoding);
}
