import { DatabaseSync } from 'node:sqlite';
import { witnessFile } from '../../src/app/witness.ts';
import { newTask } from '../../src/chat/erasure/task.ts';
import type { Person } from '../../src/consent/who.ts';
import { sweep } from '../../src/housekeeping/sweep.ts';
import type { Shelf } from '../../src/queue/pending.ts';
import { ownerOf, shelf } from '../../src/queue/sealed-shelf.ts';
import { flipped } from '../support/flipped.ts';
import { change } from './erasure-stage.ts';
import { ALICE, action, BOB, CLUB, openStage } from './stage.ts';

export const DORA: Person = { platform: 'telegram', id: '1004', name: 'Dora' };

export type Stage = Awaited<ReturnType<typeof openStage>>;

const HOUR = 3_600_000;

/** For an ask in private. */
export const PRIVATE = { place: undefined };

/**
 * A group in which Alice did much of what leaves something on a shelf. `button` would erase her.
 */
export async function openLivedIn() {
  const stage = await openStage({ FIND_PHOTOS: 'any' });
  await stage.press(ALICE, action(await stage.say(ALICE, 'enroll', ['anna']), 'agree', 1));
  stage.clock.ms += 2 * 24 * HOUR;
  await swept(stage, 'there', 1);
  // Bob shows a photo of Alice to the group, and searches one that she sent.
  const found = (await stage.agreed(BOB, 'find', ['anna'])).find((reply) => reply.kind === 'result');
  if (!found?.show) throw new Error('Alice is not found');
  await stage.press(BOB, found.show);
  const sent = { platform: 'telegram', who: 'carl', isOfOthers: true, sender: ALICE.id } as const;
  await stage.say(BOB, 'find', [], { photos: [sent] });
  // Alice has a series with a photo on which she was found, and one that waits.
  await stage.agreed(ALICE, 'me', ['anna']);
  const begun = await stage.say(ALICE, 'me', ['anna'], PRIVATE);
  if (begun[0]?.kind === 'consent') await stage.press(ALICE, action(begun, 'agree'), PRIVATE);
  await stage.chat.ask(stage.ask(ALICE, '', ['anna'], PRIVATE));
  await stage.workOnSeries();
  await stage.chat.ask(stage.ask(ALICE, '', ['ben'], PRIVATE));
  await stage.chat.note(stage.ask(ALICE, 'help'));
  const button = action(await stage.say(ALICE, 'forget'), 'confirm');
  // No worker gets this ask, so that it waits for its answer.
  const letGo = change(stage.flow.queue, { add: async () => 'added' });
  await stage.chat.ask(stage.ask(ALICE, 'me', ['anna']));
  letGo();
  await stage.say(ALICE, 'enroll', []);
  return { stage, button };
}

/**
 * Sweeps, while nobody knows whether Alice is in the group. `is`: whether the bot is. `days`: for
 * how long people are kept.
 */
export async function swept({ platform, parts }: Stage, is: 'there' | 'gone', days: number): Promise<void> {
  platform.memberships.set(ALICE.id, 'no_proof');
  platform.presences.set(CLUB.id, { is, bot: 'facefinder' });
  await sweep(parts, days);
  platform.memberships.delete(ALICE.id);
}

/** Puts a sealed item of Alice's on a shelf on which ordinary life left nothing sealed. */
export async function putSealed({ flow, parts, clock }: Stage, name: Shelf): Promise<void> {
  const task = newTask(ALICE, CLUB, 'asked');
  const [id, value] = name === 'erasure' ? [task.id, task] : [`some-${name}`, { of: 'Alice' }];
  const item = { id, owner: ownerOf(flow.keys, ALICE), value, expiresAt: clock.ms + 365 * 24 * HOUR };
  await shelf<unknown>(parts.stores.pending, flow.keys, name).put(item);
}

/** Flips two bits of each sealed value of a shelf, in the files as they are. Gives their ids. */
export async function damage(stage: Stage, name: Shelf, bits = [7, 40]): Promise<string[]> {
  const ids: string[] = [];
  for (const file of await filesOf(stage)) {
    const db = new DatabaseSync(file, { timeout: 5_000 });
    const rows = db.prepare("SELECT id, body FROM pending WHERE shelf = ? AND body <> ''").all(name);
    const write = db.prepare('UPDATE pending SET body = CAST(? AS TEXT) WHERE shelf = ? AND id = ?');
    for (const { id, body } of rows) {
      write.run(flipped(String(body), bits), name, String(id));
      ids.push(String(id));
    }
    db.close();
  }
  return ids;
}

/** A column beside the sealed values, and the bits of it that are flipped. */
type Beside = readonly [column: 'id' | 'owner' | 'expires_at', bits: readonly number[]];

export const BESIDE: readonly Beside[] = [
  ['id', [3]],
  ['id', [7]],
  ['owner', [3]],
  ['owner', [7]],
  ['expires_at', [40]],
  ['expires_at', [62]],
  ['expires_at', [63]],
];

/** Flips these bits of a column of each item of a shelf. Gives how many items that were. */
export async function damageBeside(stage: Stage, name: Shelf, [column, bits]: Beside): Promise<number> {
  let damaged = 0;
  for (const file of await filesOf(stage)) {
    const db = new DatabaseSync(file, { timeout: 5_000, readBigInts: true });
    const rows = db
      .prepare(`SELECT rowid, ${column} AS value FROM pending WHERE shelf = ? AND ${column} <> ''`)
      .all(name);
    const write = db.prepare(
      `UPDATE pending SET ${column} = CAST(? AS ${column === 'expires_at' ? 'INTEGER' : 'TEXT'}) WHERE rowid = ?`,
    );
    for (const { rowid, value } of rows) {
      write.run(typeof value === 'bigint' ? flippedNumber(value, bits) : flipped(String(value), bits), Number(rowid));
      damaged += 1;
    }
    db.close();
  }
  return damaged;
}

async function filesOf({ flow, config }: Stage): Promise<string[]> {
  return [`${config.dataDir}/pending.db`, witnessFile(config.stateDir, await flow.gallery.id())];
}

function flippedNumber(value: bigint, bits: readonly number[]): bigint {
  return BigInt.asIntN(
    64,
    bits.reduce((left, bit) => left ^ (1n << BigInt(bit)), value),
  );
}
