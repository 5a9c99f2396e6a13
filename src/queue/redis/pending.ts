import { randomUUID } from 'node:crypto';
import { Failure } from '../../failure.ts';
import type { Pending, PendingItem, Shelf } from '../pending.ts';
import type { RedisAddress } from './address.ts';
import { connect, onRedis, surelyOnRedis } from './connection.ts';
import { rewriteLog } from './rewrite.ts';
import { drop, dropOwned, list, memory, owned, put, read, take, tidy } from './shelves.ts';

export interface RedisPendingOptions extends RedisAddress {
  /** The first part of every key, as for the queue. */
  readonly prefix?: string;
  /** Hears of lost connections. */
  readonly onError?: (cause: unknown) => void;
}

/**
 * Opens the shelves in Redis, which all processes share. No write is lost if Redis is set to
 * `appendfsync always`.
 */
export function redisPending({
  prefix = '{facefinder}',
  onError = () => {},
  ...address
}: RedisPendingOptions): Pending {
  const redis = connect(address, 'prompt', onError);
  const p = `${prefix}:pending`;
  let open = true;

  async function once<T>(work: () => Promise<T>): Promise<T> {
    if (!open) throw new Failure('unavailable');
    return await surelyOnRedis(redis, work);
  }
  /** Runs work that may be done twice, so that it is also repeated after a lost connection. */
  async function surely<T>(work: () => Promise<T>): Promise<T> {
    if (!open) throw new Failure('unavailable');
    return await surelyOnRedis(redis, work, true);
  }
  /**
   * Writes an item, if what is `expected` holds: see {@link put}. False when it does not hold.
   */
  async function write(
    shelf: Shelf,
    { id, owner, body, expiresAt }: PendingItem,
    ...expected: readonly (string | number)[]
  ) {
    const outcome = await put(redis, p, shelf, id, owner, body, expiresAt, ...expected);
    if (outcome === 'full') throw new Failure('busy');
    return outcome !== 'changed' && outcome !== 'there';
  }

  return {
    put: (shelf, item) =>
      surely(async () => {
        await write(shelf, item);
      }),
    putBeside: (shelf, item, beside) => surely(() => write(shelf, item, 'beside', beside.shelf, beside.id)),
    add: (shelf, item) => once(() => write(shelf, item, 'new')),
    replace: (shelf, item, { owner, body, expiresAt }) => once(() => write(shelf, item, owner, body, expiresAt)),
    take: (shelf, id, owner) =>
      once(async () => {
        const taken = await take(redis, p, shelf, id, owner);
        return taken === 'not_yours' ? taken : itemOf(taken);
      }),
    read: (shelf, id) => surely(async () => itemOf(await read(redis, p, shelf, id))),
    drop: (shelf, id) =>
      surely(async () => {
        await drop(redis, p, shelf, id);
      }),
    list: (shelf, until) =>
      surely(async () =>
        ((await list(redis, p, shelf, until ?? '+inf')) as unknown[]).flatMap((row) => itemOf(row) ?? []),
      ),
    owned: (shelf, owner) =>
      surely(async () => ((await owned(redis, p, shelf, owner)) as unknown[]).flatMap((row) => itemOf(row) ?? [])),
    dropOwned: (owner) => once(async () => Number(await dropOwned(redis, p, owner))),
    tidy: (shelves, now) =>
      surely(async () => {
        await tidy(redis, p, now, ...shelves);
      }),
    memory: () => surely(async () => String(await memory(redis, p, randomUUID()))),
    scrub: () => surely(() => rewriteLog(redis)),
    // Whether Redis accepts writes is checked by {@link Queue.check}, so a read is enough here.
    async check() {
      if (!open) throw new Failure('unavailable');
      await onRedis(redis, () => redis.ping());
    },
    async [Symbol.asyncDispose]() {
      open = false;
      redis.disconnect();
    },
  };
}

function itemOf(row: unknown): PendingItem | undefined {
  if (!Array.isArray(row)) return undefined;
  const [id, owner, body, expiresAt] = row.map(String);
  return { id: id ?? '', owner: owner ?? '', body: body ?? '', expiresAt: Number(expiresAt) || 0 };
}
