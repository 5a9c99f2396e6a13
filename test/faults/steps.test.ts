import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { causeOf } from '../../src/cause.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import { newSqliteStore } from '../gallery/sqlite/store.ts';
import { failWrite } from '../support/durable-steps.ts';
import { Life } from './life.ts';
import { spread } from './spread.ts';

const SEED = Number(process.env.SEED ?? 1);
/** `npm run drill faults` makes each step fail. */
const SAMPLE = process.env.DRILL_FAULTS === undefined ? 6 : Number.POSITIVE_INFINITY;
const TIMEOUT_MS = 2 * 3_600_000;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Runs a life whose n-th step fails. `steps`: how many steps the life had. */
async function lived(nth: number) {
  const STATE_DIR = mkdtempSync(join(tmpdir(), 'facefinder-steps-'));
  folders.push(STATE_DIR);
  let counted = () => 0;
  let steps = 0;
  const begin = () => {
    counted = failWrite(nth);
  };
  const end = () => {
    steps = counted();
    failWrite(0);
  };
  const life = await new Life({ env: { STATE_DIR, FINDS_PER_HOUR: '10000' } }).live(begin, end);
  return { nth, ...life, steps };
}

// test/faults/faults.test.ts lets calls to the system fail, which needs Linux and a C compiler.
// This test lets steps of SQLite fail, on any machine.
test(`whatever SQLite makes durable fails once, nobody who left is found, and all goes on (seed ${SEED})`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const { steps, ...sound } = await lived(0);
  expect(sound).toMatchObject({ refused: [], wrong: [] });
  let told = 0;
  const numbers = spread(steps, SAMPLE, seeded(SEED));
  for (const nth of numbers) {
    const life = await lived(nth);
    expect(life).toMatchObject({ wrong: [] });
    if (life.refused.length > 0) told += 1;
  }
  console.log(`seed ${SEED}: ${numbers.length} of ${steps} failed, once each; in ${told} lives somebody was told`);
});

test('a disk that fails while a gallery is opened is called that, and not damage', async () => {
  const store = await newSqliteStore();
  await (await store.open())[Symbol.asyncDispose]();
  const counted = failWrite(0);
  await (await store.open())[Symbol.asyncDispose]();
  const steps = counted();
  for (let nth = 1; nth <= steps; nth++) {
    failWrite(nth);
    const opened = await store.open().catch((error) => causeOf(error)?.code);
    failWrite(0);
    if (typeof opened === 'object') await opened[Symbol.asyncDispose]();
    else expect(opened).toBe('disk_failing');
  }
});
