import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client } from '@elastic/elasticsearch';
import { afterAll } from 'vitest';
import { packOfElasticsearchGallery } from '../../../src/gallery/elasticsearch/adopted.ts';
import {
  type ElasticsearchGalleryOptions,
  openElasticsearchGallery,
} from '../../../src/gallery/elasticsearch/elasticsearch.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { deriveKeys, type Keys } from '../../../src/secrets/keys.ts';
import { type GalleryStore, PACK } from '../gallery-store.ts';

type Options = Partial<ElasticsearchGalleryOptions>;

export interface ElasticsearchStore extends GalleryStore {
  open(options?: Options): Promise<Gallery>;
  readonly url: string;
  readonly prefix: string;
  readonly master: Buffer;
  readonly keys: Keys;
  /** A plain client on the same server, to look behind the gallery. */
  readonly client: Client;
}

/** Separate indices on a server, removed after the file's tests. */
export async function newElasticsearchStore(url: string, caFile?: string): Promise<ElasticsearchStore> {
  const prefix = `test-${randomUUID()}`;
  const master = randomBytes(32);
  const keys = deriveKeys(master);
  const client = new Client({ node: url, ...(caFile && { tls: { ca: readFileSync(caFile) } }) });
  afterAll(async () => {
    await removeIndices(client, prefix);
    await client.close();
  });
  return {
    url,
    prefix,
    master,
    keys,
    client,
    adopted: () => packOfElasticsearchGallery({ url, prefix, ...(caFile !== undefined && { caFile }) }),
    open: (options) => openElasticsearchGallery({ url, keys, pack: PACK, notice: 1, prefix, ...options }),
  };
}

/**
 * Removes everything with this prefix, by exact names, because a server refuses to delete by
 * pattern.
 */
export async function removeIndices(client: Client, prefix: string): Promise<void> {
  const indices = Object.keys(await client.indices.get({ index: `${prefix}-*`, allow_no_indices: true }));
  if (indices.length > 0) await client.indices.delete({ index: indices });
  const { index_templates: templates } = await client.indices.getIndexTemplate({ name: `${prefix}-*` });
  if (templates.length > 0) await client.indices.deleteIndexTemplate({ name: templates.map(({ name }) => name) });
}
