import type { Client, estypes } from '@elastic/elasticsearch';
import { Failure } from '../../failure.ts';
import type { Found, Query } from './documents.ts';
import { answered } from './failures.ts';

/**
 * Makes a pattern of index names match closed indices too. So a request about all indices fails if
 * one is closed, and does not leave it out unnoticed.
 */
export const ALSO_CLOSED = { expand_wildcards: ['open', 'closed'] } satisfies {
  expand_wildcards: estypes.ExpandWildcards;
};

/** The number of documents read at once. */
const PAGE = 1000;

/**
 * Makes {@link Store.scan}. A scan calls `refresh` first, so that it sees every write that has
 * resolved.
 */
export function scanning(client: Client, refresh: (index: string) => Promise<void>) {
  function page<T>(request: estypes.SearchRequest): Promise<estypes.SearchHit<T>[]> {
    const size = {
      size: PAGE,
      track_total_hits: false,
      seq_no_primary_term: true,
      allow_partial_search_results: false,
    };
    return answered(client.search<T>({ ...request, ...size })).then(({ hits }) => hits.hits);
  }

  /** Reads page by page. All pages show the index as it was at one moment. */
  async function* scanAll<T>(
    index: string,
    query: Query,
    source: Pick<estypes.SearchRequest, '_source_exclude_vectors'>,
  ): AsyncGenerator<Found<T>> {
    const { id } = await answered(client.openPointInTime({ index, keep_alive: '1m', ...ALSO_CLOSED }));
    const pit = { id, keep_alive: '1m' };
    try {
      let after: estypes.SortResults | undefined;
      for (;;) {
        const sort = [{ _shard_doc: 'asc' as const }];
        const hits = await page<T>({ pit, query, sort, ...source, ...(after && { search_after: after }) });
        yield* hits.map(hitFound);
        if (hits.length < PAGE) return;
        after = hits.at(-1)?.sort;
      }
    } finally {
      // If this fails, Elasticsearch itself closes the point in time within a minute.
      await client.closePointInTime({ id }).catch(() => undefined);
    }
  }

  return async function* scan<T>(
    index: string,
    query: Query,
    { vectors } = { vectors: false },
  ): AsyncGenerator<Found<T>> {
    const source = { _source_exclude_vectors: !vectors };
    await refresh(index);
    const few = await page<T>({ index, query, ...source, ...ALSO_CLOSED });
    if (few.length < PAGE) yield* few.map(hitFound);
    else yield* scanAll<T>(index, query, source);
  };
}

function hitFound<T>(hit: estypes.SearchHit<T>): Found<T> {
  const { _index: index, _routing: routing, _seq_no: seqNo, _primary_term: primaryTerm } = hit;
  if (seqNo === undefined || primaryTerm === undefined) throw incomplete();
  return { index, ...document(hit), ...(routing && { routing }), version: { seqNo, primaryTerm } };
}

export function document<T>({ _id: id, _source: source }: estypes.SearchHit<T>): {
  readonly id: string;
  readonly source: T;
} {
  if (id === undefined || source === undefined) throw incomplete();
  return { id, source };
}

function incomplete(): Failure {
  return new Failure('internal', { cause: new Error('Elasticsearch: a hit without its document') });
}
