import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { WireReply } from '../../src/bots/page/render.ts';
import { Remains } from '../gallery/sqlite/remains.ts';
import { buttonOf, otherSelfie, photo, selfie, visitor } from './page-app.ts';
import { facefinder } from './program.ts';
import { newValues, snapshot } from './snapshot.ts';
import { watchProgram } from './watch-program.ts';

test('after /forget nothing of a person is left in any byte that the running program wrote', async () => {
  await using watched = await watchProgram();
  const { program, root, data, temporaries } = watched;
  const bob = visitor(program.url, 'bob', 'club');
  await bob.agree('/enroll', await otherSelfie());
  await visitor(program.url, 'bob', 'elsewhere').say('/mydata');
  const before = snapshot(data);

  const id = `ann-${randomUUID()}`;
  const ann = visitor(program.url, id, 'club');
  expect(await ann.agree('/enroll', ...(await threeSelfies()))).toMatchObject([{ kind: 'enrolled', templates: 3 }]);
  await ann.agree('/find', await readFile(photo(3)));
  // Unfinished conversations: an unanswered notice, and a command that waits for its photo.
  expect(await visitor(program.url, id, 'elsewhere').say('/enroll', await selfie())).toMatchObject([
    { kind: 'consent' },
  ]);
  expect(await ann.say('/find')).toMatchObject([{ code: 'no_photo' }]);
  const values = newValues(before, snapshot(data));
  expect(JSON.stringify(await bob.agree('/find', await readFile(photo(3))))).toContain(id);

  const remains = new Remains();
  remains.note('id and name', id);
  for (const embedding of embeddingsOf(await ann.say('/mydata'))) remains.noteEveryForm(embedding);
  for (const { where, value } of values) {
    // Entries of the ledger may stay: they name a person by a hash whose salt was only in the
    // person's row. The tombstone of the erasure equals no noted value, because it is a hash under
    // another key.
    if (!where.startsWith('gallery.db ledger.')) remains.note(where, value);
  }
  const found = () => remains.in(root);
  expect(Object.keys(found()).map((key) => key.split(': ')[1])).toEqual(
    expect.arrayContaining(['gallery.db people.person', 'gallery.db people.sealed', 'gallery.db templates.sealed']),
  );
  expect(Object.keys(found()).filter((key) => /id and name|vector/.test(key))).toEqual([]);

  const [receipt] = await ann.press(buttonOf(await ann.say('/forget'), 'confirm'));
  if (receipt?.kind !== 'receipt') throw new Error(JSON.stringify(receipt));
  await writeFile(join(root, 'output'), program.output());
  expect(found()).toEqual({});

  expect(await program.kill('SIGTERM')).toBe(0);
  await writeFile(join(root, 'output'), program.output());
  expect(found()).toEqual({});
  expect(temporaries).toEqual([]);

  await writeFile(join(root, 'receipt.jws'), receipt.receipt);
  const { code, out } = await facefinder(['verify-receipt', join(root, 'receipt.jws')], { DATA_DIR: data });
  expect(out).toContain('this receipt is final');
  expect(out).toMatch(/Removed +3 templates/);
  expect(code).toBe(0);
});

/** Three different photos of one woman. */
async function threeSelfies(): Promise<Buffer[]> {
  const one = await selfie();
  return [one, await sharp(one).flop().jpeg().toBuffer(), await sharp(one).resize(200).jpeg().toBuffer()];
}

/** The embeddings in the answer to /mydata. */
function embeddingsOf([held]: readonly WireReply[]): Float32Array[] {
  const [data] = (held?.kind === 'info' ? held.data : []) as { templates: { embedding: number[] }[] }[];
  return (data?.templates ?? []).map(({ embedding }) => Float32Array.from(embedding));
}
