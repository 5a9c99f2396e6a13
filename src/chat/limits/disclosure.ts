import type { Person, ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Split } from '../../gallery/gallery.ts';
import { tombstoneHash } from '../../gallery/rules/identity.ts';
import { type Granted, granted, type NearFaces } from '../../gallery/rules/reveal.ts';
import type { Pending } from '../../queue/pending.ts';
import { type Kept, shelf } from '../../queue/sealed-shelf.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import { type Revealed, revealedOn, TRIES_TO_NOTE, toldBy, tooMany, withAsk } from './disclosure-shelf.ts';

/**
 * A person about whom an answer reveals something, and how many faces of the ask are near this
 * person.
 */
export interface Subject extends NearFaces {
  readonly person: Person;
}

/** The asker and the ask. One ask spends a budget only once, even if its job runs twice. */
export interface Occasion {
  readonly scope: ScopeId;
  readonly asker: Person;
  readonly ask: string;
}

/**
 * Counts what answers revealed about people, and to whom, so that nobody learns a template from
 * many answers. Each answer spends budgets that refill slowly: see `src/gallery/rules/reveal.ts`.
 * The count holds for all processes and survives a restart. Every method fails as {@link Pending}
 * says.
 */
export interface Disclosure {
  /** Opens the account of an answer. Nothing is read or spent yet. */
  account(occasion: Occasion): Account;
  /**
   * Moves the count of a person to the group's new scope, with what each of `members` was told
   * about this person.
   */
  follow(move: Split, person: Person, members: readonly Person[]): Promise<void>;
  /** Drops the count of somebody who is being erased. */
  drop(scope: ScopeId, person: Person): Promise<void>;
}

/** The account of one answer. */
export interface Account {
  /**
   * Starts to read the counts of these people (ids by {@link tombstoneHash}) before it is known who
   * may be named. So {@link pay} waits less.
   */
  near(people: readonly string[]): void;
  /**
   * Spends budget for what an answer reveals about others, even if it names nobody. What it reveals
   * about the asker costs nothing.
   * @throws Failure `rate_limited` with `seconds` when the answer would reveal too much of
   * somebody. Until the budget has room for the answer, this asker gets no answer in this scope
   * about anybody: a refusal that depended on the photo would itself reveal who is on it
   */
  pay(subjects: readonly Subject[]): Promise<Paid>;
}

/** What an answer may say. */
export interface Paid {
  /** The ids of the people whose distance the answer may say. */
  readonly distances: ReadonlySet<string>;
  /**
   * Await this before the answer says anything. Rejects with `busy` when other answers are spending
   * the same budget at this moment.
   */
  readonly noted: Promise<unknown>;
}

type Grant =
  | Extract<Granted, { tells: 'nothing' }>
  | { readonly tells: 'distance' | 'verdict'; readonly write: () => Promise<boolean> };

