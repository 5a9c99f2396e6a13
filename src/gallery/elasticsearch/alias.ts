import type { Client } from '@elastic/elasticsearch';
import { Failure } from '../../failure.ts';
import { answered, because } from './failures.ts';

/**
 * Whether this alias exists. Every Elasticsearch understands the question. A server that refuses it
 * without a known reason is none. The address may have a wrong path, for example.
 */
export async function hasAlias(client: Client, name: string): Promise<boolean> {
  try {
    return await answered(client.indices.existsAlias({ name }));
  } catch (error) {
    if (error instanceof Failure && error.code === 'internal') throw because('elasticsearch_other');
    throw error;
  }
}
