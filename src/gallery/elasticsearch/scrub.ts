import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@elastic/elasticsearch';
import { answered } from './failures.ts';
import { ALSO_CLOSED } from './scan.ts';
import type { Store } from './store.ts';

/**
 * How long a scrub waits until Elasticsearch no longer has to keep the deleted rows. Elasticsearch
 * decides that anew every 30 s.
 */
const MERGE_PATIENCE_MS = 90_000;

/** How long the merge of the segments may take. */
const MERGE_TIMEOUT_MS = 600_000;

/** The state of one copy of a shard. */
interface Copy {
  readonly index: string;
  /** The index and the number of the shard. */
  readonly shard: string;
  /** How many deleted rows are still in segments. */
  readonly deleted: number;
  /** The number of the last operation. */
  readonly lastSeqNo: number;
  /**
   * The number of the oldest operation that is still kept for other copies, which may have missed
   * it. The rows that this or a later operation deleted are kept too.
   */
  readonly keptFrom: number;
}

/**
 * Makes {@link Gallery.scrub}, which removes the bytes of deleted rows from the disk. A deletion
 * only marks a row. The row's bytes stay until its segment is merged. Even a merge keeps them while
 * a retention lease (Elasticsearch's promise to a copy of the shard) covers the operation that
 * deleted the row.
 *
 * So a scrub first flushes, because the translog has the bytes too. It waits until no lease covers
 * the operations before the scrub. Then it merges the segments with deleted rows, and flushes
 * again. So all that was erased before the call is gone, even if rows are deleted meanwhile. One
 * scrub runs at a time. All calls during a scrub share the scrub that comes after it.
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
    // A flush and the statistics leave out a shard that no node has. So a count comes first, which
    // fails in that case.
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

  /** The names of the segments with deleted rows, in all copies of all shards. */
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
