import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Pack } from '../../models/pack.ts';
import type { Faces } from '../../src/face/face.ts';
import { openFaces, type PoolOptions } from '../../src/face/pool.ts';
import { children, closesAfterEach, openPool, signal } from './pool-processes.ts';
import { fastPack, portrait, sample } from './samples.ts';

let pack: Pack;
let photo: Buffer;
let slow: Buffer;
beforeAll(async () => {
  pack = await fastPack();
  photo = await portrait();
  const create = { width: 4000, height: 4000, channels: 3, background: '#808080' } as const;
  slow = await sharp({ create }).avif({ effort: 0 }).toBuffer();
});
closesAfterEach();

const open = (options: Partial<PoolOptions> = {}): Promise<Faces> => openPool({ pack, ...options });

/**
 * Asks for a photo that takes half a second to decode, and makes its process hang in the middle.
 */
async function hangOver(see: Faces['see'], ...args: [] | [AbortSignal]): Promise<{ asked: Promise<unknown> }> {
  const asked = see(slow, ...args);
  asked.catch(() => {});
  await setTimeout(100);
  signal('SIGSTOP');
  return { asked };
}

test('many photos at once are all seen, each with its own answer', async () => {
  const { see } = await open({ children: 2 });
  const group = await readFile(sample(5));
  const counts = await Promise.all([photo, group, photo, group, photo].map(async (bytes) => (await see(bytes)).faces));
  expect(counts.map((found) => found.length)).toEqual([1, 5, 1, 5, 1]);
});

test('photos are looked at with a lower priority than the program that answers people', async () => {
  await open();
  for (const pid of children()) expect(getPriority(pid)).toBeGreaterThan(getPriority());
  expect(children()).not.toEqual([]);
});

test('a photo whose process is stopped from outside is seen by another after the deadline', async () => {
  const { see } = await open({ deadlineMs: 5_000 });
  const [stuck] = children();
  const { asked } = await hangOver(see);
  await expect(asked).resolves.toMatchObject({ faces: [] });
  expect(children()).not.toContain(stuck);
});

test('a photo whose process is killed from outside is seen by another, again and again', async () => {
  const { see } = await open();
  for (const _ of [1, 2]) {
    await see(photo);
    const { asked } = await hangOver(see);
    signal('SIGKILL');
    await expect(asked).resolves.toMatchObject({ faces: [] });
  }
});

describe('processes that die over certain jobs', () => {
  /**
   * While `work` runs, each new child evaluates `dies`, an expression over `job`, for each of its
   * jobs, and gets `signal` when it is true. `work` is given a function that counts these signals.
   */
  async function withDying(
    dies: string,
    work: (deaths: () => number) => Promise<void>,
    signal = 'SIGKILL',
  ): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'facefinder-dying-'));
    const [hook, node, tally] = ['hook.mjs', 'node', 'tally'].map((name) => join(folder, name));
    const death = `(appendFileSync(${JSON.stringify(tally)}, 'x'), process.kill(process.pid, '${signal}'))`;
    // The child dies a moment later, after it has confirmed the job.
    const watch = `process.on('message', (job) => (${dies}) && setTimeout(() => ${death}, 5));`;
    writeFileSync(String(hook), `import { appendFileSync } from 'node:fs';\n${watch}\n`);
    writeFileSync(String(node), `#!/bin/sh\nexec '${process.execPath}' --import '${hook}' "$@"\n`, { mode: 0o755 });
    writeFileSync(String(tally), '');
    const before = process.execPath;
    process.execPath = String(node);
    try {
      await work(() => readFileSync(String(tally)).length);
    } finally {
      process.execPath = before;
      rmSync(folder, { recursive: true });
    }
  }
  const OVER_SLOW = `job.kind === 'see' && job.photo.length === `;

  test('a photo that kills two fresh processes is unreadable, and the next one is seen', async () => {
    await withDying(OVER_SLOW + slow.length, async (deaths) => {
      const { see } = await open();
      await expect(see(slow)).rejects.toMatchObject({ code: 'image_unreadable' });
      expect(deaths()).toBe(2);
      expect((await see(photo)).faces).toHaveLength(1);
    });
  });

  test('a photo is not blamed for the death of a process that saw other photos before', async () => {
    await withDying(OVER_SLOW + slow.length, async (deaths) => {
      const { see } = await open();
      await see(photo);
      await expect(see(slow)).rejects.toMatchObject({ code: 'image_unreadable' });
      expect(deaths()).toBe(3);
    });
  });

  test('no photo is to blame while its processes get no processor time, as on a machine that is too busy', async () => {
    const work = async (stops: () => number) => {
      const { see } = await open({ deadlineMs: 1_000 });
      await expect(see(photo)).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'child_hangs' } });
      expect(stops()).toBe(3);
    };
    await withDying(`job.kind === 'see'`, work, 'SIGSTOP');
  });

  test('no photo is to blame while no process can work on any', async () => {
    await withDying(`job.kind === 'see' || job.kind === 'try'`, async () => {
      const { see, check } = await open();
      await expect(see(photo)).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'child_ends' } });
      expect(await check().then(() => 'well')).toBe('well');
    });
  });
});

