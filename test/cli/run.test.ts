import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { verbs } from '../../src/cli/index.ts';
import { makeStores } from '../support/made-stores.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

let dataDir: string;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'facefinder-cli-'));
  await makeStores(dataDir);
});
afterAll(() => rmSync(dataDir, { recursive: true }));

/** Runs the real program in a process of its own. */
function facefinder(args: string[], env: NodeJS.ProcessEnv = {}) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const options = { env: { ...process.env, DATA_DIR: dataDir, PLAYGROUND_PORT: '0', ...env } };
    const child = execFile(process.execPath, [MAIN, ...args], options, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

describe('facefinder', () => {
  it('without a verb lists the verbs, exit 2', async () => {
    const { code, err } = await facefinder([]);
    expect(code).toBe(2);
    for (const verb of verbs) expect(err).toContain(verb.name);
  });

  it.each([
    ['dance', '"dance"'],
    ['doktor', 'Did you mean facefinder doctor?'],
    ['enroll', 'it is /enroll'],
    ['/find', 'it is /find'],
    ['enrol', 'it is /enroll'],
  ])('%s, which is no verb, is named with what is near it, exit 2', async (typed, told) => {
    const { code, out, err } = await facefinder([typed]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(told);
    expect(err.split('\n').length).toBe(2);
  });

  it('--version says which this is, exit 0', async () => {
    expect(await facefinder(['--version'])).toEqual({ code: 0, out: `facefinder ${packageJson.version}\n`, err: '' });
  });

  it.each([['models', 'list'], ['doctor'], ['--help']])(
    'ends without a word when whoever reads %s has gone',
    async (...args) => {
      const child = spawn(process.execPath, [MAIN, ...args], {
        env: { ...process.env, DATA_DIR: dataDir, PLAYGROUND_PORT: '0' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.destroy();
      const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
      expect({ code, err }).toEqual({ code: 0, err: '' });
    },
  );

  it.each(verbs.map((verb) => [verb.name, verb.usage] as const))(
    '%s --help says how it is used, exit 0',
    async (name, usage) => {
      const { code, out } = await facefinder([name, '--help']);
      expect(code).toBe(0);
      expect(out).toContain(usage);
    },
  );

  it('an unknown option is named, with the usage, exit 2', async () => {
    expect(await facefinder(['erase', '--nobody'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--person'),
    });
  });

  it.each(['start', 'doctor'])('%s, which takes none, names a word too many, exit 2', async (verb) => {
    expect(await facefinder([verb, 'now'])).toMatchObject({ code: 2, err: expect.stringContaining("'now'") });
  });

  it('a wrong configuration is named, exit 2', async () => {
    const { code, err } = await facefinder(['start'], { WORKERS: 'many' });
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('WORKERS is "many"') });
  });

  it('erasing somebody without data says so', async () => {
    const { code, err } = await facefinder(['erase', '--person', 'page:nobody']);
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('Nothing is held') });
  });
});

it.each([
  [
    ['doctor'],
    { ok: true, findings: expect.arrayContaining([expect.objectContaining({ part: 'models', state: 'ok' })]) },
  ],
  [
    ['models', 'list'],
    { packs: expect.arrayContaining([expect.objectContaining({ name: 'sface128', dims: 128, inUse: true })]) },
  ],
  [['models', 'verify'], { pack: 'sface128', whole: true, files: expect.any(Object) }],
  [
    ['disputes'],
    {
      disputes: [],
      harms: { wrongNames: 0, refusedEnrolments: 0, erasuresUnfinished: 0, oldestErasureMinutes: 0 },
    },
  ],
  [['sweep'], { scopes: 0, people: 0, erased: 0, alarms: 0 }],
])('%s --json is one line of JSON', async (args, shape) => {
  const { code, out } = await facefinder([...args, '--json']);
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(out)).toEqual(shape);
});

it.each([['disputes'], ['erase', '--person', 'page:nobody'], ['export', '--person', 'page:nobody'], ['sweep']])(
  '%s in a folder in which nothing was started says so, and makes nothing',
  async (...args) => {
    const empty = join(dataDir, 'empty');
    mkdirSync(empty, { recursive: true });
    const { code, out, err } = await facefinder(args, { DATA_DIR: empty });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^facefinder \w+: Nothing is kept here yet: there is no .*gallery\.db\. Set DATA_DIR/);
    expect(readdirSync(empty)).toEqual([]);
  },
);

it('sweep answers with its numbers and nothing else', async () => {
  expect(await facefinder(['sweep'])).toEqual({ code: 0, out: 'looked at: groups 0, people 0; erased: 0\n', err: '' });
});

it('disputes says when there are none', async () => {
  expect(await facefinder(['disputes'])).toMatchObject({ code: 0, err: expect.stringContaining('no dispute') });
});

it('disputes decides for somebody in a group, and says when there is nothing to decide', async () => {
  expect(await facefinder(['disputes', '--for', 'telegram:1'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('--scope'),
  });
  expect(await facefinder(['disputes', '--for', 'telegram:1', '--scope', 'telegram:-5'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('nothing was decided'),
  });
});

describe('doctor', () => {
  it('finds every part well on a machine where nothing is configured, and warns of the key beside the data', async () => {
    const { code, out } = await facefinder(['doctor']);
    expect(code).toBe(0);
    expect(out).toMatch(/ok {3}gallery \(SQLite\)/);
    expect(out).toMatch(/warn master key[\s\S]*MASTER_KEY_FILE/);
  });

  it('says what is wrong when the data belong to another key', async () => {
    const { code, out } = await facefinder(['doctor'], { MASTER_KEY: Buffer.alloc(32, 9).toString('base64') });
    expect(code).toBe(1);
    expect(out).toMatch(/FAIL gallery \(SQLite\)[\s\S]*MASTER_KEY/);
  });
});
