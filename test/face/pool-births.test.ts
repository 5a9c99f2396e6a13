import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Pack } from '../../models/pack.ts';
import type { Faces } from '../../src/face/face.ts';
import { type ChildStart, openFaces, type PoolOptions } from '../../src/face/pool.ts';
import { children, closesAfterEach, openPool, signal } from './pool-processes.ts';
import { fastPack, portrait } from './samples.ts';

/** Longer than a process takes to start on a busy machine. */
const BIRTH_MS = 8_000;

let pack: Pack;
let photo: Buffer;
beforeAll(async () => {
  pack = await fastPack();
  photo = await portrait();
});
closesAfterEach();

const open = (options: Partial<PoolOptions> = {}): Promise<Faces> => openPool({ pack, ...options });

test('a drawing process that cannot start is said to be out of reach, once, and the next drawing has another', async () => {
  const { draw } = await open();
  const node = process.execPath;
  process.execPath = '/bin/false';
  await expect(draw(photo, [], { signal: AbortSignal.timeout(5_000) }))
    .rejects.toMatchObject({ code: 'unavailable' })
    .finally(() => {
      process.execPath = node;
    });
  expect((await draw(photo, [])).length).toBeGreaterThan(0);
});

/** Lets no process start while `work` runs. */
async function withoutProcesses<T>(work: () => Promise<T>): Promise<T> {
  const node = process.execPath;
  process.execPath = '/bin/false';
  try {
    return await work();
  } finally {
    process.execPath = node;
  }
}

test('a process that cannot start is told by a check until one starts, which a check tries too', async () => {
  const starts: ChildStart[] = [];
  const { see, check } = await open({ onStart: (start) => starts.push(start) });
  await check();
  await withoutProcesses(async () => {
    signal('SIGKILL');
    await expect(see(photo)).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'child_ends' } });
    await expect(check()).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'child_ends' } });
  });
  await check();
  expect((await see(photo)).faces).toHaveLength(1);
  const [first, ...later] = starts;
  expect(first).toEqual({ work: 'see', outcome: 'started' });
  expect(later.at(-1)).toEqual({ work: 'see', outcome: 'started' });
  expect(later.slice(0, -1).every(({ outcome }) => outcome === 'failed')).toBe(true);
});

test('a lane without a process draws in no photo while another works', async () => {
  const { see } = await open({ children: 2 });
  const [doomed] = children();
  await withoutProcesses(async () => {
    process.kill(Number(doomed), 'SIGKILL');
    // Two asks at once, so that one of them goes to the dead process.
    const both = await Promise.allSettled([see(photo), see(photo)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const rest = await Promise.all(Array.from({ length: 6 }, () => see(photo)));
    expect(rest.map(({ faces }) => faces.length)).toEqual([1, 1, 1, 1, 1, 1]);
  });
});

test('a process that hangs before it is ready is given up, and said to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'facefinder-hung-'));
  const hung = join(folder, 'hung');
  writeFileSync(hung, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  const node = process.execPath;
  process.execPath = hung;
  const opening = openFaces({ pack, children: 1, birthMs: 500 }).finally(() => {
    process.execPath = node;
    rmSync(folder, { recursive: true });
  });
  await expect(opening).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'child_hangs' } });
});

/** Kills the only process. `another` waits for its replacement. */
function killOnly(): { readonly another: () => Promise<void> } {
  const killed = children();
  signal('SIGKILL');
  return {
    // For a moment, the killed process is still listed.
    another: () => expect.poll(() => children().filter((pid) => !killed.includes(pid))).toHaveLength(1),
  };
}

/** Stops every child right at its start (SIGSTOP) while `work` runs. */
async function withStopped<T>(work: () => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'facefinder-stopped-'));
  const stopped = join(folder, 'stopped');
  writeFileSync(stopped, `#!/bin/sh\nkill -STOP $$\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
  const node = process.execPath;
  process.execPath = stopped;
  try {
    return await work();
  } finally {
    process.execPath = node;
    rmSync(folder, { recursive: true });
  }
}

test('the part does not work while its only process cannot start, and sees photos once it can', async () => {
  const { see, check } = await open({ birthMs: BIRTH_MS });
  await withStopped(async () => {
    const { another } = killOnly();
    const asked = see(photo);
    asked.catch(() => {});
    await another();
    await expect(check()).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'child_hangs' } });
    await expect(asked).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'child_hangs' } });
  });
  expect((await see(photo)).faces).toHaveLength(1);
  await check();
});

test('one process that is stopped at its birth costs a photo time, and no more', async () => {
  const { see } = await open({ birthMs: BIRTH_MS });
  let asked: Promise<{ readonly faces: readonly unknown[] }> | undefined;
  await withStopped(async () => {
    const { another } = killOnly();
    asked = see(photo);
    await another();
  });
  expect((await asked)?.faces).toHaveLength(1);
});

test('closing waits for no process that is stopped at its birth', async () => {
  const pool = await open({ birthMs: 600_000 });
  await withStopped(async () => {
    const { another } = killOnly();
    const asked = pool.see(photo);
    asked.catch(() => {});
    await another();
    await pool[Symbol.asyncDispose]();
    await expect(asked).rejects.toMatchObject({ code: 'busy' });
  });
});

test('a photo is `unavailable` when no file can be opened, and the program goes on', async () => {
  const program = join(import.meta.dirname, 'without-files-process.ts');
  const run = spawnSync('/bin/sh', ['-c', `ulimit -n 128; exec "$0" "$1"`, process.execPath, program], {
    encoding: 'utf8',
  });
  expect(run.stderr).toBe('');
  expect(run.stdout.trim().split('\n')).toEqual(['files_used_up', 'files_used_up', 'drawn', 'seen']);
});
