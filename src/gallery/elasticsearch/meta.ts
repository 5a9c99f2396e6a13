import { setTimeout as sleep } from 'node:timers/promises';
import { Cause } from '../../cause.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import { unsealJsonRighted } from '../../secrets/righted.ts';
import { sealJson } from '../../secrets/seal.ts';
import type { Address } from './documents.ts';
import type { Indices } from './indices.ts';
import type { Store } from './store.ts';

interface Doc {
  readonly value: string;
}

/**
 * How many milliseconds a process holds a name in `alone` of {@link metaOf} without a renewal. A
 * living process renews its hold after each quarter of this time.
 */
const HELD_MS = 60_000;

/** Facts of the whole gallery. */
export function metaOf(store: Store, names: Indices) {
  const address = (name: string): Address => ({ index: names.meta, id: name });

  async function read(name: string): Promise<string | undefined> {
    const [doc] = await store.get<Doc>([address(name)]);
    return doc?.source.value;
  }

  async function put(name: string, value: string): Promise<void> {
    await store.write([{ kind: 'index', at: address(name), source: { value } satisfies Doc }]);
  }

  /**
   * Writes the value if there is none. Gives the stored value, which is the same for every caller.
   */
  async function once(name: string, value: string): Promise<string> {
    // The write comes before the read. Just after another process has made the index, a write waits
    // until the index is ready, but a read would fail.
    await store.write([{ kind: 'create', at: address(name), source: { value } satisfies Doc }]);
    return (await read(name)) ?? value;
  }

  /**
   * Does `work` while this process alone holds the name. If another process holds the name, it
   * waits. A process that died holds a name for {@link HELD_MS} at most.
   */
  async function alone(name: string, work: () => Promise<void>): Promise<void> {
    const at = address(name);
    const until = () => ({ value: String(Date.now() + HELD_MS) }) satisfies Doc;
    for (;;) {
      const [taken] = await store.write([{ kind: 'create', at, source: until() }]);
      if (taken === 'done') break;
      const [holder] = await store.get<Doc>([at]);
      const isDead = holder && Number(holder.source.value) < Date.now();
      if (isDead) await store.write([{ kind: 'delete', at, since: holder.version }]);
      else await sleep(500);
    }
    const renewal = setInterval(() => {
      store.write([{ kind: 'index', at, source: until() }]).catch(() => undefined);
    }, HELD_MS / 4);
    try {
      await work();
    } finally {
      clearInterval(renewal);
      await store.write([{ kind: 'delete', at }]);
    }
  }

  /**
   * Checks that the indices were made with `keys`, which must open the sealed note in the index
   * `meta`. New indices get that note. If the note does not open, but `opensSome` says that the
   * keys open a scope, the note was damaged and is written again. A rehearsal writes no note.
   * @throws Cause `key_wrong` when the indices were made with other keys
   */
  async function checkKey(keys: Keys, opensSome: () => Promise<boolean>, { isRehearsal = false } = {}): Promise<void> {
    const context = 'meta|key';
    const proof = sealJson(keys.wrap, 'facefinder', context);
    const sealed = isRehearsal ? ((await read('key')) ?? proof) : await once('key', proof);
    if (unsealJsonRighted(keys.wrap, sealed, context) !== undefined) return;
    if (!(await opensSome())) throw new Cause('key_wrong', { where: 'Elasticsearch' });
    if (!isRehearsal) await put('key', proof);
  }

  /**
   * The gallery's id, which all its copies share, and no other gallery has. It is the id that the
   * gallery had in the store from which it was moved here, or else a keyed hash.
   */
  async function galleryId({ lookup }: Pick<Keys, 'lookup'>): Promise<string> {
    return (await read('id')) ?? keyedHash(lookup, 'gallery', (await read('key')) ?? '');
  }

  async function witnessedSince(): Promise<number | undefined> {
    const since = await read('witnessed');
    return since === undefined ? undefined : Number(since);
  }

  async function noteWitness(at: number): Promise<void> {
    await once('witnessed', String(at));
  }

  /** Since when (ms since 1970) this version of the notice is in force; notes `now` if unknown. */
  async function noticeFirstSeen(notice: number, now: number): Promise<number> {
    return Number(await once(`notice ${notice}`, String(now)));
  }

  /** Every version of the notice that was in force here, each with its start. */
  async function notices(): Promise<{ readonly version: number; readonly since: number }[]> {
    const docs = await store.all<Doc>(names.meta, { match_all: {} });
    return docs
      .filter(({ id }) => id.startsWith('notice '))
      .map(({ id, source }) => ({ version: Number(id.slice('notice '.length)), since: Number(source.value) }));
  }

  /** Notes since when a version of the notice is in force, in place of an earlier note. */
  const putNotice = (notice: number, since: number) => put(`notice ${notice}`, String(since));

  return { read, put, alone, checkKey, galleryId, witnessedSince, noteWitness, noticeFirstSeen, putNotice, notices };
}

export type Meta = ReturnType<typeof metaOf>;
