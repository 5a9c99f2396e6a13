import { FOR_EVER, type Pending } from '../../queue/pending.ts';
import { ownerOf, shelf } from '../../queue/sealed-shelf.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { Ask, Press } from '../ask.ts';
import type { ParkedAsk } from '../buttons/parked.ts';

/** A message or press from a platform. */
export type Request = Ask | Press;

/** A request that was heard and is perhaps not done yet. */
export interface HeardRequest {
  readonly request: Request;
  /** What the pressed button stood for when it was pressed. */
  readonly asked?: ParkedAsk | undefined;
  /** When the request was noted, milliseconds since 1970. */
  readonly at: number;
}

/**
 * Notes requests of a platform that wants an immediate confirmation and never repeats a request.
 * The note is written before the confirmation is given. It stays until the request is answered,
 * queued, or noted as an erasure. Every method fails as {@link Pending} says.
 */
export interface Heard {
  readonly note: (request: Request, asked?: ParkedAsk) => Promise<void>;
  /**
   * Drops the note, because the request was answered or queued, or its person can no longer be
   * answered. Does nothing for a request that this process did not note.
   */
  readonly drop: (request: Pick<Request, 'id'>) => Promise<void>;
  /**
   * Requests that another process, or an earlier one, noted before `before` (milliseconds since
   * 1970) and left undone. Unreadable notes are dropped.
   */
  readonly left: (before: number) => Promise<HeardRequest[]>;
  /** Whether the request is still noted. An erasure may have dropped the note after it was read. */
  readonly stands: (request: Pick<Request, 'id'>) => Promise<boolean>;
  /** As {@link drop}, for a request that any process noted. */
  readonly settle: (request: Pick<Request, 'id'>) => Promise<void>;
}

/** Keeps the notes, sealed, on a shelf of `pending`. An erasure of their person drops them. */
export function heardOn(pending: Pending, keys: Keys, now: () => number): Heard {
  const kept = shelf<HeardRequest>(pending, keys, 'heard');
  const mine = new Set<string>();
  const idOf = ({ id }: Pick<Request, 'id'>) => keyedHash(keys.lookup, 'heard', id);
  const settle: Heard['settle'] = async (request) => {
    await kept.drop(idOf(request));
    mine.delete(idOf(request));
  };
  return {
    async note(request, asked) {
      const id = idOf(request);
      mine.add(id);
      const value = { request, at: now(), ...(asked && { asked }) };
      await kept.put({ id, owner: ownerOf(keys, request.person), value, expiresAt: FOR_EVER });
    },
    async drop(request) {
      if (mine.has(idOf(request))) await settle(request);
    },
    async left(before) {
      const left: HeardRequest[] = [];
      for (const { id, value } of await kept.list()) {
        if (mine.has(id)) continue;
        const one = value();
        if (!one) await kept.drop(id);
        else if (one.at <= before) left.push(one);
      }
      return left;
    },
    stands: async (request) => (await kept.read(idOf(request))) !== undefined,
    settle,
  };
}
