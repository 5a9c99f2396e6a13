import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_PACK } from '../../models/pack.ts';
import { start } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { examine } from '../../src/doctor/examine.ts';
import { openLog } from '../../src/log.ts';
import { selfie, visitor } from '../e2e/page-app.ts';
import { expectForetold, type Fault } from './fault.ts';
import { change, closed, damageTable, killed, OLDER } from './harm.ts';

const { modelDir } = readConfig(process.env);

let root: string;
let healthy: string;
let taken: Server;
/** Another facefinder, with data of its own. */
let neighbour: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'facefinder-faults-'));
  healthy = join(root, 'healthy');
  const env = {
    DATA_DIR: healthy,
    STATE_DIR: stateOf(healthy),
    PLAYGROUND_PORT: '0',
    WORKERS: '1',
    LOG_LEVEL: 'silent',
  };
  const app = await start(readConfig(env, root), openLog('silent'));
  await visitor(app.url ?? '', 'ann').agree('/enroll', await selfie());
  await app.stop();
  // This empties the write-ahead log. From a full one, SQLite would repair a copy whose gallery.db
  // is harmed.
  for (const file of ['gallery.db', 'pending.db']) change(healthy, file, 'PRAGMA wal_checkpoint(TRUNCATE)');
  taken = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(taken, 'listening');
  neighbour = await start(readConfig({ ...env, DATA_DIR: join(root, 'neighbour') }, root), openLog('silent'));
});
const mounted: string[] = [];
afterAll(async () => {
  taken.close();
  await neighbour.stop();
  for (const folder of mounted) spawnSync('umount', ['-l', folder]);
  await rm(root, { recursive: true, force: true });
});

let folders = 0;
const folder = async (): Promise<string> => {
  const path = join(root, String(++folders));
  await mkdir(path, { mode: 0o700 });
  return path;
};

const stateOf = (dataDir: string): string => `${dataDir}-state`;

/**
 * Makes a second place for one copy of the data. The copies share none, because their pasts differ.
 */
async function ownState(dataDir: string): Promise<string> {
  await cp(stateOf(healthy), stateOf(dataDir), { recursive: true });
  return stateOf(dataDir);
}

/** The settings for a new copy of the data, in which ann is enrolled, after this harm. */
async function data(harm: (dataDir: string) => Promise<unknown> | unknown = () => {}): Promise<NodeJS.ProcessEnv> {
  const dataDir = join(root, String(++folders));
  await cp(healthy, dataDir, { recursive: true });
  await harm(dataDir);
  return { DATA_DIR: dataDir, STATE_DIR: await ownState(dataDir) };
}

async function file(): Promise<string> {
  const path = join(await folder(), 'file');
  await writeFile(path, '');
  return path;
}

/** Mounts a disk of its own for a copy of the data. Undefined when this user may not mount one. */
async function disk(...options: readonly string[]): Promise<string | undefined> {
  const path = await folder();
  const { status } = spawnSync('mount', ['-t', 'tmpfs', ...options, 'tmpfs', path]);
  if (status !== 0) return undefined;
  mounted.push(path);
  return path;
}

async function fullDisk(): Promise<NodeJS.ProcessEnv> {
  const path = await disk('-o', 'size=4m,mode=700');
  await cp(healthy, path ?? '', { recursive: true });
  const fill = await open(join(path ?? '', 'fill'), 'w');
  for (let isFull = false; !isFull; ) await fill.write(Buffer.alloc(4096)).catch(() => (isFull = true));
  await fill.close();
  return { DATA_DIR: path, STATE_DIR: await ownState(path ?? '') };
}

async function readOnlyDisk(): Promise<NodeJS.ProcessEnv> {
  const path = await disk('-o', 'mode=700');
  await cp(healthy, path ?? '', { recursive: true });
  spawnSync('mount', ['-o', 'remount,ro', path ?? '']);
  return { DATA_DIR: path, STATE_DIR: await ownState(path ?? '') };
}

