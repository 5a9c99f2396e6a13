import type { Client } from '@elastic/elasticsearch';
import { expect, vi } from 'vitest';

const WATERMARKS = ['low', 'high', 'flood_stage'].map((mark) => `cluster.routing.allocation.disk.watermark.${mark}`);
const WATCHED = 'cluster.routing.allocation.disk.threshold_enabled';

/**
 * Makes the disk watcher of a separate Elasticsearch take the disk for full, so that the index
 * refuses writes until {@link emptyDisk}. To set the block alone is not enough: within half a
 * minute the watcher would lift it.
 */
export async function fillDisk(client: Client, index: string): Promise<void> {
  // The watcher now asks for more free bytes than any disk has.
  await watch(client, { [WATCHED]: true, ...Object.fromEntries(WATERMARKS.map((mark) => [mark, '900tb'])) });
  // This saves time: the watcher would set the same block only within half a minute.
  await block(client, index, true);
  await vi.waitFor(async () => expect(await takesWrites(client, index)).toBe(false), { timeout: 240_000 });
}

/** Gives the disk its room back. Resolves once the index accepts writes. */
export async function emptyDisk(client: Client, index: string): Promise<void> {
  await watch(client, Object.fromEntries([WATCHED, ...WATERMARKS].map((setting) => [setting, null])));
  const open = async () => {
    // The watcher may have been looking already, and may block the index again.
    await block(client, index, null);
    expect(await takesWrites(client, index)).toBe(true);
  };
  await vi.waitFor(open, { timeout: 240_000, interval: 500 });
}

async function watch(client: Client, settings: Record<string, unknown>): Promise<void> {
  await client.cluster.putSettings({ persistent: settings });
}

async function block(client: Client, index: string, isOn: true | null): Promise<void> {
  await client.indices.putSettings({ index, settings: { 'index.blocks.read_only_allow_delete': isOn } });
}

/** Tests with a write that changes nothing: it updates a missing document. */
async function takesWrites(client: Client, index: string): Promise<boolean> {
  const indices = Object.keys(await client.indices.get({ index }));
  const operations = indices.flatMap((name) => [
    { update: { _index: name, _id: 'none', routing: 'none' } },
    { doc: {} },
  ]);
  const { items } = await client.bulk({ operations });
  const refused = items.filter(({ update }) => update?.error?.type === 'cluster_block_exception');
  expect([0, items.length]).toContain(refused.length);
  return refused.length === 0;
}