/** Keeps the counts on shelves of `pending`. */
export function disclosureOn(pending: Pending, keys: Keys, now: () => number): Disclosure {
  const revealed = revealedOn(pending, keys, now);
  const closed = shelf<undefined>(pending, keys, 'closed');
  const idOf = (role: 'revealed' | 'closed', scope: ScopeId, person: Person) =>
    keyedHash(keys.lookup, role, tombstoneHash(keys, scope, person));

  /** What this answer may say about somebody. `write` notes its cost, once for each ask. */
  async function grantOf(
    occasion: Occasion,
    { person, ...near }: Subject,
    read: (id: string) => Promise<Kept<Revealed> | undefined> = revealed.read,
  ): Promise<Grant> {
    const id = idOf('revealed', occasion.scope, person);
    const asker = askerHash(keys, occasion);
    const ask = keyedHash(keys.lookup, 'job', occasion.ask);
    const kept = await read(id);
    const before = toldBy(kept);
    const mine = before.askers[asker];
    const known = mine?.asks?.find(([before]) => before === ask);
    if (known) return { tells: known[1] ? 'distance' : 'verdict', write: async () => true };
    const grant = granted({ asker: mine?.renewed ?? 0, group: before.group }, near, now());
    if (grant.tells === 'nothing') return grant;
    const { spent, tells } = grant;
    const others = Object.entries(before.askers).filter(([, { renewed }]) => renewed > now());
    const askers = {
      ...Object.fromEntries(others),
      [asker]: withAsk(mine, spent.asker, [ask, tells === 'distance']),
    };
    return { tells, write: () => revealed.write(id, kept, { group: spent.group, askers }) };
  }

  /** Notes a grant, computed anew if another write came first. Throws `busy` if it then differs. */
  async function note(
    occasion: Occasion,
    subject: Subject,
    first: Exclude<Grant, { tells: 'nothing' }>,
  ): Promise<void> {
    let grant: Grant = first;
    for (let attempt = 0; attempt < TRIES_TO_NOTE && grant.tells === first.tells; attempt++) {
      if (await grant.write()) return;
      grant = await grantOf(occasion, subject);
    }
    throw tooMany();
  }

  function account(occasion: Occasion): Account {
    const { scope, asker } = occasion;
    const closing = idOf('closed', scope, asker);
    const isClosed = once(() => closed.read(closing));
    const read = once(revealed.read);
    return {
      near(people) {
        // A failure is ignored here, because `pay` reads the same items and reports it.
        isClosed(closing).catch(() => undefined);
        for (const person of people) read(keyedHash(keys.lookup, 'revealed', person)).catch(() => undefined);
      },
      async pay(subjects) {
        const others = subjects.filter(({ person }) => person.id !== asker.id);
        const [shut, ...grants] = await Promise.all([
          isClosed(closing),
          ...others.map(async (subject) => ({ subject, grant: await grantOf(occasion, subject, read) })),
        ]);
        if (shut && shut.expiresAt > now()) throw tooMuch(shut.expiresAt - now());
        const again = Math.max(0, ...grants.map(({ grant }) => (grant.tells === 'nothing' ? grant.again : 0)));
        if (again > 0) {
          await closed.put({ id: closing, owner: closing, value: undefined, expiresAt: again });
          throw tooMuch(again - now());
        }
        const noting = grants.map(({ subject, grant }) => grant.tells !== 'nothing' && note(occasion, subject, grant));
        const measured = grants.flatMap(({ subject: { person }, grant }) =>
          grant.tells === 'distance' ? person.id : [],
        );
        return { distances: new Set([...measured, asker.id]), noted: Promise.all(noting) };
      },
    };
  }

  return {
    account,
    async follow({ from, to }, person, members) {
      const old = idOf('revealed', from, person);
      const kept = await revealed.read(old);
      if (kept) {
        const found = toldBy(kept);
        const askers = members.flatMap((asker) => {
          const told = found.askers[askerHash(keys, { scope: from, asker })];
          return told ? [[askerHash(keys, { scope: to, asker }), told] as const] : [];
        });
        await revealed.join(idOf('revealed', to, person), { group: found.group, askers: Object.fromEntries(askers) });
        await revealed.drop(old);
      }
      const shut = await closed.read(idOf('closed', from, person));
      const closing = idOf('closed', to, person);
      if (shut) await closed.put({ id: closing, owner: closing, value: undefined, expiresAt: shut.expiresAt });
    },
    async drop(scope, person) {
      await revealed.drop(idOf('revealed', scope, person));
    },
  };
}

/**
 * The hash of an asker. As in a tombstone, it stays the same when the asker is erased and comes
 * back, so that nobody gets a full budget that way.
 */
function askerHash({ tombstone }: Keys, { scope, asker }: Pick<Occasion, 'scope' | 'asker'>): string {
  return keyedHash(tombstone, 'asker', scope, asker.platform, asker.id);
}

/** Reads each id only once. */
function once<T>(read: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const asked = new Map<string, Promise<T>>();
  return (id) => {
    const answer = asked.get(id) ?? read(id);
    asked.set(id, answer);
    return answer;
  };
}

function tooMuch(ms: number): Failure {
  return new Failure('rate_limited', { details: { seconds: Math.ceil(ms / 1000), revealed: 1 } });
}
