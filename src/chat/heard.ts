import { FOR_EVER, type Pending } from '../queue/pending.ts';
import { ownerOf, shelf } from '../queue/sealed-shelf.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Keys } from '../secrets/keys.ts';
import type { Ask, Press } from './ask.ts';
import type { ParkedAsk } from './parked.ts';

/** What somebody said or pressed, as a platform hands it over. */
export type Request = Ask | Press;

/** What was heard and may not have been done. */
export interface HeardRequest {
  readonly request: Request;
  /** What the pressed button stood for then. */
  readonly asked?: ParkedAsk | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * Requests of a platform that is told that it was heard before anything is done, and never repeats itself: noted before that word,
 * until they are answered, queued, or noted as an erasure. Every method fails as {@link Pending} says.
 */
export interface Heard {
  readonly note: (request: Request, asked?: ParkedAsk) => Promise<void>;
  /** It is somebody else's now, or nobody can be told anything of it. Costs nothing for what this process did not note. */
  readonly drop: (request: Pick<Request, 'id'>) => Promise<void>;
  /** What another process, or an earlier one, noted until `before`, and left so. What cannot be read any more goes. */
  readonly left: (before: number) => Promise<HeardRequest[]>;
  /** Whether it is noted still: an erasure may have dropped it since it was read. */
  readonly stands: (request: Pick<Request, 'id'>) => Promise<boolean>;
  /** As {@link drop}, whoever noted it. */
  readonly settle: (request: Pick<Request, 'id'>) => Promise<void>;
}

/** Kept on a shelf of `pending`, sealed; an erasure of its person drops it. */
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
        const one = readable(value);
        if (!one) await kept.drop(id);
        else if (one.at <= before) left.push(one);
      }
      return left;
    },
    stands: async (request) => (await kept.read(idOf(request))) !== undefined,
    settle,
  };
}

/** Undefined of a damaged note: it must not keep the program from starting. */
function readable(value: () => HeardRequest): HeardRequest | undefined {
  try {
    return value();
  } catch {
    return undefined;
  }
}
