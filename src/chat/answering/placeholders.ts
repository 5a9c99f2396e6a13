import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../failure.ts';
import type { Pending, PendingItem } from '../../queue/pending.ts';
import { type Kept, ownerOf, shelf } from '../../queue/sealed-shelf.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { Address, Ask } from '../ask.ts';
import type { SentMessages } from '../courier.ts';
import type { Reply } from '../reply.ts';
import { type AnswerState, mayTell, type Speaker, turn, type Waiting } from './protocol.ts';

/**
 * What stands where a person's answer will come, and whether the answer was given. Kept until the
 * ask's deadline.
 */
export interface Placeholder {
  readonly id: string;
  /** Keyed hash of the person who waits. Empty when the answer is a receipt of an erasure. */
  readonly owner: string;
  readonly deadline: number;
  /**
   * Undefined once answered. A repeated delivery then shows nothing new. A damaged item was not
   * answered yet, because an answered one has no contents. It is open without its address.
   */
  readonly open: Open | undefined;
  /** Whether the item is damaged. Then only a worker that has the ask can answer. */
  readonly isDamaged: boolean;
  /** The item as it was read from its shelf. */
  readonly item: PendingItem;
}

/** The pause between two checks of whether the other speaker has ended. */
const TURN_LOOK_MS = 100;

interface Open {
  /**
   * Undefined for receipts that are being delivered. Only a repeated delivery of the update needs
   * them, and that delivery brings the address.
   */
  readonly address?: Address;
  readonly locale: string;
  /**
   * Receipts of an erasure that the platform did not accept. A repeated request could not make them
   * again.
   */
  readonly undelivered?: readonly Reply[];
  /** How many messages of the answer were sent. */
  readonly sent?: number;
  readonly speaking?: Waiting['speaking'];
}

export interface Placeholders {
  /** The job id of an ask: the same for every delivery of the same update. */
  readonly idOf: (ask: Pick<Ask, 'id'>) => string;
  /** The placeholder of an ask that was seen before and whose deadline has not passed. */
  readonly find: (id: string) => Promise<Placeholder | undefined>;
  /**
   * Opens a placeholder, unless the update has one. A repeated delivery must not open it again,
   * because it may have been answered.
   */
  readonly open: (id: string, ask: Pick<Ask, 'person' | 'address' | 'locale' | 'deadline'>) => Promise<void>;
  /**
   * Lets `who` answer, unless another speaker is answering or has answered. Gives whether `who` may
   * answer. The placeholder stays open until {@link close}. So if `who` dies before it has
   * answered, the queue repeats a worker's ask, and past the deadline the bot says `expired`.
   * If the worker died right after its answer was shown, `expired` replaces that answer. No other
   * process can know that it was shown, and a placeholder that stays for ever would be worse.
   */
  readonly claim: (placeholder: Placeholder, who: Speaker, now: number) => Promise<boolean>;
  /**
   * As {@link claim}, for the placeholder as it is now. While a sign of progress is shown, it waits
   * for that to end, until `giveUpAt` at most. Undefined when another speaker answers or has
   * answered, or that time is over.
   */
  readonly awaitTurn: (
    id: string,
    who: Speaker,
    now: () => number,
    giveUpAt: number,
  ) => Promise<Placeholder | undefined>;
  /**
   * Does `work` at an open placeholder while nobody answers it, and keeps others from answering,
   * for a few seconds at most. Does nothing when somebody is answering or has answered.
   */
  readonly whileOpen: (id: string, now: () => number, work: (address: Address) => Promise<void>) => Promise<void>;
  /**
   * How many messages of the answer at this placeholder were sent. Only an open placeholder keeps
   * it.
   */
  readonly sentOf: (id: string) => SentMessages;
  /** Notes receipts that are about to be delivered, without their person and address. */
  readonly remember: (id: string, ask: Pick<Ask, 'locale' | 'deadline'>, receipts: readonly Reply[]) => Promise<void>;
  /**
   * Keeps receipts until the platform accepts them, without their person. `sent`: how many messages
   * with them it has accepted.
   */
  readonly keep: (
    id: string,
    ask: Pick<Ask, 'address' | 'locale' | 'deadline'>,
    receipts: readonly Reply[],
    sent: number,
  ) => Promise<void>;
  readonly close: (answered: Pick<Placeholder, 'id' | 'owner' | 'deadline'>) => Promise<void>;
  readonly all: () => Promise<Placeholder[]>;
  /**
   * The open placeholders that were lost with the store's memory since the last call. Their people
   * wait in vain. Undefined while the memory lasts. For this, the process notes which placeholders
   * were open at the last call, and which ones it has opened since.
   */
  readonly forgotten: () => Promise<Placeholder[] | undefined>;
  readonly drop: (id: string) => Promise<void>;
}

