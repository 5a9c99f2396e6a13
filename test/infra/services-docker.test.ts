import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { parse } from 'yaml';
import { ended, type Machine, openMachine } from './machine.ts';

let machine: Machine;
beforeEach(async () => {
  machine = await openMachine();
  onTestFinished(() => machine[Symbol.asyncDispose]());
});

/**
 * Puts a Docker on the PATH that notes what it is asked. `up` is the shell script that stands for
 * `docker compose up`. `running` has the services whose containers run already.
 */
async function docker(up: string, running: readonly string[] = []): Promise<void> {
  const ids = running.map((service) => `*" ps --quiet ${service}" | *" ps --quiet") echo id-of-${service};;`);
  await machine.pretend(
    'docker',
    `echo "$@" >> ${machine.root}/asked
case "$*" in
  ${ids.join('\n  ')}
  *" up "*) ${up};;
  *" logs "*) echo "redis-1  | Can't open the append-only file";;
esac`,
  );
}

/** The subcommands of `docker compose` that were called so far, such as `up`. */
async function asked(): Promise<string[]> {
  const lines = (await readFile(join(machine.root, 'asked'), 'utf8')).trim().split('\n');
  return lines.flatMap((line) => /^compose -f \S+ (\w+)/.exec(line)?.[1] ?? []);
}

describe('npm run services with a Docker engine', () => {
  test('starts both servers, shows how far they are, and prints two lines to set', async () => {
    await docker('echo "elasticsearch Pulling 33MB" >&2; echo "all up"; echo "$REDIS_PORT $REDIS_PASSWORD" > used');
    const { code, out, err } = await ended(machine.services());
    const [port, password] = (await readFile(join(machine.root, 'used'), 'utf8')).trim().split(' ');
    const lines = [
      `REDIS_URL=redis://default:${password}@127.0.0.1:${port}`,
      expect.stringMatching(/^ELASTICSEARCH_URL=http:\/\/elastic:\S+@127\.0\.0\.1:\d+$/),
    ];
    expect([code, out.trim().split('\n')]).toEqual([0, lines]);
    expect(err).toBe('elasticsearch Pulling 33MB\nall up\n');
  });

  test('that cannot bring them up shows the last lines of the servers, and leaves none running', async () => {
    await docker('echo "container redis-1 is unhealthy" >&2; exit 1');
    const { code, out, err } = await ended(machine.services());
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe(
      'container redis-1 is unhealthy\n' +
        'Docker did not bring both servers up, and says above what it did. The last lines of the servers:\n' +
        "redis-1  | Can't open the append-only file\n",
    );
    expect((await asked()).slice(-2)).toEqual(['ps', 'down']);
  });

  test('says which ports are taken, and how to have others', async () => {
    await docker('exit 0');
    const taken = [await takenPort('redis'), await takenPort('elasticsearch')];
    const { code, err } = await ended(machine.services());
    expect([code, err.trim().split('\n')]).toEqual([
      1,
      taken.map(
        ({ name, port, settings }) =>
          `port ${port} of ${name} is taken by another program: end that one, or remove ${settings} to have another port`,
      ),
    ]);
    expect(await asked()).not.toContain('up');
  });

  test('finds a server that runs already, which has its port itself', async () => {
    await docker('exit 0', ['redis']);
    const { port } = await takenPort('redis');
    const { code, out } = await ended(machine.services());
    expect([code, out]).toEqual([0, expect.stringContaining(`@127.0.0.1:${port}\n`)]);
  });

  test('leaves nothing running after Ctrl-C, which arrives more than once', async () => {
    await docker('exec sleep 60');
    const start = machine.services('start', {}, { detached: true });
    const ending = ended(start);
    await vi.waitUntil(async () => (await asked().catch((): string[] => [])).includes('up'), {
      timeout: 240_000,
      interval: 100,
    });
    process.kill(-Number(start.pid), 'SIGINT');
    await sleep(50);
    start.kill('SIGINT');
    const { code, err } = await ending;
    expect([code, err.trim()]).toEqual([1, 'ended by SIGINT: nothing is left running']);
    expect((await asked()).at(-1)).toBe('down');
  });

  test('stops both, and says so', async () => {
    await docker('exit 0', ['redis', 'elasticsearch']);
    expect((await ended(machine.services('stop'))).out).toBe('stopped\n');
    expect((await asked()).at(-1)).toBe('down');
  });

  test('that has none of them running says so', async () => {
    await docker('exit 0');
    expect((await ended(machine.services('stop'))).out).toBe('nothing was running\n');
  });
});

/** Another program takes a server's port. `settings` is the file in which the port is noted. */
async function takenPort(name: 'redis' | 'elasticsearch') {
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const dir = join(machine.state, name);
  await mkdir(dir, { recursive: true });
  const settings = join(dir, 'settings.json');
  await writeFile(settings, JSON.stringify({ port, password: 'p' }));
  return { name, port, settings };
}

test('the compose file of npm run services can be used by hand, and lets Elasticsearch write no heap dump', async () => {
  const text = await readFile(new URL('../../infra/services/compose.yml', import.meta.url), 'utf8');
  for (const [variable] of text.matchAll(/(?<!\$)\$\{[^}]*\}/g)) expect(variable).toMatch(/^\$\{\w+:-.+\}$/);
  expect(parse(text).services.elasticsearch.environment.ES_JAVA_OPTS).toContain('-XX:-HeapDumpOnOutOfMemoryError');
});
