import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { keysOf } from '../../src/app/keys.ts';
import { pendingFile } from '../../src/app/stores.ts';
import { readConfig } from '../../src/config.ts';
import { openSqlitePending } from '../../src/queue/embedded/pending.ts';
import { shelf } from '../../src/queue/sealed-shelf.ts';
import { bystandersOn } from '../support/bystanders.ts';
import { photo, selfie, visitor } from './page-app.ts';
import { newValues, snapshot } from './snapshot.ts';
import { watchProgram } from './watch-program.ts';

/**
 * The bytes of a template with one byte for each of 128 numbers. A smaller template would find
 * nobody.
 */
const SMALLEST_TEMPLATE = 128;

/** Numbers of an embedding as JSON writes them. */
const SEVERAL_FRACTIONS = /(-?0\.\d+,){3}/;

test('while somebody looks for themselves, nobody else’s template is in any byte that the running program wrote', async () => {
  await using watched = await watchProgram();
  const { program, root, data, temporaries } = watched;
  const photos = await Promise.all([3, 6, 2, 4, 5, 3, 6].map((number) => readFile(photo(number))));
  const { remains, one, own } = await bystandersOn(photos, await selfie());
  const ann = visitor(program.url, 'ann');
  await ann.agree('/enroll', await selfie());
  expect(await ann.agree('/me', await selfie())).toMatchObject([{ kind: 'presence', found: 1 }]);
  // This shows that the test computes the same templates as the program: the asker's has the same
  // numbers.
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
  // Of the new values, only the ask behind the answer's buttons is long enough for a template. It
  // holds none.
  const large = () => newValues(before, snapshot(data)).filter(({ value }) => value.byteLength >= SMALLEST_TEMPLATE);
  // People see the answer a moment before the program notes that it was given.
  await expect.poll(() => large().map(({ where }) => where)).toEqual(['pending.db pending.body']);
  const parked = await parkedAsks(root, data);
  expect(parked).toContainEqual(expect.stringContaining('"command":"me"'));
  for (const ask of parked) {
    expect(remains.among(Buffer.from(ask))).toEqual([]);
    expect(ask).not.toMatch(SEVERAL_FRACTIONS);
  }
  expect(temporaries).toEqual([]);

  await writeFile(join(data, 'planted'), new Uint8Array(one.buffer, one.byteOffset, one.byteLength));
  expect(Object.keys(remains.in(root))).toEqual(['planted: vector']);
});

/**
 * Opens the asks behind buttons. It reads a copy of the data, because the program still uses its
 * files.
 */
async function parkedAsks(root: string, data: string): Promise<string[]> {
  const copy = await mkdtemp(join(root, 'copy-'));
  await cp(data, copy, { recursive: true });
  await using pending = await openSqlitePending({ file: pendingFile(copy) });
  const keys = keysOf(readConfig({ DATA_DIR: copy }, copy));
  const parked = await shelf(pending, keys, 'parked').list();
  await rm(copy, { recursive: true });
  return parked.map(({ value }) => JSON.stringify(value()));
}
