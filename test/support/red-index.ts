import type { Client } from '@elastic/elasticsearch';

/** Makes an index as a node that holds its only copy, and is gone, leaves it. What it held is lost. */
export async function makeRed(client: Client, name: string): Promise<void> {
  const { [name]: before } = await client.indices.get({ index: name });
  await client.indices.delete({ index: name });
  await client.indices.create({
    index: name,
    aliases: before?.aliases ?? {},
    mappings: before?.mappings ?? {},
    settings: { 'index.routing.allocation.require._name': 'nobody', number_of_replicas: 0 },
    wait_for_active_shards: 0,
  });
}
