import { hasAlias } from './alias.ts';
import { type Connection, connect } from './client.ts';
import { indicesOf } from './indices.ts';
import { metaOf } from './meta.ts';
import { PREFIX } from './parts.ts';
import { storeOf } from './store.ts';

/**
 * The id of the pack that a gallery adopted last, read without a key. Undefined when there is no
 * gallery, or no listener has used the gallery yet. Throws `unavailable` when Elasticsearch does
 * not answer or refuses.
 */
export async function packOfElasticsearchGallery(
  options: Connection & { readonly prefix?: string },
): Promise<string | undefined> {
  const client = connect(options);
  const names = indicesOf(options.prefix ?? PREFIX);
  try {
    if (!(await hasAlias(client, names.meta))) return undefined;
    return await metaOf(storeOf(client), names).read('pack');
  } finally {
    await client.close();
  }
}
