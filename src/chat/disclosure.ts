import type { Person, ScopeId } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import type { Split } from '../gallery/gallery.ts';
import { type Granted, granted, type NearFaces } from '../gallery/rules/reveal.ts';
import type { Pending } from '../queue/pending.ts';
import { type Kept, shelf } from '../queue/sealed-shelf.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Keys } from '../secrets/keys.ts';

/** Somebody about whom an answer says something, and at how many of the ask's faces. */
export interface Subject extends NearFaces {
  readonly person: Person;
}

/** Whoever asks, and for what: the same ask again costs nothing more. */
export interface Occasion {
  readonly scope: ScopeId;
  readonly asker: Person;
  readonly ask: string;
}

/**
 * What was revealed of people, and to whom, so that nobody learns a template answer by answer. It
 * holds for all processes and survives a restart. Every method fails as {@link Pending} says.
 */
export interface Disclosure {
  /**
   * Pays for what an answer says of others. What people are told of themselves costs nothing; an
   * answer that says nothing of anybody is paid for too.
   * @throws Failure `rate_limited` with `seconds` when it says too much of somebody. From then on
   * and until there is room, every answer here is refused to this asker, whoever it is about:
   * a refusal that depended on the photo would tell what the answer would have been.
   */
  pay(occasion: Occasion, subjects: readonly Subject[]): Promise<Paid>;
  /** Lets what was revealed of somebody, and to these members, count in the scope that their group moved to. */
  follow(move: Split, person: Person, members: readonly Person[]): Promise<void>;
  /** Forgets what was revealed of somebody who is erased. */
  drop(scope: ScopeId, person: Person): Promise<void>;
}

/** What an answer may say. */
export interface Paid {
  /** Of whom (by id) it may tell a distance. */
  readonly distances: ReadonlySet<string>;
  /** To be waited for before anything is said; fails with `busy` when other answers spent the same at this moment. */
  readonly noted: Promise<unknown>;
}

/** What stands on the shelf of one person, under their keyed hash. */
interface Revealed {
  /** When all of it is renewed for the group, milliseconds since 1970. */
  readonly group: number;
  /** By the keyed hash of each asker: the same for them, and the last ask that was paid for. */
  readonly askers: Readonly<Record<string, { readonly renewed: number; readonly ask: string; readonly told: boolean }>>;
}

type Grant =
  | Extract<Granted, { tells: 'nothing' }>
  | { readonly tells: 'distance' | 'verdict'; readonly write: () => Promise<boolean> };

/** Others who answer about the same person at the same moment, before an answer gives up. */
const TRIES_TO_NOTE = 100;

