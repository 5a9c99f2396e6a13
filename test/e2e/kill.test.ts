import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { galleryFile, pendingFile } from '../../src/app/stores.ts';
import type { WireReply } from '../../src/bots/page/render.ts';
import { openSqlitePending } from '../../src/queue/embedded/pending.ts';
import { buttonOf, selfie, type Visitor, visitor } from './page-app.ts';
import { facefinder, type Program, runProgram } from './program.ts';

/**
 * More steps than an enrolment or an erasure takes. If the program dies at every step up to this
 * one, the test gives up and fails.
 */
const MOST_STEPS = 60;

/** The number of kills at arbitrary times, spread over the duration of the enrolment or erasure. */
const BLIND_KILLS = 4;

let root: string;
let dataDir: string;
let program: Program;
let photo: Buffer;
const receipts: string[] = [];
const enrolled: string[] = [];
const forgotten: string[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'facefinder-kill-'));
  dataDir = join(root, 'data');
  photo = await sharp(await selfie())
    .resize(200)
    .jpeg()
    .toBuffer();
  // Only a regular end saves the compile cache, which makes the thirty or so starts below faster.
  await start();
  await program.kill('SIGTERM');
  await start();
});

afterAll(async () => {
  await program?.[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const env = { NODE_COMPILE_CACHE: join(root, 'compiled') };
  program = await runProgram({ dataDir, env, preload: join(import.meta.dirname, 'killed-process.ts') });
}

/** The same woman in every group. */
const person = (group: string): Visitor => visitor(program.url, 'ann', group);

async function enrol(group: string): Promise<WireReply[]> {
  const replies = await person(group).say('/enroll', photo);
  return replies[0]?.kind === 'consent' ? await person(group).press(buttonOf(replies, 'agree')) : replies;
}

async function forget(group: string): Promise<WireReply[]> {
  return await person(group).press(buttonOf(await person(group).say('/forget'), 'confirm'));
}

/** What /mydata tells her that is held about her. */
async function held(group: string): Promise<{ readonly templates: number; readonly agreed: boolean }> {
  const [reply] = await person(group).say('/mydata');
  const data = (reply?.kind === 'info' ? reply.data : undefined) as
    | [{ templates: unknown[]; agreed: { enrol?: unknown } }]
    | undefined;
  return { templates: data?.[0].templates.length ?? 0, agreed: data?.[0].agreed.enrol !== undefined };
}

const NOTHING = { templates: 0, agreed: false };
const ENROLLED = { templates: 1, agreed: true };

/**
 * Arranges that the program is killed, before a certain step or after a certain time. Gives a
 * function to call after the action. If the step has not come by then, the function cancels the
 * kill. If the time is not over, the function waits for the kill.
 */
type Moment = (running: Program) => Promise<() => Promise<unknown>>;

/** Kills the program right before its n-th durable step from now. */
const beforeStep =
  (n: number): Moment =>
  async (running) => {
    await setSteps(running, n);
    return () => setSteps(running, 0);
  };

/** Kills the program after this time, perhaps in the middle of a step. */
const after =
  (ms: number): Moment =>
  async (running) => {
    const killed = sleep(ms).then(() => running.kill('SIGKILL'));
    return () => killed;
  };

function setSteps({ process, ended }: Program, n: number): Promise<unknown> {
  const taken = once(process, 'message');
  process.send(n, () => {});
  return Promise.race([taken, ended]);
}

interface Round {
  /** What the person read; undefined when the program died first. */
  readonly told: readonly WireReply[] | undefined;
  /** False when the action ended before the program could be killed. */
  readonly killed: boolean;
  /** Erasures on their shelf when the program died. */
  readonly noted: number;
}

/** Does `action` while the program is killed at this moment. Restarts a killed program. */
async function interrupted(moment: Moment, action: () => Promise<WireReply[]>): Promise<Round> {
  const settle = await moment(program);
  const told = await action().catch((error) => {
    // fetch throws a TypeError when the program dies before it answers.
    if (error instanceof TypeError) return undefined;
    throw error;
  });
  await settle();
  if (program.process.signalCode === null) return { told, killed: false, noted: 0 };
  await program.ended;
  const noted = await notedErasures();
  await start();
  return { told, killed: true, noted };
}

/**
 * Reads a copy of the data, because opening the data would repair what a crash left. The program
 * must do that itself, at its next start.
 */
async function notedErasures(): Promise<number> {
  const copy = await mkdtemp(join(root, 'copy-'));
  await cp(dataDir, copy, { recursive: true });
  await using pending = await openSqlitePending({ file: pendingFile(copy) });
  return (await pending.list('erasure')).length;
}

/**
 * Does `act` in one new group after another. In the first group the program is killed before the
 * first durable step of `act`, in the next group before the second step, until `act` takes no more
 * steps. In further groups it is killed at arbitrary times. `prepare` runs before each `act`.
 * `check` examines the group after the restart.
 */
async function killEverywhere(
  name: string,
  prepare: (group: string) => Promise<unknown>,
  act: (group: string) => Promise<WireReply[]>,
  check: (group: string, round: Round) => Promise<void>,
): Promise<void> {
  const round = async (group: string, moment: Moment) => {
    await prepare(group);
    const outcome = await interrupted(moment, () => act(group));
    await check(group, outcome);
    return outcome;
  };
  let steps = 0;
  do steps += 1;
  while (steps < MOST_STEPS && (await round(`${name} at step ${steps}`, beforeStep(steps))).killed);
  expect(steps).toBeGreaterThan(5);
  expect(steps).toBeLessThan(MOST_STEPS);

  await prepare(`${name} in peace`);
  const startedAt = performance.now();
  await act(`${name} in peace`);
  const ms = performance.now() - startedAt;
  for (let kill = 0; kill < BLIND_KILLS; kill += 1) {
    await round(`${name}, blind kill ${kill}`, after((ms * (kill + 0.5)) / BLIND_KILLS));
  }
}

describe('killed (SIGKILL) at every write, and blindly,', () => {
  test('of an enrolment, somebody is enrolled with their agreement or not at all', { timeout: 900_000 }, async () => {
    const outcomes: unknown[] = [];
    await killEverywhere(
      'enrolment',
      async () => {},
      enrol,
      async (group, { told }) => {
        const now = await held(group);
        expect([NOTHING, { templates: 0, agreed: true }, ENROLLED]).toContainEqual(now);
        if (told?.some(({ kind }) => kind === 'enrolled')) expect(now).toEqual(ENROLLED);
        outcomes.push(now);
        expect(await enrol(group)).toMatchObject([{ kind: 'enrolled', templates: 1 }]);
        enrolled.push(group);
      },
    );
    expect(outcomes).toContainEqual(NOTHING);
    expect(outcomes).toContainEqual(ENROLLED);
  });

  test('of a forget, all is kept or all erased, and what was begun is completed', { timeout: 900_000 }, async () => {
    const outcomes: string[] = [];
    const keep = (replies: readonly WireReply[] = []) => {
      const given = replies.flatMap((reply) => (reply.kind === 'receipt' ? [reply.receipt] : []));
      receipts.push(...given);
      return given.length > 0;
    };
    await killEverywhere('forget', enrol, forget, async (group, { told, noted }) => {
      if (keep(told)) expect(await held(group)).toEqual(NOTHING);
      if (noted > 0) await expect.poll(() => held(group)).toEqual(NOTHING);
      const now = await held(group);
      expect([NOTHING, ENROLLED]).toContainEqual(now);
      outcomes.push(now.templates === 0 ? 'erased' : 'kept', ...(noted > 0 ? ['completed'] : []));
      if (now.templates > 0) expect(keep(await forget(group))).toBe(true);
      forgotten.push(group);
    });
    expect(new Set(outcomes)).toEqual(new Set(['kept', 'erased', 'completed']));
  });

  test('in the end all that people were told is true, the files are whole, and every receipt is valid', async () => {
    for (const group of enrolled) expect(await held(group)).toEqual(ENROLLED);
    for (const group of forgotten) expect(await held(group)).toEqual(NOTHING);
    expect(await program.kill('SIGTERM')).toBe(0);
    expect(await notedErasures()).toBe(0);
    for (const file of [galleryFile(dataDir), pendingFile(dataDir)]) {
      using db = new DatabaseSync(file, { readOnly: true });
      expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
      expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
    }
    const doctor = await facefinder(['doctor'], { DATA_DIR: dataDir });
    expect(doctor.out).toContain(`groups: ${enrolled.length + forgotten.length + 2}, every ledger whole`);
    const file = join(root, 'receipts');
    await writeFile(file, receipts.join('\n'));
    const { code, out, err } = await facefinder(['verify-receipt', file], { DATA_DIR: dataDir });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.match(/^VALID/gm)).toHaveLength(receipts.length);
  });
});
