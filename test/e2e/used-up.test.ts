import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { en } from '../support/words.ts';
import { buttonOf, selfie, visitor } from './page-app.ts';
import { type Program, runProgram } from './program.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'facefinder-full-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const readyz = async (program: Program) => (await fetch(`${program.url}/readyz`)).text();

/** Sets a limit of the running program, by prlimit(1). A later call can raise the limit again. */
function limit({ process }: Program, what: 'fsize' | 'nofile', most: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--${what}=${most}:`]);
}

async function openFiles({ process }: Program): Promise<number> {
  return (await readdir(`/proc/${process.pid}/fd`)).length;
}

it('a disk that takes nothing any more is named within a minute although nobody asks, and it goes on by itself', async () => {
  await using program = await runProgram({ dataDir });
  await vi.waitFor(async () => expect(await readyz(program)).toBe('ready\n'), 240_000);
  // No file can grow any more, as on a full disk.
  limit(program, 'fsize', 0);
  const told = /^not ready\n(.*\n)*pending: disk_(full|failing): The disk .*pending\.db/;
  await vi.waitFor(async () => expect(await readyz(program)).toMatch(told), { timeout: 240_000, interval: 500 });
  expect(program.output()).toMatch(/"part":"pending","cause":"disk_(full|failing)"/);
  const ada = visitor(program.url, 'Ada');
  expect(await ada.say('/enroll', await selfie())).toMatchObject([{ kind: 'error', code: 'unavailable' }]);
  limit(program, 'fsize', 'unlimited');
  await vi.waitFor(async () => expect(await readyz(program)).toBe('ready\n'), { timeout: 240_000, interval: 500 });
  await expect(ada.agree('/enroll', await selfie())).resolves.toMatchObject([{ kind: 'enrolled' }]);
});

it('a full disk keeps nobody from leaving: they are told what is remembered, and are erased once there is room', async () => {
  await using program = await runProgram({ dataDir });
  const [ada, bob] = [visitor(program.url, 'Ada'), visitor(program.url, 'Bob')];
  await ada.agree('/enroll', await selfie());
  const found = async () => JSON.stringify(await bob.say('/find', await selfie()));
  expect(JSON.stringify(await bob.agree('/find', await selfie()))).toContain('Ada');
  limit(program, 'fsize', 0);
  const [answer] = await ada.press(buttonOf(await ada.say('/forget'), 'confirm'));
  expect(answer).toEqual({ kind: 'info', text: en.forget.unnoted });
  expect(await found()).not.toContain('Ada');
  limit(program, 'fsize', 'unlimited');
  expect(await found()).not.toContain('Ada');
  const held = async () => JSON.stringify(await ada.say('/mydata'));
  await vi.waitFor(async () => expect(await held()).toContain('Nothing is held'), { timeout: 240_000, interval: 500 });
});

/**
 * Mounts a disk of 32 MiB until the test ends, and gives its path. Undefined when this user may not
 * mount one.
 */
async function smallDisk(): Promise<string | undefined> {
  const path = await mkdtemp(join(tmpdir(), 'facefinder-disk-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=32m,mode=700', 'tmpfs', path]).status !== 0) return undefined;
  onTestFinished(async () => {
    spawnSync('umount', ['--lazy', path]);
    await rm(path, { recursive: true, force: true });
  });
  return path;
}

it('who wants to leave while the disk is full is gone after a restart too, with the second place on that very disk', async () => {
  const disk = await smallDisk();
  if (!disk) return console.error('\n*** NOT TESTED: a full disk and a restart: this user may not mount one\n');
  const onDisk = { dataDir: join(disk, 'data'), env: { STATE_DIR: join(disk, 'state') } };
  {
    await using program = await runProgram(onDisk);
    const ada = visitor(program.url, 'Ada');
    await ada.agree('/enroll', await selfie());
    const ballast = join(onDisk.dataDir, 'pending.db-ballast');
    await vi.waitFor(() => expect(existsSync(ballast)).toBe(true), { timeout: 240_000, interval: 200 });
    const fill = openSync(join(disk, 'fill'), 'w');
    expect(() => {
      for (;;) writeSync(fill, Buffer.alloc(4_096));
    }).toThrow('ENOSPC');
    closeSync(fill);
    const [answer] = await ada.press(buttonOf(await ada.say('/forget'), 'confirm'));
    expect(answer).not.toEqual({ kind: 'info', text: en.forget.unnoted });
    await program.kill('SIGKILL');
  }
  // A program on the full disk may start, or may end and say why.
  await using still = await runProgram(onDisk).catch(() => undefined);
  await rm(join(disk, 'fill'));
  await using program = still ?? (await runProgram(onDisk));
  const held = async () => JSON.stringify(await visitor(program.url, 'Ada').say('/mydata'));
  await vi.waitFor(async () => expect(await held()).toContain('Nothing is held'), { timeout: 240_000, interval: 500 });
}, 300_000);

it('a program that can open no further file says so in its log, since nobody reaches it to ask, and it goes on by itself', async () => {
  await using program = await runProgram({ dataDir });
  await vi.waitFor(async () => expect(await readyz(program)).toBe('ready\n'), 240_000);
  limit(program, 'nofile', Math.floor((await openFiles(program)) / 2));
  const told = /"part":"files","cause":"files_used_up","says":"No more files and connections can be opened.*ulimit -n/;
  await vi.waitFor(() => expect(program.output()).toMatch(told), { timeout: 240_000, interval: 500 });
  limit(program, 'nofile', 1_024);
  await vi.waitFor(async () => expect(await readyz(program)).toBe('ready\n'), { timeout: 240_000, interval: 500 });
  const ada = visitor(program.url, 'Ada');
  await expect(ada.agree('/enroll', await selfie())).resolves.toMatchObject([{ kind: 'enrolled' }]);
});
