import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { DEFAULT_PACK, loadPack } from '../../models/pack.ts';
import { readConfig } from '../../src/config.ts';
import { peopleOf } from '../bots/telegram/platform/people.ts';
import { startBotApi } from '../bots/telegram/platform/server.ts';
import { buttonOf, photo, selfie, visitor } from './page-app.ts';
import { type Ending, environment, facefinder, type Program, runProgram, watch } from './program.ts';

let root: string;
let folders = 0;
const newFolder = () => join(root, `data-${++folders}`);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'facefinder-start-'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** Tells the program to end. Gives its ending, or `too late` after 10 seconds. */
function stopped(program: Program): Promise<Ending | 'too late'> {
  return Promise.race([program.kill('SIGTERM'), sleep(10_000, 'too late' as const, { ref: false })]);
}

const portOf = (program: Program): number => Number(new URL(program.url).port);

/**
 * Settings for the default pack with another version number. Its files come from the usual folder.
 */
async function laterModels(): Promise<{ MODEL_DIR: string; MODEL_MIRROR: string }> {
  const folder = newFolder();
  const manifest = await readFile(new URL(`../../models/${DEFAULT_PACK}.json`, import.meta.url), 'utf8');
  await mkdir(join(folder, 'packs'), { recursive: true });
  await writeFile(
    join(folder, 'packs', `${DEFAULT_PACK}.json`),
    JSON.stringify({ ...JSON.parse(manifest), version: 'later' }),
  );
  return { MODEL_DIR: folder, MODEL_MIRROR: readConfig(process.env).modelDir };
}

describe('npm start', () => {
  /** Starts the program by `npm start`, in a process group of its own, as a terminal does. */
  async function npmStart(): Promise<Program> {
    const env = environment({ DATA_DIR: newFolder(), PLAYGROUND_PORT: '0', WORKERS: '1' });
    const cwd = join(import.meta.dirname, '../..');
    const npm = spawn('npm', ['start'], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFailed(() => killGroup(npm, 'SIGKILL'));
    return await watch(npm);
  }

  function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
    if (pid !== undefined) process.kill(-pid, signal);
  }

  test('says where the page is, and npm told to end ends the program with it', async () => {
    const program = await npmStart();
    expect(program.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(program.url)).status).toBe(200);
    expect(await stopped(program)).toBe(0);
    await expect(fetch(program.url)).rejects.toThrow();
  });

  test('stops in peace at Ctrl-C, which reaches npm and the program both', async () => {
    const program = await npmStart();
    killGroup(program.process, 'SIGINT');
    expect(await program.ended).toBe(0);
    await expect(fetch(program.url)).rejects.toThrow();
  });

  test('names a port that is taken, with what to do', async () => {
    await using first = await runProgram({ dataDir: newFolder() });
    const port = String(portOf(first));
    const second = await facefinder(['start'], { DATA_DIR: newFolder(), PLAYGROUND_PORT: port, WORKERS: '1' });
    expect(second).toMatchObject({ code: 1, out: '' });
    expect(second.err).toMatch(new RegExp(`The port is in use .*PLAYGROUND_PORT=${port}`));
    const third = await facefinder(['start'], {
      DATA_DIR: newFolder(),
      PLAYGROUND_PORT: '0',
      METRICS_PORT: port,
      WORKERS: '1',
    });
    expect(third.err).toMatch(new RegExp(`The port is in use .*METRICS_PORT=${port}`));
  });

  test('with other models and a taken port, changes nothing for the program on that port', async () => {
    const dataDir = newFolder();
    await using first = await runProgram({ dataDir });
    const models = await laterModels();
    const second = await facefinder(['start'], {
      ...models,
      DATA_DIR: dataDir,
      PLAYGROUND_PORT: String(portOf(first)),
    });
    expect(second.err).toContain('is in use');
    const found = await visitor(first.url, 'bob').agree('/find', await readFile(photo(3)));
    expect(found).toMatchObject([{ kind: 'result' }]);
  });

  test('names everything that is wrong with its configuration, and starts nothing', async () => {
    const dataDir = newFolder();
    const { code, out, err } = await facefinder(['start'], {
      DATA_DIR: dataDir,
      PLAYGROUND_PORT: 'eighty',
      LOG_LEVEL: 'loud',
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/PLAYGROUND_PORT is "eighty": must be/);
    expect(err).toMatch(/LOG_LEVEL is "loud": must be one of/);
    expect(existsSync(dataDir)).toBe(false);
  });

  test('connects to nothing once the models are there', async () => {
    await loadPack(DEFAULT_PACK, { modelDir: readConfig(process.env, root).modelDir });
    const hangsUp = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(hangsUp, 'listening');
    const nowhere = `http://127.0.0.1:${(hangsUp.address() as AddressInfo).port}`;
    const env = { npm_config_registry: nowhere, HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere };
    const preload = join(import.meta.dirname, 'watched-process.ts');
    const without = { ...env, MODEL_DIR: join(root, 'no-models'), MODEL_MIRROR: nowhere };
    await expect(runProgram({ dataDir: newFolder(), env: without, preload })).rejects.toThrow('CONNECTS');

    await using program = await runProgram({ dataDir: newFolder(), env, preload });
    const ann = visitor(program.url, 'ann');
    expect(await ann.agree('/enroll', await selfie())).toMatchObject([{ kind: 'enrolled' }]);
    await ann.press(buttonOf(await ann.say('/forget'), 'confirm'));
    expect(await stopped(program)).toBe(0);
    expect(program.output()).not.toContain('CONNECTS');
    hangsUp.close();
  });
});

