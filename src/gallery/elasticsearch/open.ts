import { connect } from './client.ts';
import { ensureIndices, ensureMeta } from './ensure.ts';
import { indicesOf } from './indices.ts';
import { opensSome, type Parts, type PartsOptions, PREFIX, partsOf } from './parts.ts';
import { assertKnown, schemaFound, textOf } from './schema.ts';
import { STEPS } from './steps.ts';
import { schemaAfter, upgrade } from './upgrade.ts';

/**
 * Connects, makes sure that the key is the gallery's, makes what is missing of the indices, and brings older ones to today's
 * schema. Whoever opens closes the client.
 */
export async function openParts(options: PartsOptions): Promise<Parts> {
  const { keys, pack, prefix = PREFIX } = options;
  const client = connect(options);
  const names = indicesOf(prefix);
  const today = schemaAfter(STEPS);
  const parts = partsOf(client, names, keys, pack);
  try {
    await ensureMeta(client, names, textOf(today));
    assertKnown(await schemaFound(client, names), today);
    await parts.meta.checkKey(keys, () => opensSome(parts));
    await ensureIndices(client, names, pack);
    await upgrade(parts);
    return parts;
  } catch (error) {
    await client.close();
    throw error;
  }
}
