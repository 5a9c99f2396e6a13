import type { Client } from '@elastic/elasticsearch';
import { Failure } from '../../failure.ts';
import { answered, because } from './failures.ts';

/**
 * Whether this alias exists. Throws `elasticsearch_other` when the server refuses the question
 * without a known reason. Every Elasticsearch understands the question, so another server answers,
 * or the address has a wrong path.
 */
export async function hasAlias(client: Client, name: string): Promise<boolean> {
  try {
    return await answered(client.indices.existsAlias({ name }));
  } catch (error) {
    if (error instanceof Failure && error.code === 'internal') throw because('elasticsearch_other');
    throw error;
  }
}
