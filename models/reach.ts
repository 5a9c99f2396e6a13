import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { assertWay, unreachable, type Way } from './download.ts';
import type { PackFile } from './manifest.ts';
import { versionsOf } from './pypi.ts';

const run = promisify(execFile);

/** How long a source may take to say that it has a file. */
const REGISTRY_PATIENCE_MS = 20_000;

/**
 * Asks the sources of each file, one after the other, until one has it. Fetches nothing. Throws
 * what fetching would throw when no source has a file.
 */
export async function assertFetchable(files: readonly PackFile[], base: string, way: Way): Promise<void> {
  const { mirror } = way;
  const answers = new Map<string, Promise<void>>();
  for (const { sources, sha256 } of files) {
    // A file that is made of other files needs no source.
    const places = new Set(
      sources.flatMap((place) => ('from' in place ? [] : [placeOf(place.source, sha256, base, mirror)])),
    );
    let failure: unknown;
    for (const place of places) {
      const answer = answers.get(place) ?? ask(place, way);
      answers.set(place, answer);
      failure = await answer.then(
        () => undefined,
        (cause) => unreachable(nameOf(place), cause, mirror),
      );
      if (failure === undefined) break;
    }
    if (failure !== undefined) throw failure;
  }
}

/** Where to ask for a file: a path, an address, or a package of a registry. */
function placeOf(source: string, sha256: string, base: string, mirror?: string): string {
  if (source.startsWith('file:')) return resolve(base, source.slice('file:'.length));
  return mirror === undefined ? source : `${mirror.replace(/\/$/, '')}/${sha256}`;
}

async function ask(place: string, way: Way): Promise<void> {
  if (/^https?:/.test(place)) {
    await assertWay(way, place);
    const response = await fetch(place, { method: 'HEAD', signal: AbortSignal.timeout(REGISTRY_PATIENCE_MS) });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  } else if (place.startsWith('npm:')) await askNpm(place.slice('npm:'.length));
  else if (place.startsWith('pypi:')) await askPip(place.slice('pypi:'.length));
  else await access(place);
}

async function askNpm(name: string): Promise<void> {
  const args = ['view', name, 'dist.integrity', '--silent', '--prefer-online'];
  const { stdout } = await run('npm', args, { shell: process.platform === 'win32', timeout: REGISTRY_PATIENCE_MS });
  if (stdout.trim() === '') throw new Error('the registry does not know it');
}

async function askPip(name: string): Promise<void> {
  const [project = '', version = ''] = name.split('@');
  const versions = await versionsOf(project, REGISTRY_PATIENCE_MS);
  if (!versions.includes(version)) throw new Error('the index does not know it');
}

/** The host alone: a source's address may hold a password. */
function nameOf(place: string): string {
  return /^https?:/.test(place) ? new URL(place).host : place;
}