const canMount = await (async () => {
  const probe = await mkdtemp(join(tmpdir(), 'facefinder-mount-'));
  const works = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', probe]).status === 0;
  if (works) spawnSync('umount', [probe]);
  await rm(probe, { recursive: true });
  if (!works)
    console.error('\n*** NOT TESTED: a full disk and one that may only be read: this user may not mount one\n');
  return works;
})();

const port = (server: Server) => String((server.address() as AddressInfo).port);
const KEY = () => randomBytes(32).toString('base64');

const FAULTS: readonly Fault[] = [
  { name: 'nothing, before the first start', env: async () => ({ DATA_DIR: join(await folder(), 'data') }) },
  { name: 'nothing, in an empty folder', env: async () => ({ DATA_DIR: await folder() }) },
  { name: 'nothing, in a gallery in use', env: () => data() },
  { name: 'files that others may read', env: () => data((dir) => spawnSync('chmod', ['-R', 'a+r', dir])) },
  {
    name: 'a database of an older facefinder',
    env: () => data((dir) => change(dir, 'gallery.db', OLDER)),
  },
  { name: 'DATA_DIR is a file', env: async () => ({ DATA_DIR: await file() }), told: /DATA_DIR is a file/ },
  {
    name: 'DATA_DIR lies in a file',
    env: async () => ({ DATA_DIR: join(await file(), 'data') }),
    told: /DATA_DIR is a file/,
  },
  {
    name: 'gallery.db is no database',
    env: () => data((dir) => writeFile(join(dir, 'gallery.db'), 'something else, longer than a header of SQLite')),
    told: /damaged .*gallery\.db/,
  },
  {
    name: 'a damaged page in gallery.db',
    env: () => data((dir) => damageTable(dir, 'templates')),
    told: /damaged .*gallery\.db/,
  },
  {
    name: 'pending.db is no database',
    env: () => data((dir) => writeFile(join(dir, 'pending.db'), 'something else, longer than a header of SQLite')),
    told: /damaged .*pending\.db/,
  },
  {
    name: 'gallery.db of a newer facefinder',
    env: () => data((dir) => change(dir, 'gallery.db', 'PRAGMA user_version = 99')),
    told: /newer facefinder .*gallery\.db/,
  },
  {
    name: 'pending.db of a newer facefinder',
    env: () => data((dir) => change(dir, 'pending.db', 'PRAGMA user_version = 99')),
    told: /newer facefinder .*pending\.db/,
  },
  {
    name: 'templates that are gone',
    env: () => data((dir) => change(dir, 'gallery.db', 'DELETE FROM templates')),
    told: /Templates are gone/,
  },
  {
    name: 'a lost key',
    env: () => data((dir) => rm(join(dir, 'master.key'))),
    told: /master key is gone.*master\.key.* backup/,
  },
  {
    name: 'an empty key',
    env: () => data((dir) => writeFile(join(dir, 'master.key'), '')),
    told: /holds no key .*master\.key/,
  },
  {
    name: 'another key in its place',
    env: () => data((dir) => writeFile(join(dir, 'master.key'), KEY())),
    told: /not the key that the data were sealed with/,
  },
  {
    name: 'another key from outside',
    env: async () => ({ ...(await data()), MASTER_KEY: KEY() }),
    told: /not the key that the data were sealed with/,
  },
  {
    name: 'the same key from outside',
    env: async () => {
      const { DATA_DIR, STATE_DIR } = await data();
      return { DATA_DIR, STATE_DIR, MASTER_KEY: (await readFile(join(DATA_DIR ?? '', 'master.key'), 'utf8')).trim() };
    },
  },
  {
    name: "the page's port is taken",
    env: async () => ({ ...(await data()), PLAYGROUND_PORT: port(taken) }),
    told: /port is in use .*PLAYGROUND_PORT/,
  },
  {
    name: 'another facefinder has the port',
    env: async () => ({ ...(await data(closed)), PLAYGROUND_PORT: new URL(neighbour.url ?? '').port }),
    told: /port is in use .*PLAYGROUND_PORT/,
  },
  {
    name: 'another facefinder has the port, and this one was killed',
    env: async () => ({ ...(await data(killed)), PLAYGROUND_PORT: new URL(neighbour.url ?? '').port }),
    told: /port is in use .*PLAYGROUND_PORT/,
  },
  {
    name: 'another has it before the first start',
    env: async () => ({ DATA_DIR: join(await folder(), 'data'), PLAYGROUND_PORT: new URL(neighbour.url ?? '').port }),
    told: /port is in use .*PLAYGROUND_PORT/,
  },
  {
    name: 'METRICS_PORT is taken',
    env: async () => ({ ...(await data()), METRICS_PORT: port(taken) }),
    told: /port is in use .*METRICS_PORT/,
  },
  {
    name: 'a pack that there is not',
    env: async () => ({ ...(await data()), FACE_PACK: 'nobody' }),
    told: /FACE_PACK is "nobody"/,
  },
  {
    name: 'a misspelt variable',
    env: async () => ({ ...(await data()), TELEGRAM_TOKN: '1:a' }),
    told: /did you mean TELEGRAM_TOKEN/,
  },
  {
    name: 'no models, and no source of them',
    env: async () => ({ ...(await data()), MODEL_DIR: await folder(), MODEL_MIRROR: join(root, 'none') }),
    told: /model files .*cannot be fetched .*none/,
  },
  {
    name: 'no models, and a proxy that is down',
    env: async () => ({
      ...(await data()),
      MODEL_DIR: await folder(),
      MODEL_MIRROR: 'https://models.example.org',
      HTTPS_PROXY: 'http://127.0.0.1:1',
    }),
    told: /The proxy does not answer .*127\.0\.0\.1:1.* HTTPS_PROXY/,
  },
  {
    name: 'no models, and a mirror that has them',
    env: async () => ({ ...(await data()), MODEL_DIR: await folder(), MODEL_MIRROR: modelDir }),
  },
  {
    name: 'a damaged model file, and no source of another',
    env: async () => ({ ...(await data()), MODEL_DIR: await damagedModels(), MODEL_MIRROR: join(root, 'none') }),
    told: /cannot be fetched .*none/,
  },
  {
    name: 'a damaged model file, and a mirror that has it',
    env: async () => ({ ...(await data()), MODEL_DIR: await damagedModels(), MODEL_MIRROR: modelDir }),
  },
  {
    name: 'MODEL_DIR is a file',
    env: async () => ({ ...(await data()), MODEL_DIR: await file() }),
    told: /file.* is no folder/,
  },
  {
    name: 'STATE_DIR lies in a file, without which faces are found too',
    env: async () => ({ ...(await data()), STATE_DIR: join(await file(), 'state') }),
  },
  ...(canMount
    ? [
        { name: 'a full disk', env: fullDisk, told: /disk is full/ },
        { name: 'a disk that may only be read', env: readOnlyDisk, told: /may only be read/ },
      ]
    : []),
];

async function damagedModels(): Promise<string> {
  const models = await folder();
  await cp(modelDir, models, { recursive: true });
  const { files } = JSON.parse(await readFile(join(import.meta.dirname, `../../models/${DEFAULT_PACK}.json`), 'utf8'));
  const [first] = Object.values<{ sha256: string }>(files);
  await writeFile(join(models, first?.sha256 ?? ''), 'damaged');
  return models;
}

describe('doctor foretells what a start and a search meet', () => {
  it.each(FAULTS)('$name', async ({ name, env, told }) => {
    const isNew = name.startsWith('nothing') && !name.includes('in use');
    await expectForetold(told ? { env, told } : { env }, isNew ? undefined : 'ann');
  });

  it('a port that the facefinder with the same data has is no fault', async () => {
    const PLAYGROUND_PORT = new URL(neighbour.url ?? '').port;
    const findings = await examine(readConfig({ DATA_DIR: join(root, 'neighbour'), PLAYGROUND_PORT }, root));
    const what = `${PLAYGROUND_PORT} is held by the facefinder that runs`;
    expect(findings).toContainEqual({ part: 'port (PLAYGROUND_PORT)', state: 'ok', what });
  });
});
