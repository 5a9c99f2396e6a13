import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { start } from '../../src/app.ts';
import { explain } from '../../src/cli/explain.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { examine } from '../../src/doctor/examine.ts';
import type { Finding } from '../../src/finding.ts';
import { openLog } from '../../src/log.ts';
import { photo, visitor } from '../e2e/page-app.ts';

/** One broken thing, or a control that only looks broken. */
export interface Fault {
  readonly name: string;
  /** Breaks it. Gives the environment for doctor and for the start. */
  readonly env: () => Promise<NodeJS.ProcessEnv> | NodeJS.ProcessEnv;
  /** What doctor must say. Absent in a control: all is well. */
  readonly told?: RegExp;
}

/** Common settings: a page, so that a search can be made, and one process that sees. */
const COMMON = { PLAYGROUND_PORT: '0', WORKERS: '1', LOG_LEVEL: 'silent', CONTACT: 'faces@example.org' };

/**
 * Runs doctor, starts facefinder, and searches a photo of several people. Doctor must find nothing
 * wrong exactly when start and search succeed. Doctor must also name the cause, and leave every
 * file as it was.
 */
export async function expectForetold(
  { env, told }: Pick<Fault, 'env' | 'told'>,
  known?: string | 'only the start',
): Promise<void> {
  const set: NodeJS.ProcessEnv = { ...COMMON, ...(await env()) };
  const before = await everyFile(set.DATA_DIR);
  const findings = await diagnosis(set);
  expect(await everyFile(set.DATA_DIR), 'doctor leaves every file as it was').toEqual(before);
  const failures = findings.filter(({ state }) => state === 'fail');
  const works = await search(set, known);
  expect({ works, failures }).toEqual({
    works: told ? expect.stringMatching(/./) : '',
    failures: told ? failures : [],
  });
  if (!told) return;
  expect(works, 'the start has a sentence of its own').not.toMatch(/that is a bug/);
  expect(failures.length, 'doctor finds something wrong').toBeGreaterThan(0);
  expect(failures.map(({ what, todo = '' }) => `${what} ${todo}`).join('\n')).toMatch(told);
}

async function diagnosis(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  try {
    return await examine(readConfig(env, import.meta.dirname));
  } catch (error) {
    // With a wrong configuration, doctor and start both say so and end with 2.
    return [{ part: 'configuration', state: 'fail', what: String(error) }];
  }
}

/** Says what did not work; empty when everything worked. */
async function search(env: NodeJS.ProcessEnv, known: string | undefined): Promise<string> {
  let isStarted = false;
  try {
    await using stack = new AsyncDisposableStack();
    const config: Config = readConfig(env, import.meta.dirname);
    const app = await start(config, openLog('silent'));
    stack.defer(app.stop);
    isStarted = true;
    if (known === 'only the start') return '';
    // A person of a new name has not agreed yet, even if this gallery was searched before.
    const bob = visitor(app.url ?? '', `bob-${randomUUID()}`);
    const replies = JSON.stringify(await bob.agree('/find', await readFile(photo(3))));
    return replies.includes(known ? `"name":"${known}"` : '"kind":"result"') ? '' : `the search answers ${replies}`;
  } catch (error) {
    return isStarted ? `it does not answer: ${String(error)}` : `it does not start: ${explain(error, env).text}`;
  }
}

/**
 * Every file below `folder` with its mode and a hash of its contents: for a database its rows,
 * wherever SQLite keeps them.
 */
async function everyFile(folder: string | undefined): Promise<Record<string, string>> {
  if (folder === undefined || !existsSync(folder) || !(await stat(folder)).isDirectory()) return {};
  const copy = await mkdtemp(join(tmpdir(), 'facefinder-copy-'));
  await cp(folder, copy, { recursive: true });
  const files: Record<string, string> = {};
  for (const name of (await readdir(folder)).sort()) {
    if (/-(wal|shm)$/.test(name)) continue;
    const { mode } = await stat(join(folder, name));
    const content = rowsOf(join(copy, name)) ?? (await readFile(join(folder, name)));
    files[name] = `${mode.toString(8)} ${createHash('sha256').update(content).digest('hex')}`;
  }
  await rm(copy, { recursive: true });
  return files;
}

function rowsOf(file: string): string | undefined {
  if (!file.endsWith('.db')) return undefined;
  try {
    using db = new DatabaseSync(file);
    const tables = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
    const rows = tables.map(({ name }) => db.prepare(`SELECT * FROM "${name}"`).all());
    return JSON.stringify([db.prepare('PRAGMA user_version').get(), tables, rows]);
  } catch {
    // It is no database, or a damaged one.
    return undefined;
  }
}
