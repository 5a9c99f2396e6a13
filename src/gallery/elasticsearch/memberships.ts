import type { Person, ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Keys } from '../../secrets/keys.ts';
import { unsealJsonRighted } from '../../secrets/righted.ts';
import { sealJson } from '../../secrets/seal.ts';
import { membershipsContext, membershipsHash } from '../rules/identity.ts';
import type { Address, Found, Write } from './documents.ts';
import type { Indices } from './indices.ts';
import type { LivingRecord } from './life.ts';
import { type Store, TRIES } from './store.ts';

interface Doc {
  readonly sealed: string;
}

/** One life of a person in one scope. */
export interface Membership {
  readonly scope: ScopeId;
  /** The id of the person's record in that scope. */
  readonly record: string;
  readonly epoch: number;
}

type List = readonly Membership[];

/**
 * The lists of people's lives over all scopes. Each person has one sealed list under their keyed
 * hash. So a person's scopes are found without a look into other people's data, and the index does
 * not show who shares groups. A list has every life that is `listed`. After an interruption it may
 * also name a life that is over. A list is removed when its last life is. `livesOf` finds a
 * person's lives in all scopes, without the list.
 */
export function membershipsOf(store: Store, names: Indices, keys: Keys, livesOf: (person: Person) => Promise<List>) {
  const address = (id: string): Address => ({ index: names.memberships, id });

  /** The name of a person's list. */
  const idOf = (person: Person): string => membershipsHash(keys, person);

  /** The list in a document; undefined when it is unreadable. */
  function opened({ id, source }: Found<Doc>): List | undefined {
    return unsealJsonRighted<List>(keys.memberships, source.sealed, membershipsContext(id));
  }

  /**
   * A person's list. An unreadable list is rebuilt from the records in all scopes, so that the
   * person can still be erased from all of them.
   */
  async function readable(person: Person): Promise<List> {
    const id = idOf(person);
    const [doc] = await store.get<Doc>([address(id)]);
    const list = doc ? opened(doc) : [];
    if (list) return list;
    await change([id], (_, lives) => lives, new Map([[id, person]]));
    return await livesOf(person);
  }

  function writing(id: string, before: Found<Doc> | undefined, list: List): Write {
    const since = before && { since: before.version };
    if (list.length === 0) return { kind: 'delete', at: address(id), ...since };
    const source = { sealed: sealJson(keys.memberships, list, membershipsContext(id)) } satisfies Doc;
    return { kind: before ? 'index' : 'create', at: address(id), source, ...since };
  }

  async function of(person: Person): Promise<List> {
    return await readable(person);
  }

  /** Adds the lives of these records in a scope to the lists of their people. */
  async function add(scope: ScopeId, records: readonly LivingRecord[]): Promise<void> {
    const people = new Map(records.map(({ life: { person } }) => [idOf(person), person]));
    const lives = new Map(records.map(({ id, epoch, life }) => [idOf(life.person), { scope, record: id, epoch }]));
    await change(
      [...lives.keys()],
      (id, list) => {
        const life = lives.get(id);
        if (!life || list.some((known) => covers(known, life))) return list;
        return [...list.filter((known) => !covers(life, known)), life];
      },
      people,
    );
  }

  /** Removes a life, and older lives of the same record, from the list with this name. */
  async function remove(id: string, over: Pick<Membership, 'record' | 'epoch'>): Promise<void> {
    await change([id], (_, list) => without(list, (one) => covers(over, one)));
  }

  /**
   * Changes lists by `step`. A list is written only if nobody has written it since it was read.
   * Otherwise it is read and changed again. An unreadable list is rebuilt before the change if its
   * person is among `people`. Otherwise it stays as it is.
   */
  async function change(
    ids: readonly string[],
    step: (id: string, list: List) => List,
    people?: ReadonlyMap<string, Person>,
  ): Promise<void> {
    let left = ids;
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt === TRIES) {
        throw new Failure('unavailable', { cause: new Error('too many writers of one list of groups') });
      }
      const docs = await store.get<Doc>(left.map(address));
      const changed: { readonly id: string; readonly write: Write }[] = [];
      for (const [index, id] of left.entries()) {
        const doc = docs[index];
        const before = doc ? opened(doc) : [];
        const person = people?.get(id);
        const list = before ?? (person && (await livesOf(person)));
        const after = list && step(id, list);
        if (after && after !== before) changed.push({ id, write: writing(id, doc, after) });
      }
      const outcomes = await store.write(changed.map(({ write }) => write));
      left = changed.filter((_, index) => outcomes[index] === 'conflict').map(({ id }) => id);
    }
  }

  /** Removes from all lists the lives that `isOver` selects. Interruptions left them there. */
  async function sweep(isOver: (lives: List) => Promise<ReadonlySet<Membership>>): Promise<void> {
    for await (const doc of store.scan<Doc>(names.memberships, { match_all: {} })) {
      const over = await isOver(opened(doc) ?? []);
      for (const life of over) await remove(doc.id, life);
    }
  }

  return { idOf, of, add, remove, sweep };
}

export type Memberships = ReturnType<typeof membershipsOf>;

/** Whether `later` is the same life as `life`, or a later life of the same record. */
function covers(later: Pick<Membership, 'record' | 'epoch'>, life: Membership): boolean {
  return later.record === life.record && later.epoch >= life.epoch;
}

/** The list without the selected lives; the same object when there is nothing to remove. */
function without(list: List, isOut: (one: Membership) => boolean): List {
  return list.some(isOut) ? list.filter((one) => !isOut(one)) : list;
}
