import type { Client } from '@elastic/elasticsearch';

/** Leaves an index as after the loss of the node with its only copy. Its contents are lost. */
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
