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

/** Who does something alone says again every quarter of this that it goes on; milliseconds. */
const HELD_MS = 60_000;

/** What is known of the whole gallery. */
export function metaOf(store: Store, names: Indices) {
  const address = (name: string): Address => ({ index: names.meta, id: name });

  async function read(name: string): Promise<string | undefined> {
    const [doc] = await store.get<Doc>([address(name)]);
    return doc?.source.value;
  }

  async function put(name: string, value: string): Promise<void> {
    await store.write([{ kind: 'index', at: address(name), source: { value } satisfies Doc }]);
  }

  /** Whoever comes first writes the value; everybody gets the one that is there. */
  async function once(name: string, value: string): Promise<string> {
    // In an index just made by another process a write waits until it can be done; a read would fail.
    await store.write([{ kind: 'create', at: address(name), source: { value } satisfies Doc }]);
    return (await read(name)) ?? value;
  }

  /**
   * Does `work` while nobody else does anything under this name; waits for whoever does. One that died holds it for a minute
   * at most.
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
   * Makes sure that `keys` are those the indices were made with; remembers them in new ones. Throws saying what to do. Where the
   * proof itself rotted, `opensSome` says whether they open anything that is there; it is made anew then.
   */
  async function checkKey(keys: Keys, opensSome: () => Promise<boolean>): Promise<void> {
    const context = 'meta|key';
    const proof = sealJson(keys.wrap, 'facefinder', context);
    const sealed = await once('key', proof);
    if (unsealJsonRighted(keys.wrap, sealed, context) !== undefined) return;
    if (!(await opensSome())) throw new Cause('key_wrong', { where: 'Elasticsearch' });
    await put('key', proof);
  }

  /** Names the gallery: what it was told to be, or a keyed hash of what no copy of it lacks and no other has. */
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

  /** When version `notice` of the notice was first seen here, milliseconds since 1970; `now` at first sight. */
  async function noticeFirstSeen(notice: number, now: number): Promise<number> {
    return Number(await once(`notice ${notice}`, String(now)));
  }

  /** Every version of the notice that was ever in force here, with since when. */
  async function notices(): Promise<{ readonly version: number; readonly since: number }[]> {
    const docs = await store.all<Doc>(names.meta, { match_all: {} });
    return docs
      .filter(({ id }) => id.startsWith('notice '))
      .map(({ id, source }) => ({ version: Number(id.slice('notice '.length)), since: Number(source.value) }));
  }

  /** A version of the notice has been in force since then, whatever was seen of it here. */
  const putNotice = (notice: number, since: number) => put(`notice ${notice}`, String(since));

  return { read, put, alone, checkKey, galleryId, witnessedSince, noteWitness, noticeFirstSeen, putNotice, notices };
}

export type Meta = ReturnType<typeof metaOf>;
