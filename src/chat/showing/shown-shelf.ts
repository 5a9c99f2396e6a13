import type { Person, Platform, ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import { errorFields, type Log } from '../../log.ts';
import type { Pending } from '../../queue/pending.ts';
import { type Kept, type SealedShelf, shelf } from '../../queue/sealed-shelf.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import { repeat } from '../../timing/repeat.ts';
import { within } from '../../timing/within.ts';
import type { Courier, Post, TakenBack } from '../courier.ts';

/**
 * How long it stays noted that the result of an ask was shown. No ask is tried again after so long.
 */
export const DONE_KEPT_MS = 3_600_000;

/** How long to keep trying to delete a post whose platform was down. */
const DUE_KEPT_MS = 30 * 86_400_000;

/**
 * How long one try to delete a post may take, and the pause before the second and last try. After
 * two failures the platform counts as down, so that other posts do not wait for it.
 */
const TAKE_BACK_MS = 5_000;
const SECOND_TRY_MS = 1_000;

/**
 * The item on the shelf. There is one for each post, and one for each ask whose result is about to
 * be posted.
 */
export interface Shown {
  /** Absent from the item of an ask. */
  readonly post?: Post;
  readonly named: readonly string[];
  readonly asker?: string;
  /**
   * In the item of an ask: `done` once its result was posted; `withdrawn` when somebody whom the
   * result names left before that. Absent while the posting goes on, or when it never ended.
   */
  readonly is?: 'done' | 'withdrawn';
}

export interface ShownOptions {
  readonly now: () => number;
  readonly log: Log;
  readonly courier: (platform: Platform) => Courier;
}

/** The shelf that notes what groups were shown. It also deletes posts. */
export interface ShownShelf {
  readonly posts: SealedShelf<Shown>;
  readonly idOf: (post: Pick<Post, 'platform' | 'id'>) => string;
  readonly idOfAsk: (ask: string) => string;
  readonly ownerIn: (scope: ScopeId) => string;
  /** The owner of items that wait for deletion. */
  readonly due: string;
  readonly hashOf: (person: Person) => string;
  readonly atPlatform: (post: Post) => Promise<TakenBack>;
  /** Tries to delete a post. Undefined when the platform could not be asked. */
  readonly tryToDelete: (post: Post) => Promise<TakenBack | undefined>;
  /**
   * Notes that a post must be deleted later. The note names nobody. False when it cannot be
   * written.
   */
  readonly deleteLater: (post: Post) => Promise<boolean>;
  /**
   * Removes a person's hash from an item. Other people whom the item names may still delete the
   * post.
   */
  readonly leaveOut: (hash: string, kept: Pick<Kept<Shown>, 'id'>) => Promise<void>;
}

/** Opens the shelf on `pending`. */
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
      const shown = kept?.value();
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
        // A store that accepts no writes still deletes, so the item is dropped instead.
        if (!(error instanceof Failure) || error.code !== 'busy') throw error;
        return await posts.drop(id);
      }
    }
  }

  return { posts, idOf, idOfAsk, ownerIn, due, hashOf, atPlatform, tryToDelete, deleteLater, leaveOut };
}
