import type { Client, estypes } from '@elastic/elasticsearch';
import type { Address, Found, Outcome, Query, Version, Write } from './documents.ts';
import { answered, refused } from './failures.ts';
import { ALSO_CLOSED, document, scanning } from './scan.ts';

export interface Search {
  readonly index: string;
  readonly routing?: string;
  readonly body: estypes.SearchSearchRequestBody;
}

export interface Answer<T> {
  readonly hits: readonly {
    readonly id: string;
    readonly score: number;
    readonly source: T;
    /**
     * The document's number in the order of its shard's writes; -1 unless the search asks for this.
     */
    readonly seqNo: number;
  }[];
  /** The number of matching documents; 0 unless the search asks for it. */
  readonly total: number;
}

/**
 * The requests to Elasticsearch. Each throws only Failure, which quotes nothing from the request.
 */
export interface Store {
  /** Reads in real time: it sees every write that has resolved, refreshed or not. */
  get<T>(addresses: readonly Address[]): Promise<(Found<T> | undefined)[]>;
  /**
   * Does each write on its own, and gives the outcome of each. With `refresh`, searches see all of
   * them once this resolves. Throws if Elasticsearch refused one. Then other writes may have been
   * done.
   */
  write(writes: readonly Write[], options?: { readonly refresh?: boolean }): Promise<Outcome[]>;
  /** Sees only writes that were refreshed. Throws unless all shards answer. */
  search<T>(searches: readonly Search[]): Promise<Answer<T>[]>;
  /**
   * All matching documents as they are at one moment. It sees every write that has resolved. The
   * documents have their vectors only with `vectors`.
   */
  scan<T>(index: string, query: Query, options?: { readonly vectors: boolean }): AsyncGenerator<Found<T>>;
  /** As {@link Store.scan}, but gives one list. */
  all<T>(index: string, query: Query): Promise<Found<T>[]>;
  /** The vector in this field, which the other reads leave out. Undefined without a document. */
  vector(address: Address, field: string): Promise<Float32Array | undefined>;
  count(index: string, query: Query, routing?: string): Promise<number>;
  refresh(index: string): Promise<void>;
}

/** How often a change is tried while other processes write the same document. */
export const TRIES = 100;

/** How many writes one bulk request has: 500 vectors of 512 dimensions are some 1.5 MB. */
const BULK = 500;

/**
 * How long a write waits for its shard. This is less than a request may take, so that Elasticsearch
 * can still answer which shard is missing.
 */
const UNAVAILABLE = '8s';

export function storeOf(client: Client): Store {
  async function bulk(writes: readonly Write[], refresh: boolean): Promise<Outcome[]> {
    const answer = await answered(
      client.bulk({ operations: writes.flatMap(operation), refresh, timeout: UNAVAILABLE }),
    );
    return answer.items.map((item) => outcome(Object.values(item)[0]));
  }

  const store: Store = {
    async get<T>(addresses: readonly Address[]) {
      if (addresses.length === 0) return [];
      const docs = addresses.map(({ index, id, routing }) => ({ _index: index, _id: id, ...(routing && { routing }) }));
      const answer = await answered(client.mget<T>({ docs }));
      return answer.docs.map((doc, at) => found(doc, addresses[at]));
    },

    async write(writes, { refresh = false } = {}) {
      const outcomes: Outcome[] = [];
      for (let at = 0; at < writes.length; at += BULK) {
        outcomes.push(...(await bulk(writes.slice(at, at + BULK), refresh)));
      }
      return outcomes;
    },

    async search<T>(searches: readonly Search[]) {
      const answer = await answered(
        client.msearch<T>({
          searches: searches.flatMap(({ index, routing, body }) => [
            { index, allow_partial_search_results: false, ...(routing && { routing }) },
            body,
          ]),
        }),
      );
      return answer.responses.map(whole);
    },

    scan: scanning(client, (index) => store.refresh(index)),

    async all<T>(index: string, query: Query) {
      const docs: Found<T>[] = [];
      for await (const doc of store.scan<T>(index, query)) docs.push(doc);
      return docs;
    },

    async vector({ index, id, routing }, field) {
      const answer = await answered(
        client.get<{ [name: string]: number[] }>(
          { index, id, ...(routing && { routing }), _source_includes: field, _source_exclude_vectors: false },
          { ignore: [404] },
        ),
      );
      const numbers = answer._source?.[field];
      return numbers && Float32Array.from(numbers);
    },

    async count(index, query, routing) {
      const answer = await answered(client.count({ index, query, ...ALSO_CLOSED, ...(routing && { routing }) }));
      assertWhole(answer._shards);
      return answer.count;
    },

    async refresh(index) {
      try {
        await answered(client.indices.refresh({ index, ...ALSO_CLOSED }));
      } catch (error) {
        // When a shard has no node, a refresh only times out. The count then fails at once, with
        // the cause.
        await store.count(index, { match_all: {} });
        throw error;
      }
    },
  };
  return store;
}

function operation(write: Write): object[] {
  const { index, id, routing } = write.at;
  const meta = { _index: index, _id: id, ...(routing && { routing }) };
  // Without this, a write to a missing alias would make an index with guessed mappings.
  const aliased = { ...meta, require_alias: true };
  switch (write.kind) {
    case 'create':
    case 'index':
      return [{ [write.kind]: { ...aliased, ...condition(write.since) } }, write.source];
    case 'update':
      return [{ update: { ...meta, retry_on_conflict: 3 } }, { doc: write.fields }];
    case 'delete':
      return [{ delete: { ...meta, ...condition(write.since) } }];
  }
}

function condition(since: Version | undefined) {
  return since && { if_seq_no: since.seqNo, if_primary_term: since.primaryTerm };
}

function outcome(item: estypes.BulkResponseItem | undefined): Outcome {
  const status = item?.status ?? 500;
  if (status < 300) return 'done';
  if (status === 409) return 'conflict';
  if (status === 404 && item?.error?.type !== 'index_not_found_exception') return 'missing';
  throw refused(status, item?.error);
}

function found<T>(doc: estypes.MgetResponseItem<T>, address: Address | undefined): Found<T> | undefined {
  if ('error' in doc) throw refused(doc.error.type === 'index_not_found_exception' ? 404 : 503, doc.error);
  const { _source: source, _seq_no: seqNo, _primary_term: primaryTerm } = doc;
  if (!doc.found || !source || !address || seqNo === undefined || primaryTerm === undefined) return undefined;
  return { ...address, source, version: { seqNo, primaryTerm } };
}

/** Throws when a shard did not answer, so that nobody takes a part for the whole. */
export function assertWhole({ failed, failures = [] }: estypes.ShardStatistics): void {
  const [first] = failures;
  if (failed > 0)
    throw refused(503, { type: first?.reason.type ?? 'shard_failure', ...(first?.index && { index: first.index }) });
}

function whole<T>(response: estypes.MsearchResponseItem<T>): Answer<T> {
  if ('error' in response) throw refused(response.status ?? 503, response.error);
  if (response.timed_out) throw refused(503, { type: 'timed_out' });
  assertWhole(response._shards);
  const { hits, total = 0 } = response.hits;
  return {
    hits: hits.map((hit) => ({ ...document(hit), score: hit._score ?? 0, seqNo: hit._seq_no ?? -1 })),
    total: typeof total === 'number' ? total : total.value,
  };
}
