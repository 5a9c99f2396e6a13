import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BotApi, startBotApi } from '../bots/telegram/platform/server.ts';
import { environment, facefinder, runProgram } from './program.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const WARNING = /master key beside the data/;

let root: string;
let api: BotApi;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'facefinder-keys-'));
  api = await startBotApi();
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

const inRoot = (...names: string[]) => join(root, ...names);
const folders = () => ({ XDG_CONFIG_HOME: inRoot('config'), STATE_DIR: inRoot('state') });
const withBot = () => ({ ...folders(), TELEGRAM_TOKEN: api.token, TELEGRAM_API_URL: api.url });
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

/** The whole output of a start, from its first line to its end. */
async function started(env: Readonly<Record<string, string>>): Promise<string> {
  await using program = await runProgram({ dataDir: inRoot('data'), env });
  expect(await program.kill('SIGTERM')).toBe(0);
  return program.output();
}

const keyApart = async () => {
  const kept = inRoot('config', 'facefinder');
  const [name = '', ...more] = await readdir(kept);
  expect(more).toEqual([]);
  return join(kept, name);
};

describe('the master key of a bot', () => {
  test('is made in the user’s configuration folder, and neither data nor state have it', async () => {
    expect(await started(withBot())).not.toMatch(WARNING);
    const file = await keyApart();
    const key = (await readFile(file, 'utf8')).trim();
    expect([await modeOf(inRoot('config', 'facefinder')), await modeOf(file)]).toEqual(['700', '600']);
    const bytes = Buffer.from(key, 'base64');
    for (const folder of [inRoot('data'), inRoot('state')]) {
      for (const name of await readdir(folder)) {
        const content = await readFile(join(folder, name));
        expect([name, content.includes(key), content.includes(bytes)]).toEqual([name, false, false]);
      }
    }
    const line = 'cp "$(cat data/master.key.path 2>/dev/null || echo data/master.key)" copied';
    expect(await readFile(join(import.meta.dirname, '../../docs/operate.md'), 'utf8')).toContain(line.slice(0, -7));
    await promisify(execFile)('sh', ['-c', line], { cwd: root });
    expect((await readFile(inRoot('copied'), 'utf8')).trim()).toBe(key);
    expect((await facefinder(['doctor'], { ...withBot(), DATA_DIR: inRoot('data') })).out).toMatch(
      /ok {3}master key: kept in .*\.key, apart from the data/,
    );
  });

  test('that is lost is called lost, and no other is made beside what it sealed', async () => {
    await started(withBot());
    const file = await keyApart();
    await rm(file);
    await expect(runProgram({ dataDir: inRoot('data'), env: withBot() })).rejects.toThrow(
      /master key is gone.*\.key\)[\s\S]*backup/,
    );
    expect(await readdir(inRoot('config', 'facefinder'))).toEqual([]);
    expect(await readdir(inRoot('data'))).not.toContain('master.key');
  });

  test('that lies beside the data is told of at each start, until doctor --fix moves it and says where', async () => {
    expect(await started(folders())).not.toMatch(WARNING);
    const key = (await readFile(inRoot('data', 'master.key'), 'utf8')).trim();
    for (let start = 0; start < 2; start += 1) expect(await started(withBot())).toMatch(WARNING);
    const env = { ...withBot(), DATA_DIR: inRoot('data') };
    expect((await facefinder(['doctor'], env)).out).toMatch(
      /warn master key: embedded: kept beside[\s\S]*doctor --fix/,
    );
    const fixed = await facefinder(['doctor', '--fix'], env);
    expect(fixed).toMatchObject({ code: 0 });
    const file = await keyApart();
    expect(fixed.err).toContain(`the master key is apart from the data now, in ${file}`);
    expect((await readFile(file, 'utf8')).trim()).toBe(key);
    expect(await readdir(inRoot('data'))).not.toContain('master.key');
    expect(await started(withBot())).not.toMatch(WARNING);
    // A start without the bot does not move the key back beside the data.
    await started(folders());
    expect(await readdir(inRoot('data'))).not.toContain('master.key');
  });

  test('opens a copy of the data only where the key is', async () => {
    await started(withBot());
    await cp(inRoot('data'), inRoot('stolen'), { recursive: true });
    await rm(await keyApart());
    const { code, err } = await facefinder(['disputes'], { ...withBot(), DATA_DIR: inRoot('stolen') });
    expect(code).toBe(1);
    expect(err).toMatch(/master key is gone/);
  });
});

test('doctor names the key, the data and .env that others may read, and --fix closes them', async () => {
  await started(withBot());
  const env = environment({ ...withBot(), DATA_DIR: inRoot('data') });
  const [key, data, settings, own] = [await keyApart(), inRoot('data'), inRoot('.env'), inRoot('own.key')];
  await writeFile(settings, 'LOG_LEVEL=info\n');
  const doctor = async (...args: string[]) =>
    (await promisify(execFile)(process.execPath, [MAIN, 'doctor', ...args], { cwd: root, env })).stdout;
  await chmod(key, 0o644);
  await chmod(data, 0o755);
  await chmod(settings, 0o640);
  const said = await doctor();
  for (const [path, mode] of [
    [key, '644'],
    [data, '755'],
    [settings, '640'],
  ]) {
    expect(said).toContain(`warn who may read: ${path} is open to others (mode ${mode})`);
  }
  expect(await doctor('--fix')).toContain('ok   who may read');
  expect([await modeOf(key), await modeOf(data), await modeOf(settings)]).toEqual(['600', '700', '600']);
  await cp(key, own);
  await chmod(own, 0o644);
  Object.assign(env, { MASTER_KEY_FILE: own });
  expect(await doctor()).toContain(`warn who may read: ${own} is open to others (mode 644)`);
});

test.each(['', ' \n'])('a key file that is empty is an error: %j', async (content) => {
  await writeFile(inRoot('empty'), content);
  const env = { ...withBot(), DATA_DIR: inRoot('data'), MASTER_KEY_FILE: inRoot('empty') };
  const { code, err } = await facefinder(['doctor'], env);
  expect(code).toBe(2);
  expect(err).toMatch(/MASTER_KEY_FILE names a file that is empty/);
  expect(await readdir(root)).toEqual(['empty']);
});
