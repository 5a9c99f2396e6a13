import { Failure } from '../../failure.ts';
import type { Pending, PendingItem, Shelf } from '../pending.ts';
import { connect, ready } from './connection.ts';
import { translated } from './errors.ts';
import { rewriteLog } from './rewrite.ts';
import { drop, dropOwned, list, put, read, take, tidy } from './shelves.ts';

export interface RedisPendingOptions {
  readonly url: string;
  /** Of every key, as for the queue. */
  readonly prefix?: string;
  /** Told of connections lost. */
  readonly onError?: (cause: unknown) => void;
}

/** The shelves of production, shared by all processes. As durable as Redis is told to be: appendfsync always. */
export function redisPending({ url, prefix = '{facefinder}', onError = () => {} }: RedisPendingOptions): Pending {
  const redis = connect(url, 'prompt', onError);
  const p = `${prefix}:pending`;
  let open = true;

  function call<T>(work: () => Promise<T>): Promise<T> {
    return translated(async () => {
      if (!open) throw new Failure('unavailable');
      await ready(redis);
      return work();
    });
  }

  const write = (shelf: Shelf, { id, owner, body, expiresAt }: PendingItem, before?: PendingItem) =>
    call(async () => {
      const expected = before ? [before.owner, before.body, before.expiresAt] : [];
      const outcome = await put(redis, p, shelf, id, owner, body, expiresAt, ...expected);
      if (outcome === 'full') throw new Failure('busy');
      return outcome !== 'changed';
    });

  return {
    put: async (shelf, item) => {
      await write(shelf, item);
    },
    replace: write,
    take: (shelf, id, owner) =>
      call(async () => {
        const taken = await take(redis, p, shelf, id, Date.now(), owner);
        return taken === 'not_yours' ? taken : itemOf(taken);
      }),
    read: (shelf, id) => call(async () => itemOf(await read(redis, p, shelf, id, Date.now()))),
    drop: (shelf, id) =>
      call(async () => {
        await drop(redis, p, shelf, id);
      }),
    list: (shelf: Shelf) =>
      call(async () => ((await list(redis, p, shelf)) as unknown[]).flatMap((row) => itemOf(row) ?? [])),
    dropOwned: (owner) => call(async () => Number(await dropOwned(redis, p, owner))),
    tidy: (now) =>
      call(async () => {
        await tidy(redis, p, now);
      }),
    scrub: () => call(() => rewriteLog(redis)),
    async [Symbol.asyncDispose]() {
      open = false;
      redis.disconnect();
    },
  };
}

function itemOf(row: unknown): PendingItem | undefined {
  if (!Array.isArray(row)) return undefined;
  const [id, owner, body, expiresAt] = row.map(String);
  return { id: id ?? '', owner: owner ?? '', body: body ?? '', expiresAt: Number(expiresAt) };
}
