import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { joinMoved } from '../../src/housekeeping/moved.ts';
import { swept } from './damage.ts';
import { forget } from './erasure-stage.ts';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
  for (const [person, photo] of [
    [ALICE, 'anna'],
    [BOB, 'ben'],
  ] as const) {
    const asked = await stage.say(person, 'enroll', [photo], { place: TEAM });
    await stage.press(person, action(asked, 'agree'), { place: TEAM });
  }
  const scope = (await stage.flow.gallery.scopeOf(CLUB)) ?? '';
  spoilKey(`${stage.config.dataDir}/gallery.db`, scope);
  await stage.restart();
});
afterEach(() => stage[Symbol.asyncDispose]());

/** Flips so many bits of a group's key that nothing can read it. */
function spoilKey(file: string, scope: string): void {
  using db = new DatabaseSync(file, { timeout: 5_000 });
  const key = Buffer.from(db.prepare('SELECT key FROM scopes WHERE id = ?').get(scope)?.key as Uint8Array);
  for (const at of [14, 30]) key[at] = (key[at] ?? 0) ^ 1;
  db.prepare('UPDATE scopes SET key = ? WHERE id = ?').run(key, scope);
}

const kinds = (replies: readonly { readonly kind: string }[]) => replies.map(({ kind }) => kind);
const remains = () => stage.flow.gallery.scopesOf(ALICE);
const noted = async () => (await stage.flow.eraser.unfinished()).count;

it('while the key of a group is unreadable, its people hear that it does not work now, and other groups go on', async () => {
  expect(await stage.say(BOB, 'find', ['anna'])).toMatchObject([{ kind: 'error', code: 'unavailable' }]);
  expect(kinds(await stage.say(ALICE, 'me', ['anna'], { place: TEAM }))).not.toContain('error');
  expect(kinds(await stage.say(ALICE, 'mydata', [], { place: undefined }))).not.toContain('error');
  expect(await stage.say(ALICE, 'mydata')).toMatchObject([{ kind: 'error', code: 'unavailable' }]);
  await swept(stage, 'there', 1);
  await joinMoved(stage.parts);
  expect(await stage.parts.stores.gallery.catchUp()).toEqual([]);
});

it('who leaves everywhere gets a receipt for every group, that with the unreadable key too', async () => {
  expect(kinds(await forget(stage, 1))).toEqual(['receipt', 'receipt']);
  expect(await remains()).toEqual([]);
  expect(await noted()).toBe(0);
});

it('who leaves the group with the unreadable key gets a receipt, and stays in the others', async () => {
  expect(kinds(await forget(stage))).toEqual(['receipt']);
  expect(await remains()).toMatchObject([{ place: { id: TEAM.id } }]);
  expect(await noted()).toBe(0);
});
