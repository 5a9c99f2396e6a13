import type { Pending } from '../../queue/pending.ts';
import { ownerOf, shelf } from '../../queue/sealed-shelf.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { PhotoRef } from '../ask.ts';
import type { Post } from '../courier.ts';
import { endOfAll, type Head } from './head.ts';
import { headOf } from './heads.ts';

/**
 * A photo on which the asker is, or may be. Its reference is kept until it is given back, and from
 * then on its post instead. The reference of a sure photo is kept as long as the series.
 */
export interface Found {
  readonly photo?: PhotoRef;
  readonly post?: Post;
}

/**
 * What grows with a series, and would make its head long: the found photos, and the hashes of all
 * but the last messages. Each is an item of its own, under the person's keyed hash. Only the head
 * says which of the photos count. Every method fails as {@link Pending} says.
 */
export interface Parts {
  /**
   * Keeps a photo by its number, before the head knows of it. False, without a change, when the
   * person was erased.
   */
  readonly keep: (head: Head, number: number, found: Found) => Promise<boolean>;
  /** Undefined when the photo is not kept any more, or its item is damaged. */
  readonly read: (head: Head, number: number) => Promise<Found | undefined>;
  /** Keeps the post of a photo that was given back. Does nothing when its person was erased. */
  readonly given: (head: Head, number: number, post: Post) => Promise<void>;
  readonly drop: (head: Head, number: number) => Promise<void>;
  /** Stores hashes of messages that are in the head. Does nothing when the person was erased. */
  readonly hear: (head: Head, marks: readonly string[]) => Promise<void>;
  readonly unhear: (head: Head, marks: readonly string[]) => Promise<void>;
  readonly hasHeard: (head: Head, mark: string) => Promise<boolean>;
  /** Drops all that is kept of the head's person. */
  readonly dropAll: (head: Pick<Head, 'ask'>) => Promise<void>;
}

/** Kept on a shelf of `pending`. */
export function partsOn(pending: Pending, keys: Keys): Parts {
  const photos = shelf<Found>(pending, keys, 'seriespart');
  const messages = shelf<undefined>(pending, keys, 'seriespart');
  const idOf = ({ id }: Head, what: 'photo' | 'message', which: string | number) =>
    keyedHash(keys.lookup, 'series part', id, what, String(which));
  const about = (head: Head) => ({ owner: ownerOf(keys, head.ask.person), expiresAt: endOfAll(head) });
  return {
    keep: (head, number, value) =>
      photos.putBeside({ id: idOf(head, 'photo', number), value, ...about(head) }, headOf(keys, head.ask.person)),
    read: async (head, number) => (await photos.read(idOf(head, 'photo', number)))?.value(),
    async given(head, number, post) {
      const kept = await photos.read(idOf(head, 'photo', number));
      if (!kept) return;
      const photo = kept.value()?.photo;
      await photos.replace(kept, { ...(photo && head.sure.includes(number) && { photo }), post });
    },
    drop: (head, number) => photos.drop(idOf(head, 'photo', number)),
    async hear(head, marks) {
      for (const mark of marks) {
        const item = { id: idOf(head, 'message', mark), value: undefined, ...about(head) };
        await messages.putBeside(item, headOf(keys, head.ask.person));
      }
    },
    async unhear(head, marks) {
      for (const mark of marks) await messages.drop(idOf(head, 'message', mark));
    },
    hasHeard: async (head, mark) => (await messages.read(idOf(head, 'message', mark))) !== undefined,
    async dropAll({ ask }) {
      for (const { id } of await photos.owned(ownerOf(keys, ask.person))) await photos.drop(id);
    },
  };
}
