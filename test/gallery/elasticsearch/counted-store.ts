import { afterAll } from 'vitest';
import { openProxy } from './proxy.ts';
import { type ElasticsearchStore, newElasticsearchStore } from './store.ts';

/** A store that counts requests to Elasticsearch, and documents in its answers. */
export async function countedElasticsearchStore(url: string): Promise<ElasticsearchStore> {
  const store = await newElasticsearchStore(url);
  const proxy = await openProxy(url);
  afterAll(() => proxy[Symbol.asyncDispose]());
  return {
    ...store,
    open: (options) => store.open({ url: proxy.url, ...options }),
    spent: () => proxy.seen.length + proxy.documents(),
  };
}
