import { expect } from 'vitest';
import type { Reply } from '../../src/chat/reply.ts';
import { ALICE, action, BOB, openStage } from './stage.ts';

export const CARL = { platform: 'telegram', id: '1003', name: 'Carl' };

type Stage = Awaited<ReturnType<typeof openStage>>;

/** A group in which Alice and Carl may be shown, and Bob shows them. */
export async function openShows() {
  const stage: Stage = await openStage();
  for (const [person, who] of [
    [ALICE, 'anna'],
    [CARL, 'carl'],
  ] as const) {
    await stage.press(person, action(await stage.say(person, 'enroll', [who]), 'agree', 1));
  }
  const posts = () => [...stage.platform.posts];
  /**
   * The items on the shelf of posts. For an hour this includes an item for each ask that was shown,
   * which `kept` leaves out.
   */
  const all = () => stage.parts.stores.pending.list('shown');
  const kept = async () => (await all()).filter(({ expiresAt }) => expiresAt - stage.clock.ms > 2 * 3_600_000);
  const noted = async () => (await kept()).length;
  const nameOf = () => posts()[0]?.[0] ?? 'nothing is shown';
  const deleted = (person: typeof ALICE, id = nameOf()) => stage.chat.deleteShown(person, { platform: 'telegram', id });

  /** Bob shows the group a photo of these people. */
  async function showOnly(...who: string[]): Promise<void> {
    const result = (await stage.agreed(BOB, 'find', [who.join()])).find(({ kind }) => kind === 'result');
    if (result?.kind !== 'result' || !result.show) throw new Error('nothing can be shown');
    await stage.press(BOB, result.show);
  }

  /** As {@link showOnly}, and waits until the post is noted. */
  async function show(...who: string[]): Promise<void> {
    const before = posts().length;
    await showOnly(...who);
    await expect.poll(() => posts().length).toBe(before + 1);
    await expect.poll(noted).toBe(before + 1);
  }

  async function forget(person: typeof ALICE): Promise<Reply> {
    const question = await stage.say(person, 'forget');
    const [receipt] = await stage.press(person, action(question, 'confirm'));
    if (!receipt) throw new Error('no receipt');
    return receipt;
  }

  return { stage, posts, kept, noted, nameOf, deleted, showOnly, show, forget };
}

/** What a receipt claims. */
export function claimsOf(reply: Reply | undefined): object {
  const [, payload = ''] = reply?.kind === 'receipt' ? reply.receipt.split('.') : [];
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}
