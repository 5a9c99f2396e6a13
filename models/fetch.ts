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

/** A file that has not come by then does not come. */
const LONGEST_FETCH_MS = 600_000;
/** Whoever waits hears of it before they give up, and from then on as often. */
const NEWS_SECONDS = 8;

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
    return (await hashOf(placeOf(file, modelDir))) === file.sha256;
  } catch {
    return false;
  }
}

/**
 * Brings `files` into the store. Each appears whole and verified or not at all: it is completed in a folder of its own
 * and renamed. `base` is the folder that `file:` sources are relative to. Throws a Cause when a source cannot be reached, an
 * OperatorError when what came is not the file.
 */
export async function fetchFiles(files: readonly PackFile[], base: string, store: Store): Promise<void> {
  await mkdir(store.modelDir, { recursive: true });
  await removeLeftovers(store.modelDir);
  const work = await mkdtemp(join(store.modelDir, PART));
  try {
    const packages = new Map<string, Promise<string>>();
    for (const file of files) {
      const arrived = await bring(file, base, store, work, packages);
      if ((await hashOf(arrived)) !== file.sha256) {
        throw new OperatorError(`${file.source} is not the file that the manifest names (sha256 differs)`);
      }
      await rename(arrived, placeOf(file, store.modelDir));
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const PART = '.part-';

/** Removes what killed fetches left, and gives its paths; an hour is longer than any that still runs. */
export async function removeLeftovers(modelDir: string): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(modelDir).catch(() => [])) {
    if (!name.startsWith(PART)) continue;
    const path = join(modelDir, name);
    const left = await stat(path).catch(() => undefined);
    if (!left || Date.now() - left.mtimeMs < 3_600_000) continue;
    await rm(path, { recursive: true, force: true });
    removed.push(path);
  }
  return removed;
}

async function bring(
  file: PackFile,
  base: string,
  store: Store,
  work: string,
  packages: Map<string, Promise<string>>,
): Promise<string> {
  const target = join(work, file.sha256);
  if (file.source.startsWith('file:')) await copyFile(resolve(base, file.source.slice('file:'.length)), target);
  else if (store.mirror !== undefined) await fromMirror(store.mirror, file.sha256, target, store);
  else if ('path' in file) {
    const folder = packages.get(file.source) ?? openPackage(file.source.slice('npm:'.length), work, store);
    packages.set(file.source, folder);
    await rename(join(await folder, file.path), target);
  } else await download(file.source, target, store);
  return target;
}

async function fromMirror(mirror: string, name: string, target: string, store: Store): Promise<void> {
  if (/^https?:/.test(mirror)) await download(`${mirror.replace(/\/$/, '')}/${name}`, target, store);
  else {
    await copyFile(join(mirror, name), target).catch((cause) => {
      throw unreachable(join(mirror, name), cause);
    });
  }
}

/** Folder with the files of an npm package; nothing of it is run. */
async function openPackage(name: string, work: string, store: Store): Promise<string> {
  const folder = await mkdtemp(join(work, 'npm-'));
  const tarball = await fromNpm(name, folder, store);
  await extract({ file: tarball, cwd: folder, strip: 1 });
  return folder;
}

/**
 * Through npm, so that its registry, proxy, certificates and credentials hold. Without npm, from the
 * registry that the package manager which runs this has named.
 */
async function fromNpm(name: string, folder: string, store: Store): Promise<string> {
  const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-timeout=60000'];
  const packing = run(
    'npm',
    ['pack', name, '--ignore-scripts', '--silent', ...patience, '--pack-destination', folder],
    {
      shell: process.platform === 'win32',
      timeout: LONGEST_FETCH_MS,
    },
  );
  try {
    await inTime(`${name} from the npm registry`, packing, store);
  } catch (cause) {
    const registry = process.env.npm_config_registry;
    if (isMissing(cause) && registry !== undefined) return await fromRegistry(registry, name, folder, store);
    throw unreachable(`${name}, from the npm registry`, cause);
  }
  const [tarball = ''] = await readdir(folder);
  return join(folder, tarball);
}

async function fromRegistry(registry: string, name: string, folder: string, store: Store): Promise<string> {
  const [, path = '', version = ''] = /^(.+)@(.+)$/.exec(name) ?? [];
  const target = join(folder, 'package.tgz');
  await download(`${registry.replace(/\/$/, '')}/${path}/-/${path.split('/').at(-1)}-${version}.tgz`, target, store);
  return target;
}

async function download(url: string, target: string, store: Store): Promise<void> {
  const { host, pathname } = new URL(url);
  const where = `${pathname.split('/').at(-1)}, from ${host}`;
  try {
    await inTime(where, save(url, target), store);
  } catch (cause) {
    const said = cause instanceof Refused ? `: ${cause.message}` : '';
    throw unreachable(`${where}${said}`, cause);
  }
}

/** What an operator is told of a source that does not give its file. A full disk is one, whoever is fetched from. */
export function unreachable(where: string, cause: unknown): Cause {
  return systemCause(cause) ?? new Cause('models_unreachable', { where, cause });
}

/** The other side was reached and has no such file, or gives it to nobody. */
class Refused extends Error {}

async function save(url: string, target: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(LONGEST_FETCH_MS) });
  if (!response.ok || !response.body) throw new Refused(`HTTP status ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(target));
}

/** `work`, of which is said that it begins, and once what can be done when it takes long: a network may swallow silently. */
async function inTime<T>(what: string, work: Promise<T>, { onProgress }: Store): Promise<T> {
  onProgress?.(`fetching ${what}`);
  let seconds = 0;
  const waiting = setInterval(() => {
    seconds += NEWS_SECONDS;
    const advice = seconds === NEWS_SECONDS ? ` ${new Cause('models_unreachable').next}` : '';
    onProgress?.(`still waiting for ${what} (${seconds} s).${advice}`);
  }, NEWS_SECONDS * 1_000);
  return await work.finally(() => clearInterval(waiting));
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES');
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
