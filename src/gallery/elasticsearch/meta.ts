import type { Keys } from '../../secrets/keys.ts';
import { sealJson, unsealJson } from '../../secrets/seal.ts';
import type { Indices } from './indices.ts';
import type { Store } from './store.ts';

interface Doc {
  readonly value: string;
}

/** Whoever comes first writes the value; everybody gets the one that is there. */
async function once(store: Store, names: Indices, id: string, value: string): Promise<string> {
  const at = { index: names.meta, id };
  // In an index just made by another process a write waits until it can be done; a read would fail.
  await store.write([{ kind: 'create', at, source: { value } satisfies Doc }]);
  const [written] = await store.get<Doc>([at]);
  return written?.source.value ?? value;
}

/** Makes sure that `keys` are those the indices were made with; remembers them in new ones. Throws saying what to do. */
export async function checkKey(store: Store, names: Indices, keys: Keys): Promise<void> {
  const context = 'meta|key';
  const sealed = await once(store, names, 'key', sealJson(keys.wrap, 'facefinder', context));
  try {
    unsealJson(keys.wrap, sealed, context);
  } catch (cause) {
    throw new Error(
      'MASTER_KEY is not the one that the indices in Elasticsearch were made with. Set that key again: ' +
        'without it nothing in them can be read.',
      { cause },
    );
  }
}

/** When these indices first saw version `notice` of the notice in force, milliseconds since 1970; `now` at first sight. */
export async function noticeFirstSeen(store: Store, names: Indices, notice: number, now: number): Promise<number> {
  return Number(await once(store, names, `notice ${notice}`, String(now)));
}