test('a process that dies while idle costs nobody an answer', async () => {
  const { see } = await open();
  signal('SIGKILL');
  expect((await see(photo)).faces).toHaveLength(1);
});

test('an aborted photo is given up at once, whether it waits or is worked on', async () => {
  const { see } = await open();
  const [working, waiting] = [new AbortController(), new AbortController()];
  const { asked } = await hangOver(see, working.signal);
  const waits = expect(see(photo, waiting.signal)).rejects.toThrow('left');
  waiting.abort(new Error('left'));
  await waits;
  working.abort(new Error('gone'));
  await expect(asked).rejects.toThrow('gone');
  expect((await see(photo)).faces).toHaveLength(1);
});

test('a photo aborted beforehand is not looked at', async () => {
  const { see } = await open();
  await expect(see(photo, AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
});

test('more photos than may wait are told that it is busy', async () => {
  const { see } = await open({ waiting: 2 });
  const asked = await Promise.allSettled(Array.from({ length: 5 }, () => see(photo)));
  expect(asked.map((result) => (result.status === 'rejected' ? result.reason.code : 'seen'))).toEqual([
    'seen',
    'seen',
    'seen',
    'busy',
    'busy',
  ]);
});

test('closing ends every process and tells who waits that it is busy', async () => {
  const pool = await open({ children: 2 });
  signal('SIGSTOP');
  const told = Promise.allSettled([1, 2, 3].map(() => pool.see(photo)));
  await pool[Symbol.asyncDispose]();
  expect((await told).map((result) => result.status === 'rejected' && result.reason.code)).toEqual([
    'busy',
    'busy',
    'busy',
  ]);
  await expect(pool.see(photo)).rejects.toMatchObject({ code: 'busy' });
  await expect.poll(children).toEqual([]);
});

test('a pack whose files are no models is refused at the start, and leaves no process', async () => {
  const files = { ...pack.files, embedder: import.meta.filename };
  await expect(openFaces({ pack: { ...pack, files }, children: 2 })).rejects.toMatchObject({ code: 'unavailable' });
  await expect.poll(children).toEqual([]);
});

test('drawing has a process of its own, without inference: while it hangs, photos are seen', async () => {
  const { see, draw } = await open({ deadlineMs: 10_000 });
  const [seeing] = children();
  await draw(photo, []);
  const [drawing, ...others] = children().filter((pid) => pid !== seeing);
  expect(others).toEqual([]);
  expect(await readFile(`/proc/${drawing}/maps`, 'utf8')).not.toContain('onnxruntime');
  process.kill(Number(drawing), 'SIGSTOP');
  const ended: string[] = [];
  const drawn = draw(photo, []).finally(() => ended.push('drawn'));
  await see(photo).finally(() => ended.push('seen'));
  expect((await drawn).length).toBeGreaterThan(0);
  expect(ended).toEqual(['seen', 'drawn']);
});

test('an idle process that hangs is replaced by a check', async () => {
  const { check } = await open({ deadlineMs: 5000 });
  const [stuck] = children();
  signal('SIGSTOP');
  await check().catch(() => {});
  await expect.poll(children).not.toContain(stuck);
  await check();
});

test('the processes know nothing of the environment', async () => {
  await open();
  const [pid] = children();
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => 'NODE_CHANNEL_FD=');
  const names = environment.split('\0').map((entry) => entry.split('=')[0]);
  expect(names.filter((name) => name && !name.startsWith('NODE_CHANNEL'))).toEqual([]);
});
