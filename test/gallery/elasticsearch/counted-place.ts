import { afterAll } from 'vitest';
import { type ElasticsearchPlace, newElasticsearchPlace } from './place.ts';
import { openProxy } from './proxy.ts';

/** A place that tells what Elasticsearch was asked: each request, and each document of the answers, counts as one. */
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
