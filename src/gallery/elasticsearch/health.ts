import type { CauseCode } from '../../cause.ts';
import { answered, because } from './failures.ts';
import type { Parts } from './parts.ts';
import { ALSO_CLOSED } from './scan.ts';
import { assertKnown, schemaFound } from './schema.ts';
import { STEPS } from './steps.ts';
import { schemaAfter } from './upgrade.ts';

/** Index settings that forbid reads or writes. */
const BLOCKS: { readonly [setting: string]: CauseCode } = {
  'index.blocks.read_only_allow_delete': 'elasticsearch_disk',
  'index.blocks.read_only': 'elasticsearch_blocked',
  'index.blocks.write': 'elasticsearch_blocked',
  'index.blocks.read': 'elasticsearch_blocked',
};

/**
 * Checks every index, those of older packs too. Throws `unavailable` with the cause when an index
 * is gone, closed, red or blocked (as by a nearly full disk), or when a newer facefinder changed
 * the schema. Writes nothing.
 */
export async function checkHealth({ client, store, names, pack }: Parts): Promise<void> {
  const all = [...names.single, names.faces(pack.id), names.everyFaces];
  await store.count(all.join(), { match_all: {} });
  assertKnown(await schemaFound(client, names), schemaAfter(STEPS));
  const settings = await answered(
    client.indices.getSettings({ index: all, name: Object.keys(BLOCKS), flat_settings: true, ...ALSO_CLOSED }),
  );
  for (const [index, { settings: flat = {} }] of Object.entries(settings)) {
    const [setting] = Object.entries(flat).find(([, value]) => String(value) === 'true') ?? [];
    const block = setting === undefined ? undefined : BLOCKS[setting];
    if (block) throw because(block, index);
  }
}
