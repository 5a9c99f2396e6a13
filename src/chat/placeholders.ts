import type { Pending, PendingItem } from '../queue/pending.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Keys } from '../secrets/keys.ts';
import { sealJson, unsealJson } from '../secrets/seal.ts';
import type { Address, Ask } from './ask.ts';
import { ownerOf } from './parked.ts';
import type { Reply } from './reply.ts';

/** What a person waits for: where it is to be answered, and whether it was. Kept until its deadline. */
export interface Placeholder {
  readonly id: string;
  /** Keyed hash of whose it is; empty when the answer is a receipt. */
  readonly owner: string;
  readonly deadline: number;
  /** Undefined once answered: a repeated delivery then shows nothing new. */
  readonly open: Open | undefined;
}

interface Open {
  /** Undefined for receipts that are being answered: only a repeated delivery, which knows its own address, needs them. */
  readonly address?: Address;
  readonly locale: string;
  /** An answer that the platform did not take and that no repetition would give again: an erasure's receipts. */
  readonly undelivered?: readonly Reply[];
}

export interface Placeholders {
  /** The job id of an ask: the same for every delivery of the same update. */
  readonly idOf: (ask: Pick<Ask, 'id'>) => string;
  /** What is known of an ask that was seen before and whose deadline has not passed. */
  readonly find: (id: string) => Promise<Placeholder | undefined>;
  readonly open: (id: string, ask: Pick<Ask, 'person' | 'address' | 'locale' | 'deadline'>) => Promise<void>;
  /** Remembers receipts that are about to be answered, without saying whose they are or where they go. */
  readonly remember: (id: string, ask: Pick<Ask, 'locale' | 'deadline'>, receipts: readonly Reply[]) => Promise<void>;
  /** Keeps receipts until the platform takes them, without saying whose they are. */
  readonly keep: (
    id: string,
    ask: Pick<Ask, 'address' | 'locale' | 'deadline'>,
    receipts: readonly Reply[],
  ) => Promise<void>;
  readonly close: (answered: Omit<Placeholder, 'open'>) => Promise<void>;
  readonly all: () => Promise<Placeholder[]>;
  readonly drop: (id: string) => Promise<void>;
}

/** Placeholders on their shelf of `pending`. */
export function placeholders(pending: Pending, keys: Keys): Placeholders {
  const context = (id: string) => `placeholder:${id}`;
  const put = (id: string, owner: string, open: Open, expiresAt: number) =>
    pending.put('placeholder', { id, owner, body: sealJson(keys.jobs, open, context(id)), expiresAt });
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
    open: (id, { person, address, locale, deadline }) => put(id, ownerOf(keys, person), { address, locale }, deadline),
    remember: (id, { locale, deadline }, undelivered) => put(id, '', { locale, undelivered }, deadline),
    keep: (id, { address, locale, deadline }, undelivered) => put(id, '', { address, locale, undelivered }, deadline),
    close: ({ id, owner, deadline }) => pending.put('placeholder', { id, owner, body: '', expiresAt: deadline }),
    all: async () => (await pending.list('placeholder')).map(read),
    drop: (id) => pending.drop('placeholder', id),
  };
}
