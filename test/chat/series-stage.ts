import { expect } from 'vitest';
import type { Reply } from '../../src/chat/reply.ts';
import { distanceBetween } from '../../src/match/distance.ts';
import { en } from '../support/words.ts';
import { ALICE, action, openStage } from './stage.ts';

/**
 * For an ask of Alice in private. The bot knows her in one group only, so it knows which group is
 * meant.
 */
export const PRIVATE = { place: undefined };

export const textOf = (replies: readonly Reply[]) => replies.map(({ text }) => text).join(' ');

/** A stage on which Alice is enrolled, and what she does after a /me. */
export async function openSeriesStage(photosADay?: number) {
  const stage = await openStage({}, 'group', undefined, photosADay);
  await stage.agreed(ALICE, 'enroll', ['anna']);
  let first: unknown;
  /** The running answer. It is shown at the message of the first photo. */
  const running = () => stage.platform.shownAt(first);
  return {
    stage,
    running,
    /**
     * Sends a /me in private, and gives what the asker sees. If that begins a series, the next
     * photo gets a new running answer.
     */
    async began(more = {}) {
      const replies = await stage.say(ALICE, 'me', ['anna'], { ...PRIVATE, ...more });
      const answer =
        replies[0]?.kind === 'consent' ? await stage.press(ALICE, action(replies, 'agree'), PRIVATE) : replies;
      if (textOf(answer).includes(en.series.goOn)) first = undefined;
      return answer;
    },
    /** Sends photos without a command, each in its own message. */
    async sends(...photos: readonly string[]) {
      const asks = photos.map((who) => stage.ask(ALICE, '', [who], PRIVATE));
      first ??= asks[0]?.address.message;
      for (const ask of asks) await stage.chat.ask(ask);
      return asks;
    },
    /** Works until everything is said. The running answer changes once in 3 seconds at most. */
    async works() {
      for (let round = 0; round < 2; round += 1) {
        stage.clock.ms += 3_000;
        await stage.workOnSeries();
      }
    },
    /** The photos that were given back, by album. */
    own: () => stage.platform.own.map((album) => album.map(([who]) => who)),
    /** A press of this button under the running answer. */
    async pressOf(label: string) {
      const actions = (await running()).flatMap((reply) => ('actions' in reply ? (reply.actions ?? []) : []));
      const found = actions.find((one) => one.label === label);
      if (!found) throw new Error(`no ${label} in ${JSON.stringify(actions)}`);
      return stage.pressOf(ALICE, found, PRIVATE);
    },
    /**
     * A face at this distance from Anna's. With `isLater` it differs from Anna's as her later
     * photos do, and so is nearer to them.
     */
    async away(name: string, distance: number, { isLater = false } = {}) {
      const held = await stage.flow.gallery.dossier(await stage.scope(), ALICE);
      const anna = held?.templates[0]?.embedding;
      if (!anna) throw new Error('Alice is not enrolled');
      const cosine = 1 - distance ** 2 / 2;
      const across = isLater ? anna.length - 1 : anna.indexOf(0);
      const face = anna.map((value, at) => (at === across ? Math.sqrt(1 - cosine ** 2) : value * cosine));
      expect(distanceBetween(anna, face)).toBeCloseTo(distance, 3);
      stage.embeddings.set(name, face);
    },
    /**
     * The largest distance at which a face is a match, among so many photos with one face each,
     * when each face is compared so many times.
     */
    limit(photos: number, comparisons = 1) {
      const { matcher } = stage.parts.recognition;
      const compared = { templates: comparisons, faces: photos, power: matcher.powerIn(undefined) };
      return matcher.distanceAtChance(0.01, compared);
    },
    /** What is kept of series. */
    async kept() {
      const { pending } = stage.parts.stores;
      return (
        await Promise.all((['series', 'seriesphoto', 'seriespart'] as const).map((shelf) => pending.list(shelf)))
      ).flat();
    },
    /** As if the program were killed here: nothing that it does from now on is kept. */
    dies(): never {
      const gone = () => Promise.reject(new Error('killed'));
      Object.assign(stage.flow.series, { change: gone, dropPhoto: gone });
      throw new Error('killed');
    },
    async says(sentence: string) {
      expect(textOf(await running())).toContain(sentence);
    },
  };
}
