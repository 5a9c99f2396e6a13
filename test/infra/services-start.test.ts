import { once } from 'node:events';
import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { runningIn } from '../../infra/services/daemon.ts';
import { nativeElasticsearchWorks, nativeRedisWorks } from '../support/shared-services.ts';
import { type Ended, ended, type Machine, openMachine, pathOf } from './machine.ts';

let machine: Machine;
let root: string;
let redisDir: string;

beforeEach(async () => {
  machine = await openMachine();
  onTestFinished(() => machine[Symbol.asyncDispose]());
  ({ root } = machine);
  redisDir = join(machine.state, 'redis');
});

describe('npm run services, before it starts anything,', () => {
  test('says all that is missing', async () => {
    const { code, err } = await ended(machine.services());
    expect([code, err.trim().split('\n')]).toEqual([
      1,
      [
        'redis-server is not installed (Debian: apt-get install redis-server)',
        'mvn is not installed (Debian: apt-get install maven)',
      ],
    ]);
  });

  test('takes a program in a folder that the servers may not enter for missing', async () => {
    const closed = join(root, 'closed');
    await mkdir(closed, { mode: 0o600 });
    await symlink(pathOf('sh'), join(closed, 'redis-server'));
    await maven('exit 1');
    const { code, err } = await ended(machine.services('start', { PATH: `${closed}:${machine.bin}` }));
    expect([code, err.trim()]).toEqual([1, 'redis-server is not installed (Debian: apt-get install redis-server)']);
  });
});

describe.skipIf(!(await nativeRedisWorks()))('npm run services', () => {
  beforeEach(() => machine.have('redis-server', pathOf('redis-server')));

  test('says which port is taken, and how to have another', async () => {
    await maven('exit 1');
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    await mkdir(redisDir, { recursive: true });
    await writeFile(join(redisDir, 'settings.json'), JSON.stringify({ port, password: 'p' }));
    const { code, err } = await ended(machine.services());
    expect(code).toBe(1);
    expect(err).toContain(`port ${port} of redis-server is taken by another program: end that one, or remove`);
  });

  test.runIf(process.getuid?.() === 0)('says which folder the servers may not enter', async () => {
    await maven('exit 1');
    const closed = join(root, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const { code, err } = await ended(machine.services('start', { XDG_STATE_HOME: closed }));
    expect(code).toBe(1);
    expect(err).toContain(`may not enter the folder ${closed}: allow it (chmod), or choose another place`);
  });

  test('leaves nothing running when Elasticsearch cannot be fetched, and says why', async () => {
    await maven('sleep 1; exit 1');
    const { code, err } = await ended(machine.services());
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('Maven could not fetch Elasticsearch: is there a network?'),
    ]);
    expect(await runningIn(redisDir, 'redis-server')).toBeUndefined();
    expect(await unpacking()).toEqual([]);
  });

  test('leaves nothing running after SIGTERM', async () => {
    await maven('exec sleep 60');
    const start = machine.services();
    const ending = ended(start);
    await vi.waitUntil(() => runningIn(redisDir, 'redis-server'), { timeout: 240_000, interval: 100 });
    start.kill('SIGTERM');
    await expectNothingLeft('SIGTERM', await ending);
  });

  // A terminal sends SIGINT to node, to Maven and to npm. npm passes it on, so node gets it twice.
  test('leaves nothing running after Ctrl-C, which arrives more than once', async () => {
    await maven('exec sleep 60');
    const start = machine.services('start', {}, { detached: true });
    const ending = ended(start);
    await vi.waitUntil(() => runningIn(redisDir, 'redis-server'), { timeout: 240_000, interval: 100 });
    process.kill(-Number(start.pid), 'SIGINT');
    await sleep(50);
    start.kill('SIGINT');
    await expectNothingLeft('SIGINT', await ending);
  });

  test('lets one start go on at a time', async () => {
    await maven('exec sleep 60');
    const first = machine.services();
    await vi.waitUntil(() => runningIn(redisDir, 'redis-server'), { timeout: 240_000, interval: 100 });
    const second = await ended(machine.services());
    expect([second.code, second.err.trim()]).toEqual([
      1,
      `another start is under way (process ${first.pid}): wait for it, or end it`,
    ]);
    first.kill();
    await ended(first);
  });

  test('shows how much has come, keeps to its own folders, and removes what killed fetches left', async () => {
    await maven('pwd; echo "$@"; echo "Progress (1): 33/132 MB"; sleep 4; exit 1');
    const stale = join(root, 'cache', 'facefinder', 'unpacking-killed');
    await mkdir(stale, { recursive: true });
    await utimes(stale, 1, 1);
    const { err } = await ended(machine.services());
    expect(err).toContain('from Maven Central, once (132 MB)\nElasticsearch: 33/132 MB\n');
    expect(await unpacking()).toEqual([]);
  });
});

const hasBoth = (await nativeRedisWorks()) && (await nativeElasticsearchWorks());
describe.skipIf(!hasBoth)('npm run services, with all that it needs,', () => {
  test('starts both, finds both at a second start, and stops both', async () => {
    const { PATH, ES_JAVA_HOME } = process.env;
    const env = { PATH, ES_JAVA_HOME, XDG_CACHE_HOME: undefined };
    onTestFinished(async () => void (await ended(machine.services('stop', env))));
    const first = await ended(machine.services('start', env));
    expect([first.code, first.out]).toEqual([
      0,
      expect.stringMatching(/^REDIS_URL=redis:.*\nELASTICSEARCH_URL=http:.*\n$/),
    ]);
    const second = await ended(machine.services('start', env));
    expect([second.out, second.err.trim()]).toEqual([first.out, 'both were running already']);
    expect((await ended(machine.services('stop', env))).out).toBe('stopped\n');
    expect((await ended(machine.services('stop', env))).out).toBe('nothing was running\n');
  });
});

/**
 * Puts a Maven on the PATH that only runs this shell script. A test cannot take the network away,
 * but this Maven can fail or hang as the real one would without a network.
 */
async function maven(script: string): Promise<void> {
  await machine.pretend('mvn', script);
}

async function expectNothingLeft(signal: NodeJS.Signals, { code, err }: Ended): Promise<void> {
  expect([code, err]).toEqual([1, expect.stringContaining(`ended by ${signal}: nothing is left running`)]);
  expect(await runningIn(redisDir, 'redis-server')).toBeUndefined();
  expect(await unpacking()).toEqual([]);
}

async function unpacking(): Promise<string[]> {
  return (await readdir(join(root, 'cache', 'facefinder'))).filter((name) => name.startsWith('unpacking-'));
}
