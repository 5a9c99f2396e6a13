import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verbs } from '../../src/cli/index.ts';
import { run } from '../../src/cli/run.ts';
import { readConfig } from '../../src/config.ts';

/**
 * Matches texts of errno, stacks, and names that child processes and libraries give to their
 * errors.
 */
const FOREIGN = /\bE[A-Z]{4,}\b|\bERR_[A-Z_]+|\bat .*:\d+:\d+|Command failed|Error:|node_modules\//;

const KEY = Buffer.alloc(32, 7).toString('base64');
const { modelDir } = readConfig(process.env);

let root: string;
let nobodyListens: string;
let webServer: string;
let server: ReturnType<typeof createServer>;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'facefinder-broken-'));
  server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  webServer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  nobodyListens = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
  closed.close();
});
afterAll(async () => {
  server.close();
  await rm(root, { recursive: true });
});

let folders = 0;
async function folder(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<string> {
  const path = join(root, String(++folders));
  await mkdir(path);
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content);
  return path;
}

async function dataOf(version: number, file: string): Promise<string> {
  const dir = await folder({ 'master.key': KEY });
  using db = new DatabaseSync(join(dir, file));
  db.exec(`PRAGMA user_version = ${version}`);
  return dir;
}

/** One broken thing each, and what an operator must read about it at the start. */
const BROKEN: readonly (readonly [string, () => Promise<NodeJS.ProcessEnv>, RegExp])[] = [
  ['DATA_DIR is a file', async () => ({ DATA_DIR: join(await folder({ file: '' }), 'file') }), /DATA_DIR is a file/],
  [
    'DATA_DIR lies in a file',
    async () => ({ DATA_DIR: join(await folder({ file: '' }), 'file/data') }),
    /DATA_DIR is a file/,
  ],
  ['gallery.db is no database', async () => ({ DATA_DIR: await dataWith('gallery.db') }), /damaged.*gallery\.db/],
  ['pending.db is no database', async () => ({ DATA_DIR: await dataWith('pending.db') }), /damaged.*pending\.db/],
  [
    'gallery.db is of a newer facefinder',
    async () => ({ DATA_DIR: await dataOf(99, 'gallery.db') }),
    /newer facefinder.*gallery\.db, schema 99/,
  ],
  [
    'pending.db is of a newer facefinder',
    async () => ({ DATA_DIR: await dataOf(99, 'pending.db') }),
    /newer facefinder.*pending\.db/,
  ],
  [
    'the key is lost',
    async () => ({ DATA_DIR: await folder({ 'gallery.db': '' }) }),
    /master key is gone[\s\S]*backup/,
  ],
  [
    'the key file is empty',
    async () => ({ DATA_DIR: await folder({ 'master.key': '' }) }),
    /holds no key.*master\.key/,
  ],
  ['MODEL_DIR is a file', async () => ({ MODEL_DIR: join(await folder({ file: '' }), 'file') }), /file/],
  [
    'no models, and no source of them',
    async () => ({ ...(await noModels()), MODEL_MIRROR: join(root, 'none') }),
    /cannot be fetched/,
  ],
  [
    'no models, and a mirror that is away',
    async () => ({ ...(await noModels()), MODEL_MIRROR: nobodyListens }),
    /cannot be fetched/,
  ],
  ['FACE_PACK is no pack', async () => ({ FACE_PACK: 'mine' }), /FACE_PACK is "mine"/],
  ['a misspelt variable', async () => ({ DISCORD_TOKN: 'x' }), /DISCORD_TOKEN/],
  ['Redis and Elasticsearch are away', async () => production(nobodyListens), /does not answer/],
  ['Elasticsearch is a web server', async () => production(webServer), /./],
  [
    'Telegram is away',
    async () => ({
      TELEGRAM_TOKEN: '1:abc',
      TELEGRAM_API_URL: nobodyListens,
      CONTACT: 'The board, board@club.example',
    }),
    /./,
  ],
  [
    'Discord is away',
    async () => ({ DISCORD_TOKEN: 'abc', DISCORD_API_URL: nobodyListens, CONTACT: 'The board, board@club.example' }),
    /./,
  ],
];

const dataWith = (file: string) => folder({ 'master.key': KEY, [file]: 'no database at all, but some other text' });
const noModels = async () => ({ MODEL_DIR: await folder() });
const production = (elasticsearch: string) => ({
  REDIS_URL: 'redis://127.0.0.1:1',
  ELASTICSEARCH_URL: elasticsearch,
  MASTER_KEY: KEY,
});

/** Every verb, with arguments that take it as far as possible. */
async function typed(): Promise<readonly (readonly string[])[]> {
  const photo = join(await folder({ 'a.jpg': 'no photo' }), 'a.jpg');
  const album = await folder();
  for (const person of ['ann', 'bob']) {
    await mkdir(join(album, person));
    await writeFile(join(album, person, '1.jpg'), 'no photo');
  }
  const missing = join(root, 'missing');
  return [
    ['start'],
    ['doctor'],
    ['describe', photo, missing],
    ['describe', album],
    ['models', 'list'],
    ['models', 'fetch'],
    ['models', 'verify'],
    ['models', 'import', missing],
    ['evaluate', album],
    ['evaluate', missing],
    ['evaluate', album, '--pairs', missing],
    ['calibrate', album, '--errata', missing],
    ['disputes'],
    ['erase', '--person', 'page:nobody'],
    ['export', '--person', 'page:nobody'],
    ['sweep'],
    ['migrate'],
    ['backup', join(album, 'new.backup')],
    ['backup', join(missing, 'new.backup')],
    ['backup', photo, '--verify'],
    ['restore', photo],
    ['restore', missing],
    ['papers', join(album, 'papers')],
    ['verify-receipt', photo],
    ['verify-receipt', album],
    ['verify-receipt', missing],
    ['verify-receipt', photo, '--ledger'],
  ];
}

it('every verb is tried', async () => {
  const tried = new Set((await typed()).map(([verb]) => verb));
  expect(verbs.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([]);
});

describe.each(BROKEN)('where %s', (_, breakIt, told) => {
  it('no verb shows anybody the words of the system or a library', async () => {
    const lines: Record<string, string[]> = {};
    for (const args of await typed()) {
      const broken = await breakIt();
      const env = { DATA_DIR: await folder(), MODEL_DIR: modelDir, PLAYGROUND_PORT: '0', WORKERS: '1', ...broken };
      const said: string[] = [];
      const say = (line: string) => void said.push(line);
      const code = await run(args, { out: say, err: say, env });
      lines[args.join(' ').replaceAll(root, '')] = said;
      expect([0, 1, 2]).toContain(code);
      if (args[0] !== 'start') continue;
      expect(code, said.join('\n')).not.toBe(0);
      expect(said.join('\n')).toMatch(told);
    }
    const foreign = Object.entries(lines).filter(([, said]) => FOREIGN.test(said.join('\n')));
    expect(Object.fromEntries(foreign)).toEqual({});
    const bugs = Object.entries(lines).filter(([, said]) => said.join('\n').includes('that is a bug'));
    expect(Object.fromEntries(bugs)).toEqual({});
  });
});