describe('told to end (SIGTERM), within 10 seconds and with exit code 0', () => {
  test('everybody who waits gets an answer, or hears that there will be none', async () => {
    await using program = await runProgram({ dataDir: newFolder() });
    const bob = visitor(program.url, 'bob');
    const group = await readFile(photo(3));
    await bob.agree('/find', group);
    const finds = Array.from({ length: 5 }, () => bob.say('/find', group));
    await Promise.race(finds);
    expect(await stopped(program)).toBe(0);
    const outcomes = (await Promise.all(finds))
      .flat()
      .map((reply) => (reply.kind === 'error' ? reply.code : reply.kind));
    expect(new Set(outcomes)).toEqual(new Set(['result', 'expired']));
  });

  test('a Telegram that no longer answers does not keep it', async () => {
    await using api = await startBotApi();
    const env = { TELEGRAM_TOKEN: api.token, TELEGRAM_API_URL: api.url, CONTACT: 'The board, board@club.example' };
    await using program = await runProgram({ dataDir: newFolder(), env });
    for (const method of ['getUpdates', 'sendMessage']) api.fault(method, 'no answer', 100);
    peopleOf(api).person('Ann').says('/start');
    await api.until('an answer on its way', () => api.calls.some(({ method }) => method === 'sendMessage'));
    expect(await stopped(program)).toBe(0);
  });

  test('a browser that never sends what it began to send does not keep it', async () => {
    await using program = await runProgram({ dataDir: newFolder() });
    using _silent = await dial(program, '');
    using _stalled = await dial(
      program,
      'POST /api/messages HTTP/1.1\r\nHost: %host%\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 999\r\n\r\n--x\r\n',
    );
    expect(await stopped(program)).toBe(0);
  });
});

test('two programs over one DATA_DIR see what the other enrols and erases', async () => {
  const dataDir = newFolder();
  // The two programs start at the same time, and each may be the one that makes the key and the
  // databases.
  const programs = await Promise.all([runProgram({ dataDir }), runProgram({ dataDir })]);
  await using one = programs[0];
  await using other = programs[1];
  const group = await readFile(photo(3));

  await visitor(one.url, 'ann').agree('/enroll', await selfie());
  expect(JSON.stringify(await visitor(other.url, 'bob').agree('/find', group))).toContain('"name":"ann"');
  const ann = visitor(other.url, 'ann');
  const [held] = await ann.say('/mydata');
  expect(held).toMatchObject({ data: [{ templates: [{}], foundBy: [{ finder: 'bob' }] }] });
  expect(await ann.press(buttonOf(await ann.say('/forget'), 'confirm'))).toMatchObject([{ kind: 'receipt' }]);
  expect(JSON.stringify(await visitor(one.url, 'bob').say('/find', group))).not.toContain('"name":"ann"');
});

/** Opens a connection and sends this text. Does not wait for an answer. */
async function dial(program: Program, text: string): Promise<Socket & Disposable> {
  const socket = connect(portOf(program), '127.0.0.1').on('error', () => {});
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.write(text.replace('%host%', new URL(program.url).host), () => resolve());
  await promise;
  return Object.assign(socket, { [Symbol.dispose]: () => void socket.destroy() });
}
