import type { Person, Platform, ScopeId } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import { errorFields, type Log } from '../log.ts';
import type { Pending } from '../queue/pending.ts';
import { type Kept, type SealedShelf, shelf } from '../queue/sealed-shelf.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Keys } from '../secrets/keys.ts';
import { repeat } from '../timing/repeat.ts';
import { within } from '../timing/within.ts';
import type { Courier, Post, TakenBack } from './courier.ts';

/** That an ask was shown is remembered for longer than it is tried. */
export const DONE_KEPT_MS = 3_600_000;

/** What a platform that was down did not delete is tried for so long. */
const DUE_KEPT_MS = 30 * 86_400_000;

/** A platform that does not delete a post within this time, nor at a second try, is down: nobody waits for it with each post. */
const TAKE_BACK_MS = 5_000;
const SECOND_TRY_MS = 1_000;

/** What is kept of a post, or of an ask that is to become one. */
export interface Shown {
  /** Undefined while it is posted, and for ever where that did not end. */
  readonly post?: Post;
  readonly named: readonly string[];
  readonly asker?: string;
  /** Of an ask: `done` once it was posted, `withdrawn` when somebody whom it names left meanwhile. */
  readonly is?: 'done' | 'withdrawn';
}

export interface ShownOptions {
  readonly now: () => number;
  readonly log: Log;
  readonly courier: (platform: Platform) => Courier;
}

/** The shelf of what groups were shown, and how posts are deleted. */
export interface ShownShelf {
  readonly posts: SealedShelf<Shown>;
  readonly idOf: (post: Pick<Post, 'platform' | 'id'>) => string;
  readonly idOfAsk: (ask: string) => string;
  readonly ownerIn: (scope: ScopeId) => string;
  /** Owns what waits to be deleted. */
  readonly due: string;
  readonly hashOf: (person: Person) => string;
  readonly atPlatform: (post: Post) => Promise<TakenBack>;
  /** Undefined when the platform could not be asked. */
  readonly tryToDelete: (post: Post) => Promise<TakenBack | undefined>;
  /** Leaves a post to be deleted later, which needs to know nobody; false where that cannot be noted. */
  readonly deleteLater: (post: Post) => Promise<boolean>;
  /** Takes a person's hash out of an item: what is still there may be deleted by the others whom it names. */
  readonly leaveOut: (hash: string, kept: Pick<Kept<Shown>, 'id'>) => Promise<void>;
}

/** Opens it on `pending`. */
export function shownShelf(pending: Pending, keys: Keys, { now, log, courier }: ShownOptions): ShownShelf {
  const posts = shelf<Shown>(pending, keys, 'shown');
  const idOf = ({ platform, id }: Pick<Post, 'platform' | 'id'>) => keyedHash(keys.lookup, 'shown', platform, id);
  const idOfAsk = (ask: string) => keyedHash(keys.lookup, 'shown for', ask);
  const ownerIn = (scope: ScopeId) => keyedHash(keys.lookup, 'shown in', scope);
  const due = keyedHash(keys.lookup, 'shown, to be deleted');
  const hashOf = ({ platform, id }: Person) => keyedHash(keys.lookup, 'shown of', platform, id);

  const atPlatform = async (post: Post): Promise<TakenBack> =>
    (await courier(post.platform).takeBack?.(post)) ?? 'out_of_reach';

  async function tryToDelete(post: Post): Promise<TakenBack | undefined> {
    try {
      const isPassing = (error: unknown, attempt: number) => attempt === 1 && error instanceof Failure && error.again;
      return await repeat(
        () => within(TAKE_BACK_MS, () => atPlatform(post)),
        (error, attempt) => (isPassing(error, attempt) ? SECOND_TRY_MS : undefined),
      );
    } catch (error) {
      log.warn('shown result not deleted', errorFields(error));
      return undefined;
    }
  }

  async function deleteLater(post: Post): Promise<boolean> {
    try {
      await posts.put({ id: idOf(post), owner: due, value: { post, named: [] }, expiresAt: now() + DUE_KEPT_MS });
      return true;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log.warn('shown result not noted', errorFields(error));
      return false;
    }
  }

  async function leaveOut(hash: string, { id }: Pick<Kept<Shown>, 'id'>): Promise<void> {
    for (;;) {
      const kept = await posts.read(id);
      const shown = kept && opened(kept);
      if (!kept || !shown) return await posts.drop(id);
      const { asker, named: all, ...rest } = shown;
      const named = all.filter((one) => one !== hash);
      const isWithdrawn = shown.post === undefined && named.length < all.length;
      if (named.length === 0 && !isWithdrawn) return await posts.drop(id);
      const value: Shown = {
        ...rest,
        named,
        ...(asker !== undefined && asker !== hash && { asker }),
        ...(isWithdrawn && { is: 'withdrawn' }),
      };
      const expiresAt = named.length === 0 ? now() + DONE_KEPT_MS : kept.expiresAt;
      try {
        if (await posts.replace(kept, value, expiresAt)) return;
      } catch (error) {
        // A store that takes nothing lets go all the same.
        if (!(error instanceof Failure) || error.code !== 'busy') throw error;
        return await posts.drop(id);
      }
    }
  }

  return { posts, idOf, idOfAsk, ownerIn, due, hashOf, atPlatform, tryToDelete, deleteLater, leaveOut };
}

/** Undefined when the item was damaged: nothing of it can be of use, and it keeps nobody from leaving. */
export function opened(kept: Kept<Shown>): Shown | undefined {
  try {
    return kept.value();
  } catch {
    return undefined;
  }
}
