import { type Connection, connect } from './client.ts';
import { answered } from './failures.ts';
import { indicesOf } from './indices.ts';
import { metaOf } from './meta.ts';
import { PREFIX } from './parts.ts';
import { storeOf } from './store.ts';

/**
 * The id of the pack that was adopted last in a gallery, for which no key is needed; undefined where there is none, or before
 * anybody listened. Throws `unavailable` when Elasticsearch does not answer or refuses.
 */
export async function packOfElasticsearchGallery(
  options: Connection & { readonly prefix?: string },
): Promise<string | undefined> {
  const client = connect(options);
  const names = indicesOf(options.prefix ?? PREFIX);
  try {
    if (!(await answered(client.indices.existsAlias({ name: names.meta })))) return undefined;
    return await metaOf(storeOf(client), names).read('pack');
  } finally {
    await client.close();
  }
}
