import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@elastic/elasticsearch';
import { answered } from './failures.ts';
import { ALSO_CLOSED } from './scan.ts';
import type { Store } from './store.ts';

/** How long a scrub waits for deleted rows, which Elasticsearch lets go of every 30 s. */
const MERGE_PATIENCE_MS = 90_000;

/** The longest time for merging the segments. */
const MERGE_TIMEOUT_MS = 600_000;

/** A copy of a shard. */
interface Copy {
  readonly index: string;
  /** Index name and shard number. */
  readonly shard: string;
  /** Deleted rows that are not merged away yet. */
  readonly deleted: number;
  /** The number of the last operation. */
  readonly lastSeqNo: number;
  /**
   * The first operation that is kept, with the rows it deleted, for copies that may have missed it.
   */
  readonly keptFrom: number;
}

/**
 * Removes the bytes of deleted rows from the disk. Deleting a row only marks it. Its bytes stay
 * until its segment is merged, and even a merge keeps them while a retention lease needs the
 * deleting operation. So it flushes (the translog has the bytes as well), waits until the leases
 * have passed the earlier operations, merges the segments with deleted rows, and flushes again.
 * Even a busy index loses what was erased before the call. One scrub runs at a time; callers during
 * a run share the next.
 */
export function scrubber(client: Client, store: Store, erasable: readonly string[]): () => Promise<boolean> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<boolean> | undefined;
  return () => {
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        const started = scrub();
        running = started;
        return started;
      });
    return next;
  };

  async function scrub(): Promise<boolean> {
    const giveUpAt = Date.now() + MERGE_PATIENCE_MS;
    // A shard without a node is missing from flush and statistics. A count reports it.
    await store.count(erasable.join(), { match_all: {} });
    await flush(erasable);
    const dirty = (await copies(erasable)).filter(({ deleted }) => deleted > 0);
    if (dirty.length === 0) return true;
    const indices = [...new Set(dirty.map(({ index }) => index))];
    const done = new Map(dirty.map(({ shard, lastSeqNo }) => [shard, lastSeqNo]));
    while (!(await copies(indices)).every(({ shard, keptFrom }) => keptFrom > (done.get(shard) ?? -1))) {
      if (Date.now() > giveUpAt) return false;
      await sleep(1000);
    }
    await flush(indices);
    const before = await segmentsWithDeleted(indices);
    await answered(
      client.indices.forcemerge(
        { index: indices, only_expunge_deletes: true },
        { requestTimeout: MERGE_TIMEOUT_MS, maxRetries: 0 },
      ),
    );
    await flush(indices);
    return (await segmentsWithDeleted(indices)).isDisjointFrom(before);
  }

  async function flush(indices: readonly string[]): Promise<void> {
    await answered(client.indices.flush({ index: [...indices], ...ALSO_CLOSED, force: true, wait_if_ongoing: true }));
  }

  async function copies(indices: readonly string[]): Promise<Copy[]> {
    const stats = await answered(client.indices.stats({ index: [...indices], level: 'shards' }));
    return Object.entries(stats.indices ?? {}).flatMap(([index, { shards = {} }]) =>
      Object.entries(shards).flatMap(([number, all]) =>
        all.map((copy) => ({
          index,
          shard: `${index}/${number}`,
          deleted: copy.docs?.deleted ?? 0,
          lastSeqNo: copy.seq_no?.max_seq_no ?? -1,
          keptFrom: Math.min(...(copy.retention_leases?.leases ?? []).map((lease) => lease.retaining_seq_no)),
        })),
      ),
    );
  }

  /** Names of segments, in all copies, with deleted rows. */
  async function segmentsWithDeleted(indices: readonly string[]): Promise<Set<string>> {
    const answer = await answered(client.indices.segments({ index: [...indices] }));
    const names = Object.entries(answer.indices).flatMap(([index, { shards }]) =>
      Object.entries(shards).flatMap(([number, copy]) =>
        [copy].flat().flatMap(({ routing, segments }) =>
          Object.entries(segments)
            .filter(([, segment]) => segment.deleted_docs > 0)
            .map(([name]) => [index, number, routing.node, name].join('/')),
        ),
      ),
    );
    return new Set(names);
  }
}
