import type { Pending, PendingItem } from '../queue/pending.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Keys } from '../secrets/keys.ts';
import { sealJson, unsealJson } from '../secrets/seal.ts';
import type { Address, Ask } from './ask.ts';
import { ownerOf } from './parked.ts';

/** What a person waits for: where it is to be answered, and whether it was. Kept until its deadline. */
export interface Placeholder {
  readonly id: string;
  /** Keyed hash of whose it is; empty when the answer was a receipt. */
  readonly owner: string;
  readonly deadline: number;
  /** Undefined once answered: a repeated delivery then shows nothing new. */
  readonly open: { readonly address: Address; readonly locale: string } | undefined;
}

export interface Placeholders {
  /** The job id of an ask: the same for every delivery of the same update. */
  readonly idOf: (ask: Pick<Ask, 'id'>) => string;
  /** What is known of an ask that was seen before and whose deadline has not passed. */
  readonly find: (id: string) => Promise<Placeholder | undefined>;
  readonly open: (id: string, ask: Pick<Ask, 'person' | 'address' | 'locale' | 'deadline'>) => Promise<void>;
  readonly close: (answered: Omit<Placeholder, 'open'>) => Promise<void>;
  readonly all: () => Promise<Placeholder[]>;
  readonly drop: (id: string) => Promise<void>;
}

/** Placeholders on their shelf of `pending`. */
export function placeholders(pending: Pending, keys: Keys): Placeholders {
  const context = (id: string) => `placeholder:${id}`;
  const read = (item: PendingItem): Placeholder => ({
    id: item.id,
    owner: item.owner,
    deadline: item.expiresAt,
    open: item.body === '' ? undefined : unsealJson(keys.jobs, item.body, context(item.id)),
  });
  return {
    idOf: (ask) => keyedHash(keys.lookup, 'job', ask.id),
    async find(id) {
      const item = await pending.read('placeholder', id);
      return item && read(item);
    },
    open: (id, { person, address, locale, deadline }) =>
      pending.put('placeholder', {
        id,
        owner: ownerOf(keys, person),
        body: sealJson(keys.jobs, { address, locale }, context(id)),
        expiresAt: deadline,
      }),
    close: ({ id, owner, deadline }) => pending.put('placeholder', { id, owner, body: '', expiresAt: deadline }),
    all: async () => (await pending.list('placeholder')).map(read),
    drop: (id) => pending.drop('placeholder', id),
  };
}
