import type { Person, Platform, ScopeId } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import { errorFields, type Log } from '../log.ts';
import type { Pending } from '../queue/pending.ts';
import { type Kept, shelf } from '../queue/sealed-shelf.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Keys } from '../secrets/keys.ts';
import { repeat } from '../timing/repeat.ts';
import { within } from '../timing/within.ts';
import type { Courier, Post, TakenBack } from './courier.ts';

/** What was shown longer ago is counted by no receipt, and deleted by no button. */
const SHOWN_KEPT_MS = 365 * 86_400_000;

/** A platform that does not delete a post within this time, nor at a second try, is down: nobody waits for it with each post. */
const TAKE_BACK_MS = 5_000;
const SECOND_TRY_MS = 1_000;

/** The id of the button that deletes what a group was shown. */
export const TAKE_BACK = 'shown:delete';

/** What became of the posts that show somebody. */
export interface Tally {
  readonly deleted: number;
  /** Out of reach: the platform deletes them no more, or was down. */
  readonly left: number;
}

/**
 * What groups were shown, so that whoever it names can have it deleted. Of a post stands here, sealed, where it is, and keyed hashes
 * of whom it names and of who showed it. Every method fails as {@link Pending} says.
 */
export interface ShownResults {
  readonly note: (
    scope: ScopeId,
    post: Post,
    people: { readonly named: readonly Person[]; readonly asker: Person },
  ) => Promise<void>;
  /** When a scope was shown what names a person, milliseconds since 1970, as far as that is still there. */
  readonly naming: (scope: ScopeId, person: Person) => Promise<readonly number[]>;
  /** Deletes what names a person in a scope, as far as it is still in reach, and forgets them in any case. */
  readonly takeBack: (scope: ScopeId, person: Person) => Promise<Tally>;
  /**
   * Deletes one post for a person whom it names, or who showed it; by `remove`, where the platform gave them a way of their own. One
   * of which nothing is noted (a process ended between the two, it is too old, it was left when whom it named were erased) goes for
   * anybody: whom it names nobody can tell any more.
   * @throws Failure `unavailable` when the platform is down
   */
  readonly delete: (
    person: Person,
    post: Post,
    remove?: (post: Post) => Promise<TakenBack>,
  ) => Promise<TakenBack | 'not_yours'>;
  /** All of one scope is from now on of another. */
  readonly follow: (split: { readonly from: ScopeId; readonly to: ScopeId }) => Promise<void>;
}

interface Shown {
  readonly post: Post;
  readonly named: readonly string[];
  readonly asker?: string;
}

/** Kept on a shelf of `pending`. */
export function shownResults(
  pending: Pending,
  keys: Keys,
  { now, log, courier }: { now: () => number; log: Log; courier: (platform: Platform) => Courier },
): ShownResults {
  const posts = shelf<Shown>(pending, keys, 'shown');
  const idOf = ({ platform, id }: Pick<Post, 'platform' | 'id'>) => keyedHash(keys.lookup, 'shown', platform, id);
  const ownerIn = (scope: ScopeId) => keyedHash(keys.lookup, 'shown in', scope);
  const hashOf = ({ platform, id }: Person) => keyedHash(keys.lookup, 'shown of', platform, id);

  const inScope = async (scope: ScopeId) => {
    const owner = ownerIn(scope);
    return (await posts.list()).filter((kept) => kept.owner === owner);
  };

  const atPlatform = async (post: Post): Promise<TakenBack> =>
    (await courier(post.platform).takeBack?.(post)) ?? 'out_of_reach';

  /** Undefined when the platform could not be asked. */
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

  /** What is still there may be deleted by the others whom it names; nothing of `hash` stays. */
  async function leaveOut(hash: string, { id }: Pick<Kept<Shown>, 'id'>): Promise<void> {
    for (;;) {
      const kept = await posts.read(id);
      const shown = kept && opened(kept);
      const named = shown?.named.filter((one) => one !== hash) ?? [];
      if (!kept || !shown || named.length === 0) return await posts.drop(id);
      const { post, asker } = shown;
      const rest = { post, named, ...(asker !== undefined && asker !== hash && { asker }) };
      try {
        if (await posts.replace(kept, rest)) return;
      } catch (error) {
        // A store that takes nothing lets go all the same.
        if (!(error instanceof Failure) || error.code !== 'busy') throw error;
        return await posts.drop(id);
      }
    }
  }

  return {
    async note(scope, post, { named, asker }) {
      const value = { post, named: named.map(hashOf), asker: hashOf(asker) };
      await posts.put({ id: idOf(post), owner: ownerIn(scope), value, expiresAt: now() + SHOWN_KEPT_MS });
    },
    async naming(scope, person) {
      const hash = hashOf(person);
      const mine = (await inScope(scope)).filter((kept) => opened(kept)?.named.includes(hash));
      return mine.map(({ expiresAt }) => expiresAt - SHOWN_KEPT_MS);
    },
    async takeBack(scope, person) {
      const hash = hashOf(person);
      let [deleted, left, isDown] = [0, 0, false];
      for (const kept of await inScope(scope)) {
        const shown = opened(kept);
        if (!shown) await posts.drop(kept.id);
        else if (shown.named.includes(hash)) {
          const outcome = isDown ? undefined : await tryToDelete(shown.post);
          isDown ||= outcome === undefined;
          if (outcome === 'gone') await posts.drop(kept.id);
          else await leaveOut(hash, kept);
          if (outcome === 'gone') deleted += 1;
          else left += 1;
        } else if (shown.asker === hash) await leaveOut(hash, kept);
      }
      return { deleted, left };
    },
    async delete(person, post, remove = atPlatform) {
      const id = idOf(post);
      const kept = await posts.read(id);
      const shown = kept && opened(kept);
      if (shown && ![...shown.named, shown.asker].includes(hashOf(person))) return 'not_yours';
      const outcome = await remove(shown?.post ?? post);
      if (outcome === 'gone') await posts.drop(id);
      return outcome;
    },
    async follow({ from, to }) {
      for (const kept of await inScope(from)) {
        const value = opened(kept);
        const { id, expiresAt } = kept;
        if (value) await posts.put({ id, owner: ownerIn(to), value, expiresAt });
        else await posts.drop(id);
      }
    },
  };
}

/** Undefined when the item was damaged: nothing of it can be of use, and it keeps nobody from leaving. */
function opened(kept: Kept<Shown>): Shown | undefined {
  try {
    return kept.value();
  } catch {
    return undefined;
  }
}
