import { PATIENTLY } from './ensure.ts';
import { answered, refused } from './failures.ts';
import type { Parts } from './parts.ts';
import { type Kind, mappingsOf, settingsOf } from './templates.ts';

/** How many documents are copied together. */
const REBUILD_BATCH = 500;

/**
 * Replaces the index behind each of these aliases. It makes a new index from today's index
 * template, copies the documents, points the alias to the new index, and removes the old one. The
 * old index accepts no writes meanwhile. After a failure it is as before. After a crash it still
 * accepts no writes, and the next start begins again.
 */
export async function rebuild(parts: Parts, kind: Kind, aliases: string): Promise<void> {
  const found = await answered(parts.client.indices.getAlias({ name: aliases }));
  for (const [index, held] of Object.entries(found)) {
    for (const alias of Object.keys(held.aliases)) await replace(parts, kind, index, alias);
  }
}

async function replace({ client, store }: Parts, kind: Kind, index: string, alias: string): Promise<void> {
  const number = Number(/\d+$/.exec(index)?.[0] ?? 1) + 1;
  const target = `${alias}-${number}`;
  const block = (on: true | null) =>
    answered(client.indices.putSettings({ index, settings: { 'index.blocks.write': on } }, PATIENTLY));
  await answered(client.indices.delete({ index: target, ignore_unavailable: true }, PATIENTLY));
  await block(true);
  try {
    await make();
    await copy();
    const actions = [{ add: { index: target, alias } }, { remove_index: { index } }];
    await answered(client.indices.updateAliases({ actions }, PATIENTLY));
  } catch (error) {
    await block(null).catch(() => undefined);
    throw error;
  }

  async function make(): Promise<void> {
    const { [index]: before } = await answered(client.indices.getMapping({ index }));
    const vector = before?.mappings.properties?.vector;
    const dims = vector?.type === 'dense_vector' ? vector.dims : undefined;
    const mappings = { ...mappingsOf(kind, dims), ...(before?.mappings._meta && { _meta: before.mappings._meta }) };
    await answered(client.indices.create({ index: target, mappings, settings: settingsOf(kind) }, PATIENTLY));
  }

  async function copy(): Promise<void> {
    let batch: object[] = [];
    for await (const { id, routing, source } of store.scan<object>(index, { match_all: {} }, { vectors: true })) {
      batch.push({ index: { _index: target, _id: id, ...(routing && { routing }) } }, source);
      if (batch.length === 2 * REBUILD_BATCH) {
        await send(batch);
        batch = [];
      }
    }
    if (batch.length > 0) await send(batch);
    await store.refresh(target);
    const [old, fresh] = await Promise.all([index, target].map((name) => store.count(name, { match_all: {} })));
    if (old !== fresh) throw new Error(`${index} has ${old} documents, and its copy ${fresh}`);
  }

  async function send(operations: object[]): Promise<void> {
    const { items } = await answered(client.bulk({ operations }));
    for (const { index: item } of items) if (item?.error) throw refused(item.status, item.error);
  }
}