/** Kept on shelves of `pending`. */
export function disclosureOn(pending: Pending, keys: Keys, now: () => number): Disclosure {
  const revealed = shelf<Revealed>(pending, keys, 'revealed');
  const closed = shelf<undefined>(pending, keys, 'closed');
  const idOf = (role: 'revealed' | 'closed', scope: ScopeId, { platform, id }: Person) =>
    keyedHash(keys.lookup, role, scope, platform, id);
  /** An asker who is erased and comes back is the same: hence the key of tombstones. */
  const hashOf = ({ scope, asker: { platform, id } }: Pick<Occasion, 'scope' | 'asker'>) =>
    keyedHash(keys.tombstone, 'asker', scope, platform, id);

  /** What this answer may tell of somebody, and how that is written down; paid before, nothing is. */
  async function grantOf(occasion: Occasion, { person, ...near }: Subject): Promise<Grant> {
    const id = idOf('revealed', occasion.scope, person);
    const asker = hashOf(occasion);
    const ask = keyedHash(keys.lookup, 'job', occasion.ask);
    const kept = await revealed.read(id);
    const before = toldBy(kept);
    const mine = before.askers[asker];
    if (mine?.ask === ask) return { tells: mine.told ? 'distance' : 'verdict', write: async () => true };
    const grant = granted({ asker: mine?.renewed ?? 0, group: before.group }, near, now());
    if (grant.tells === 'nothing') return grant;
    const { spent, tells } = grant;
    const others = Object.entries(before.askers).filter(([, { renewed }]) => renewed > now());
    const askers = {
      ...Object.fromEntries(others),
      [asker]: { renewed: spent.asker, ask, told: tells === 'distance' },
    };
    return { tells, write: () => write(id, kept, { group: spent.group, askers }) };
  }

  /** Writes it down, again from what stands there by now if others came between, as long as it may still tell as much. */
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
    throw new Failure('busy', { cause: new Error('others are told about the same person') });
  }

  /** Adds this to what stands there. */
  async function join(id: string, more: Revealed): Promise<void> {
    for (let attempt = 0; attempt < TRIES_TO_NOTE; attempt++) {
      const kept = await revealed.read(id);
      if (await write(id, kept, kept ? together(toldBy(kept), more, now()) : more)) return;
    }
    throw new Failure('busy', { cause: new Error('others are told about the same person') });
  }

  async function write(id: string, kept: Kept<Revealed> | undefined, value: Revealed): Promise<boolean> {
    const expiresAt = Math.max(value.group, ...Object.values(value.askers).map(({ renewed }) => renewed));
    if (kept) return await revealed.replace(kept, value, expiresAt);
    return (await revealed.add({ id, owner: id, value, expiresAt })) !== undefined;
  }

  return {
    async pay(occasion, subjects) {
      const { scope, asker } = occasion;
      const others = subjects.filter(({ person }) => person.id !== asker.id);
      const closing = idOf('closed', scope, asker);
      const [isClosed, ...grants] = await Promise.all([
        closed.read(closing),
        ...others.map(async (subject) => ({ subject, grant: await grantOf(occasion, subject) })),
      ]);
      if (isClosed && isClosed.expiresAt > now()) throw tooMuch(isClosed.expiresAt - now());
      const again = Math.max(0, ...grants.map(({ grant }) => (grant.tells === 'nothing' ? grant.again : 0)));
      if (again > 0) {
        await closed.put({ id: closing, owner: closing, value: undefined, expiresAt: again });
        throw tooMuch(again - now());
      }
      const noting = grants.map(({ subject, grant }) => grant.tells !== 'nothing' && note(occasion, subject, grant));
      const measured = grants.filter(({ grant }) => grant.tells === 'distance').map(({ subject }) => subject.person.id);
      return { distances: new Set([...measured, asker.id]), noted: Promise.all(noting) };
    },
    async follow({ from, to }, person, members) {
      const old = idOf('revealed', from, person);
      const kept = await revealed.read(old);
      if (kept) {
        const found = toldBy(kept);
        const askers = members.flatMap((asker) => {
          const told = found.askers[hashOf({ scope: from, asker })];
          return told ? [[hashOf({ scope: to, asker }), told] as const] : [];
        });
        await join(idOf('revealed', to, person), { group: found.group, askers: Object.fromEntries(askers) });
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

/** What stands there. What does not open says nothing, and is written anew: rot keeps nobody from being found. */
function toldBy(kept: Kept<Revealed> | undefined): Revealed {
  const nothing = { group: 0, askers: {} };
  try {
    return kept?.value() ?? nothing;
  } catch {
    return nothing;
  }
}

/** What was revealed in two scopes, as if it had been in one. */
function together(one: Revealed, other: Revealed, now: number): Revealed {
  const sum = (a: number, b = 0) => Math.max(a, now) + Math.max(b, now) - now;
  const askers = Object.entries(other.askers).map(([asker, told]) => {
    const known = one.askers[asker] ?? told;
    return [asker, { ...known, renewed: sum(told.renewed, one.askers[asker]?.renewed) }] as const;
  });
  return { group: sum(one.group, other.group), askers: { ...one.askers, ...Object.fromEntries(askers) } };
}

function tooMuch(ms: number): Failure {
  return new Failure('rate_limited', { details: { seconds: Math.ceil(ms / 1000), revealed: 1 } });
}
