import type { Client, estypes } from '@elastic/elasticsearch';
import { causeOf } from '../../cause.ts';
import { hasAlias } from './alias.ts';
import { connect } from './client.ts';
import { assertTemplateFits } from './ensure.ts';
import { answered, because } from './failures.ts';
import { firstIndexOf, type Indices, indicesOf } from './indices.ts';
import { opensSome, type Parts, type PartsOptions, PREFIX, partsOf } from './parts.ts';
import { assertMayManage, rehearseWrites } from './rights.ts';
import { assertKnown, isOlder, schemaFound } from './schema.ts';
import { STEPS } from './steps.ts';
import { KINDS, type Kind, SINGLE, settingsOf } from './templates.ts';
import { schemaAfter } from './upgrade.ts';

export interface RehearsalOptions extends PartsOptions {
  /**
   * Whether this account must have the rights of a start: to write, and to make and change what the
   * next start would make and change. Otherwise it is enough to read. False by default.
   */
  readonly asStart?: boolean;
}

/**
 * Connects as a start does, but makes nothing. The caller closes the client. Undefined when the
 * next start would have to make indices and could do so. Throws what the next start would throw,
 * and throws when an index is gone.
 */
export async function rehearsedParts(options: RehearsalOptions): Promise<Parts | undefined> {
  const { keys, pack, prefix = PREFIX, asStart = false } = options;
  const client = connect(options);
  const names = indicesOf(prefix);
  try {
    const parts = partsOf(client, names, keys, pack);
    if (await isReady(parts)) return parts;
    await client.close();
    return undefined;
  } catch (error) {
    await client.close();
    throw error;
  }

  async function isReady(parts: Parts): Promise<boolean> {
    const { meta } = parts;
    const missing = await missingKinds(client, names, pack.id);
    if (missing.includes('meta')) {
      if (missing.length < KINDS.length) throw because('elasticsearch_missing', names.meta);
      await assertMakeable(client, names, KINDS);
      if (asStart) await assertMayManage(client, indicesToMake(KINDS));
      return false;
    }
    const today = schemaAfter(STEPS);
    const found = await schemaFound(client, names);
    assertKnown(found, today);
    await parts.meta.checkKey(keys, () => opensSome(parts), { isRehearsal: true });
    const isNewPack = (await meta.read('pack')) !== pack.id;
    const gone = missing.filter((kind) => (kind === 'faces' ? !isNewPack : !isOlder(found, today)));
    if (gone[0]) throw because('elasticsearch_missing', aliasOf(names, gone[0], pack.id));
    await assertMakeable(client, names, missing);
    if (asStart) {
      await assertMayManage(client, isOlder(found, today) ? indicesToMake(KINDS) : indicesToMake(missing));
      await rehearseWrites(
        parts,
        KINDS.filter((kind) => !missing.includes(kind)).map((kind) => aliasOf(names, kind, pack.id)),
      );
    }
    return missing.length === 0;
  }

  /** The aliases of these kinds, and the indices that a start makes for them. */
  function indicesToMake(kinds: readonly Kind[]): string[] {
    return kinds.map((kind) => aliasOf(names, kind, pack.id)).flatMap((alias) => [alias, firstIndexOf(alias)]);
  }
}

function aliasOf(names: Indices, kind: Kind, pack: string): string {
  return kind === 'faces' ? names.faces(pack) : names[kind];
}

async function missingKinds(client: Client, names: Indices, pack: string): Promise<Kind[]> {
  const missing: Kind[] = [];
  for (const kind of [...SINGLE, 'faces'] as const) {
    if (!(await hasAlias(client, aliasOf(names, kind, pack)))) missing.push(kind);
  }
  return missing;
}

/**
 * Throws unless Elasticsearch would accept the index templates of these kinds, and has room for an
 * index of each.
 */
async function assertMakeable(client: Client, { prefix }: Indices, kinds: readonly Kind[]): Promise<void> {
  for (const kind of kinds) await assertTemplateFits(client, kind, prefix);
  const { free, nodes } = await room(client);
  const wanted = shardsWanted(kinds, nodes);
  if (wanted > free) throw because('elasticsearch_shard_limit', `${wanted} wanted, ${free} free`);
}

/**
 * How many shards must be free so that an index of each of these kinds can be made, in any order.
 * Before it makes an index, Elasticsearch demands room for a replica of each shard. On a single
 * node it then makes no replicas (`auto_expand_replicas`). So there, beside all shards, only the
 * replicas of the largest index need room.
 */
function shardsWanted(kinds: readonly Kind[], nodes: number): number {
  const shards = kinds.map((kind) => Number(indexSettings(settingsOf(kind)).number_of_shards ?? 1));
  const all = shards.reduce((sum, count) => sum + count, 0);
  return nodes > 1 ? 2 * all : all + Math.max(0, ...shards);
}

function indexSettings(settings: estypes.IndicesIndexSettings): estypes.IndicesIndexSettings {
  return settings.index ?? settings;
}

/** How many nodes hold shards, and how many more shards the cluster accepts. */
interface Room {
  readonly nodes: number;
  readonly free: number;
}

/** The room in the cluster. It is infinite when this account may not ask. */
async function room(client: Client): Promise<Room> {
  try {
    const health = await answered(client.cluster.health());
    const shards = health.active_shards + health.initializing_shards + health.unassigned_shards;
    const settings = await answered(client.cluster.getSettings({ include_defaults: true, flat_settings: true }));
    const { persistent, transient, defaults = {} } = settings;
    const perNode = { ...defaults, ...persistent, ...transient }['cluster.max_shards_per_node'];
    const nodes = health.number_of_data_nodes;
    return { nodes, free: Number(perNode) * nodes - shards };
  } catch (error) {
    if (causeOf(error)?.code === 'elasticsearch_forbidden') return { nodes: 1, free: Infinity };
    throw error;
  }
}
