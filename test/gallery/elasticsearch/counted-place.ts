import { afterAll } from 'vitest';
import { type ElasticsearchPlace, newElasticsearchPlace } from './place.ts';
import { openProxy } from './proxy.ts';

/** A place that counts requests to Elasticsearch, and documents in its answers. */
export async function countedElasticsearchPlace(url: string): Promise<ElasticsearchPlace> {
  const place = await newElasticsearchPlace(url);
  const proxy = await openProxy(url);
  afterAll(() => proxy[Symbol.asyncDispose]());
  return {
    ...place,
    open: (options) => place.open({ url: proxy.url, ...options }),
    spent: () => proxy.seen.length + proxy.documents(),
  };
}
