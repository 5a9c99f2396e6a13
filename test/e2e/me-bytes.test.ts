import { type FSWatcher, watch } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bystandersOn } from '../support/bystanders.ts';
import { photo, selfie, visitor } from './page-app.ts';
import { type Program, runProgram } from './program.ts';
import { newValues, snapshot } from './snapshot.ts';

/** Bytes of an embedding with one byte a number, the smallest form that finds anybody. */
const SMALLEST_TEMPLATE = 128;

/** Contains everything that the program may write: its data, its temporary files, its log. */
let root: string;
let data: string;
let program: Program;
/** Names of temporary files, even of those that were gone at once. */
const temporaries: (string | null)[] = [];
let watcher: FSWatcher;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'facefinder-me-bytes-'));
  data = join(root, 'data');
  const temporary = join(root, 'tmp');
  await mkdir(temporary);
  watcher = watch(temporary, (_, name) => temporaries.push(name));
  program = await runProgram({ dataDir: data, env: { TMPDIR: temporary, LOG_LEVEL: 'debug' } });
});

afterAll(async () => {
  watcher?.close();
  await program?.[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

test('while somebody looks for themselves, nobody else’s template is in any byte that the running program wrote', async () => {
  const photos = await Promise.all([3, 6, 2, 4, 5, 3, 6].map((number) => readFile(photo(number))));
  const { remains, one, own } = await bystandersOn(photos, await selfie());
  const ann = visitor(program.url, 'ann');
  await ann.agree('/enroll', await selfie());
  expect(await ann.agree('/me', await selfie())).toMatchObject([{ kind: 'presence', found: 1 }]);
  // The test computes templates exactly as the program does: the asker's has the same numbers.
  const [held] = await ann.say('/mydata');
  expect(JSON.stringify(held)).toContain(JSON.stringify(Array.from(own)));

  const found = async () => {
    await writeFile(join(root, 'output'), program.output());
    return remains.in(root);
  };
  const before = snapshot(data);
  const asking = { isOver: false };
  const answer = ann.say('/me', ...photos).finally(() => {
    asking.isOver = true;
  });
  do {
    expect(await found()).toEqual({});
    await sleep(20);
  } while (!asking.isOver);
  expect(await answer).toMatchObject([{ kind: 'presence', seen: 7, found: 2 }]);
  expect(await found()).toEqual({});
  // No new value, sealed or not, is large enough to hold a template.
  const large = newValues(before, snapshot(data)).filter(({ value }) => value.byteLength >= SMALLEST_TEMPLATE);
  expect(large.map(({ where }) => where)).toEqual([]);
  expect(temporaries).toEqual([]);

  await writeFile(join(data, 'planted'), new Uint8Array(one.buffer, one.byteOffset, one.byteLength));
  expect(Object.keys(remains.in(root))).toEqual(['planted: vector']);
});
