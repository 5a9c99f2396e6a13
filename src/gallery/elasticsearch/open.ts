import { causeOf } from '../../cause.ts';
import { repeat } from '../../timing/repeat.ts';
import { connect } from './client.ts';
import { ensureIndices, ensureMeta } from './ensure.ts';
import { indicesOf } from './indices.ts';
import { opensSome, type Parts, type PartsOptions, PREFIX, partsOf } from './parts.ts';
import { assertKnown, schemaFound, textOf } from './schema.ts';
import { STEPS } from './steps.ts';
import { schemaAfter, upgrade } from './upgrade.ts';

/** How often the shards of indices that another process makes at this moment are looked for, and after which pause. */
const LOOKS = 40;
const LOOK_AGAIN_MS = 250;

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
    await untilThere(parts, [names.meta]);
    assertKnown(await schemaFound(client, names), today);
    await parts.meta.checkKey(keys, () => opensSome(parts));
    await ensureIndices(client, names, pack);
    await untilThere(parts, names.single);
    await upgrade(parts);
    return parts;
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** An index that another process has just made has no shard for a moment. Whatever else is wrong is told by who meets it. */
async function untilThere({ store }: Parts, indices: readonly string[]): Promise<void> {
  const look = () => store.count(indices.join(), { match_all: {} });
  const isRed = (error: unknown) => causeOf(error)?.code === 'elasticsearch_red';
  await repeat(look, (error, attempt) => (isRed(error) && attempt < LOOKS ? LOOK_AGAIN_MS : undefined)).catch(() => {});
}
