import { causeOf } from '../../cause.ts';
import { repeat } from '../../timing/repeat.ts';
import { connect } from './client.ts';
import { ensureIndices, ensureMeta } from './ensure.ts';
import { indicesOf } from './indices.ts';
import { opensSome, type Parts, type PartsOptions, PREFIX, partsOf } from './parts.ts';
import { assertKnown, schemaFound, textOf } from './schema.ts';
import { STEPS } from './steps.ts';
import { schemaAfter, upgrade } from './upgrade.ts';

/**
 * How often to look for the shards of indices that another process is making, and the pause between
 * two looks.
 */
const LOOKS = 40;
const LOOK_AGAIN_MS = 250;

/**
 * Connects, checks the key, makes missing indices, and brings older indices to today's schema. The
 * caller closes the client, except after an error.
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

/**
 * Waits until the indices have their shards. An index that another process has just made has none
 * for a moment. Other errors are ignored here, because the caller's next request meets them too.
 */
async function untilThere({ store }: Parts, indices: readonly string[]): Promise<void> {
  const look = () => store.count(indices.join(), { match_all: {} });
  const isRed = (error: unknown) => causeOf(error)?.code === 'elasticsearch_red';
  await repeat(look, (error, attempt) => (isRed(error) && attempt < LOOKS ? LOOK_AGAIN_MS : undefined)).catch(() => {});
}
