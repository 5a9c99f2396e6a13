import type { Person, Platform, ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import { errorFields } from '../../log.ts';
import type { Pending } from '../../queue/pending.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { Post, Showing, TakenBack } from '../courier.ts';
import { DONE_KEPT_MS, type ShownOptions, type ShownShelf, shownShelf } from './shown-shelf.ts';

/**
 * How long the note of a post is kept. Receipts need it, and so does the button that deletes the
 * post.
 */
const SHOWN_KEPT_MS = 365 * 86_400_000;

/** The id of the button that deletes a group's post. */
export const TAKE_BACK = 'shown:delete';

/**
 * What became of a post that names somebody. `later`: its platform is down, and the deletion is
 * tried again. `left`: the post cannot be deleted, nobody knows whether it was posted, or its
 * failed deletion could not be noted.
 */
export type Fate = 'deleted' | 'later' | 'left';

/**
 * Notes which results groups were shown, so that the people named in a result can have it deleted.
 * A sealed item holds the post's address, and keyed hashes of the people named and of the person
 * who showed it. The item is written before the result is posted, because the program may end in
 * between. Every method fails as {@link Pending} says.
 */
export interface ShownResults {
  /** Notes that the answer to an ask is about to be posted; see {@link Showing.begin}. */
  readonly begin: (
    scope: ScopeId,
    ask: string,
    people: { readonly named: readonly Person[]; readonly asker: Person },
  ) => ReturnType<Showing['begin']>;
  /**
   * See {@link Showing.end}. A post is deleted at once when it cannot be noted, or when it names
   * somebody who left since {@link begin}.
   */
  readonly end: (ask: string, post: Post | undefined) => ReturnType<Showing['end']>;
  /** Whether a post is still noted. */
  readonly isThere: (post: Post) => Promise<boolean>;
  /** Deletes a post, for all people whom it names. If its platform is down, it is deleted later. */
  readonly remove: (post: Post) => Promise<'stays' | 'gone'>;
  /**
   * When a scope was shown results that name a person, milliseconds since 1970. Results that were
   * deleted do not count.
   */
  readonly naming: (scope: ScopeId, person: Person) => Promise<readonly number[]>;
  /**
   * Deletes results that name a person in a scope, if the platform lets the bot delete them. In any
   * case it removes the person from the notes. Before that, `told` gets the fate of each post,
   * under an id of the post.
   */
  readonly takeBack: (
    scope: ScopeId,
    person: Person,
    told?: (post: string, fate: Fate) => Promise<void>,
  ) => Promise<void>;
  /** Tries again to delete posts whose platform was down. */
  readonly retry: () => Promise<void>;
  /**
   * Deletes one post for a person whom it names, or who showed it. `remove` deletes the post in the
   * platform's own way, if it has one. Anybody may delete a post that has no note, because nobody
   * knows any more whom it names. A post has no note when it is too old, or when the people whom it
   * names were erased and it could not be deleted then.
   * @throws Failure `unavailable` when the platform is down
   */
  readonly delete: (
    person: Person,
    post: Post,
    remove?: (post: Post) => Promise<TakenBack>,
  ) => Promise<TakenBack | 'not_yours'>;
  /** Moves all items of one scope to another. */
  readonly follow: (split: { readonly from: ScopeId; readonly to: ScopeId }) => Promise<void>;
}

/** Keeps the notes on a shelf of `pending`. */
export function shownResults(pending: Pending, keys: Keys, options: ShownOptions): ShownResults {
  const { now, log } = options;
  const on = shownShelf(pending, keys, options);
  const { posts, idOf, idOfAsk, ownerIn, due, hashOf, tryToDelete, deleteLater } = on;
  const inScope = (scope: ScopeId) => posts.owned(ownerIn(scope));

  async function remove(post: Post): Promise<'stays' | 'gone'> {
    const outcome = await tryToDelete(post);
    if (outcome === 'gone') await posts.drop(idOf(post));
    else if (outcome === undefined) await deleteLater(post);
    return outcome === 'gone' ? 'gone' : 'stays';
  }

  return {
    async begin(scope, ask, { named, asker }) {
      const value = { named: named.map(hashOf), asker: hashOf(asker) };
      const id = idOfAsk(ask);
      if (await posts.add({ id, owner: ownerIn(scope), value, expiresAt: now() + SHOWN_KEPT_MS })) return 'go';
      const before = await posts.read(id);
      return before?.value()?.is === 'done' ? 'shown' : 'unknown';
    },
    async end(ask, post) {
      const id = idOfAsk(ask);
      if (!post) {
        await posts.drop(id);
        return 'gone';
      }
      try {
        const kept = await posts.read(id);
        const begun = kept?.value();
        if (!kept || !begun || begun.is === 'withdrawn') return await remove(post);
        const { named, asker } = begun;
        const value = { post, named, ...(asker !== undefined && { asker }) };
        await posts.put({ id: idOf(post), owner: kept.owner, value, expiresAt: now() + SHOWN_KEPT_MS });
        const isDone = await posts.replace(kept, { named: [], is: 'done' }, now() + DONE_KEPT_MS);
        return isDone ? 'stays' : await remove(post);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        log.warn('shown result not noted', errorFields(error));
        return await remove(post);
      }
    },
    isThere: async (post) => {
      const kept = await posts.read(idOf(post));
      return kept !== undefined && kept.owner !== due;
    },
    remove,
    async naming(scope, person) {
      const hash = hashOf(person);
      const mine = (await inScope(scope)).filter((kept) => {
        const shown = kept.value();
        return shown?.post && shown.named.includes(hash);
      });
      return mine.map(({ expiresAt }) => expiresAt - SHOWN_KEPT_MS);
    },
    takeBack: (scope, person, told) => takeBackIn(on, scope, person, told),
    async retry() {
      const down = new Set<Platform>();
      for (const kept of await posts.owned(due)) {
        const post: Post | undefined = kept.value()?.post;
        if (post && down.has(post.platform)) continue;
        const outcome: TakenBack | undefined = post && (await tryToDelete(post));
        if (post && outcome === undefined) down.add(post.platform);
        else await posts.drop(kept.id);
      }
    },
    async delete(person, post, removeIt = on.atPlatform) {
      const id = idOf(post);
      const kept = await posts.read(id);
      const shown = kept && kept.owner !== due ? kept.value() : undefined;
      if (shown && ![...shown.named, shown.asker].includes(hashOf(person))) return 'not_yours';
      const outcome = await removeIt(shown?.post ?? post);
      if (outcome === 'gone') await posts.drop(id);
      return outcome;
    },
    async follow({ from, to }) {
      for (const kept of await inScope(from)) {
        const value = kept.value();
        const { id, expiresAt } = kept;
        if (value) await posts.put({ id, owner: ownerIn(to), value, expiresAt });
        else await posts.drop(id);
      }
    },
  };
}

async function takeBackIn(
  { posts, ownerIn, hashOf, tryToDelete, deleteLater, leaveOut }: ShownShelf,
  scope: ScopeId,
  person: Person,
  told: (post: string, fate: Fate) => Promise<void> = async () => {},
): Promise<void> {
  const hash = hashOf(person);
  let isDown = false;
  for (const kept of await posts.owned(ownerIn(scope))) {
    const shown = kept.value();
    if (!shown) await posts.drop(kept.id);
    else if (shown.named.includes(hash)) {
      const outcome: TakenBack | undefined = !shown.post
        ? 'out_of_reach'
        : isDown
          ? undefined
          : await tryToDelete(shown.post);
      isDown ||= outcome === undefined;
      const isLater = outcome === undefined && shown.post !== undefined && (await deleteLater(shown.post));
      await told(kept.id, outcome === 'gone' ? 'deleted' : isLater ? 'later' : 'left');
      if (outcome === 'gone') await posts.drop(kept.id);
      else if (!isLater) await leaveOut(hash, kept);
    } else if (shown.asker === hash) await leaveOut(hash, kept);
  }
}