/** The state as the protocol defines it. */
export function stateOf({ open }: Pick<Placeholder, 'open'>): AnswerState {
  if (!open) return 'answered';
  const { address, undelivered, speaking } = open;
  return { isAddressed: address !== undefined, hasReceipts: undelivered !== undefined, speaking };
}

/** Placeholders on their shelf of `pending`. */
export function placeholders(pending: Pending, keys: Keys): Placeholders {
  const kept = shelf<Open | undefined>(pending, keys, 'placeholder');
  const put = (id: string, owner: string, value: Open | undefined, expiresAt: number) =>
    kept.put({ id, owner, value, expiresAt });
  const read = ({ id, owner, expiresAt: deadline, value, item }: Kept<Open | undefined>): Placeholder => {
    const open = value();
    const isDamaged = open === undefined && item.body !== '';
    return { id, owner, deadline, open: isDamaged ? { locale: '' } : open, isDamaged, item };
  };
  const all = async () => (await kept.list()).map(read);
  const find = async (id: string) => {
    const found = await kept.read(id);
    return found && read(found);
  };
  /** Takes the turn if the item is still as it was read. */
  const take = ({ open, item }: Placeholder, speaking: Waiting['speaking']) =>
    open ? kept.replace({ item }, { ...open, speaking }) : Promise.resolve(false);
  const claim: Placeholders['claim'] = async (placeholder, who, now) => {
    const may = turn(stateOf(placeholder), who, now);
    if (typeof may === 'string') return false;
    return await take(placeholder, may.speaking).catch((error) => {
      // The shelf accepts no writes. Near a deadline no worker answers without a claim, so the bot
      // may answer without one.
      if (who === 'bot' && error instanceof Failure && error.code === 'busy') return true;
      throw error;
    });
  };
  const opened = new Map<string, Placeholder>();
  let known: { readonly memory: string; readonly open: readonly Placeholder[] } | undefined;
  return {
    idOf: (ask) => keyedHash(keys.lookup, 'job', ask.id),
    find,
    async open(id, { person, address, locale, deadline }) {
      const value = { address, locale };
      const added = await kept.add({ id, owner: ownerOf(keys, person), value, expiresAt: deadline });
      if (added) opened.set(id, read(added));
    },
    claim,
    async awaitTurn(id, who, now, giveUpAt) {
      for (;;) {
        const placeholder = await find(id);
        if (!placeholder || turn(stateOf(placeholder), who, now()) === 'silent') return undefined;
        if (await claim(placeholder, who, now())) return placeholder;
        if (now() >= giveUpAt) return undefined;
        await sleep(TURN_LOOK_MS);
      }
    },
    async whileOpen(id, now, work) {
      const placeholder = await find(id);
      const may = placeholder && turn(stateOf(placeholder), 'progress', now());
      if (typeof may !== 'object' || !placeholder?.open?.address) return;
      if (!(await take(placeholder, may.speaking))) return;
      try {
        // A slow shelf may have used up the time of the turn.
        if (mayTell(may.speaking, now())) await work(placeholder.open.address);
      } finally {
        const left = await find(id);
        if (left?.open?.speaking?.who === 'progress') await take(left, undefined);
      }
    },
    sentOf: (id) => ({
      count: async () => (await find(id))?.open?.sent ?? 0,
      async note(sent) {
        const placeholder = await find(id);
        if (placeholder?.open) await kept.replace(placeholder, { ...placeholder.open, sent });
      },
    }),
    remember: (id, { locale, deadline }, undelivered) => put(id, '', { locale, undelivered }, deadline),
    keep: (id, { address, locale, deadline }, undelivered, sent) =>
      put(id, '', { address, locale, undelivered, sent }, deadline),
    close: ({ id, owner, deadline }) => put(id, owner, undefined, deadline),
    all,
    async forgotten() {
      const memory = await pending.memory();
      const there = await all();
      // The store lost its data during this call. The next call reports that.
      if ((await pending.memory()) !== memory) return undefined;
      const ids = new Set(there.map(({ id }) => id));
      const before = [...(known?.open ?? []), ...opened.values()];
      const isLost = known !== undefined && known.memory !== memory;
      known = { memory, open: there.filter(({ open }) => open !== undefined) };
      opened.clear();
      return isLost ? before.filter(({ id }) => !ids.has(id)) : undefined;
    },
    drop: kept.drop,
  };
}
