import { errors } from '@elastic/elasticsearch';
import { Failure } from '../../failure.ts';

/** Statuses with which Elasticsearch says "not now": overload, a disk-full or other block, wrong or expired credentials. */
const REFUSALS = new Set([401, 403, 408, 429]);

/**
 * What may leave this folder of an error of Elasticsearch or its client. Theirs quote the request (a query vector, an id) and
 * the connection's credentials, so neither their message nor they themselves go on: only the kind, and the status or code.
 */
export function translated(error: unknown): unknown {
  if (error instanceof errors.ResponseError) return refused(error.statusCode ?? 0, typeOf(error.body));
  if (error instanceof errors.ElasticsearchClientError) {
    const isBug = error instanceof errors.SerializationError || error instanceof errors.ConfigurationError;
    // The network's own words: a host, a port, what is wrong with a certificate.
    const said = error instanceof errors.ConnectionError ? error.message : undefined;
    return new Failure(isBug ? 'internal' : 'unavailable', { cause: plain(error.name, said) });
  }
  return error;
}

/** The answer, or our own words for what went wrong. */
export async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw translated(error);
  }
}

/** The failure that an answer with this status and error type means, whether it answers a request or one item of it. */
export function refused(status: number, type: string | undefined): Failure {
  const again = status >= 500 || REFUSALS.has(status);
  return new Failure(again ? 'unavailable' : 'internal', { cause: plain(String(status), type) });
}

function plain(...words: readonly (string | undefined)[]): Error {
  return new Error(['Elasticsearch:', ...words.filter((word) => word !== undefined)].join(' '));
}

/** `cluster_block_exception` and the like; never the reason beside it. */
function typeOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined;
  const { error } = body;
  if (typeof error !== 'object' || error === null || !('type' in error)) return undefined;
  return typeof error.type === 'string' ? error.type : undefined;
}
