import { errors } from '@elastic/elasticsearch';
import { Cause, type CauseCode } from '../../cause.ts';
import { Failure } from '../../failure.ts';

/**
 * The causes of those errors of Elasticsearch that an operator must mend or wait for, by the
 * errors' types.
 */
const CAUSES: { readonly [type: string]: CauseCode } = {
  security_exception: 'elasticsearch_forbidden',
  index_closed_exception: 'elasticsearch_closed',
  index_not_found_exception: 'elasticsearch_missing',
  no_shard_available_action_exception: 'elasticsearch_red',
  unavailable_shards_exception: 'elasticsearch_red',
  search_phase_execution_exception: 'elasticsearch_red',
  circuit_breaking_exception: 'elasticsearch_breaker',
  es_rejected_execution_exception: 'elasticsearch_overloaded',
  master_not_discovered_exception: 'elasticsearch_starting',
  strict_dynamic_mapping_exception: 'elasticsearch_mapping',
};

/**
 * The parts of an error that other folders may see. The error's reason is left out, because it
 * quotes the request.
 */
export interface Said {
  readonly type?: string | null;
  /** The index that the error is about. */
  readonly index?: string;
}

/**
 * Turns an error of Elasticsearch or its client into an error that other folders may see. The
 * original quotes the request (a query vector, an id) and the credentials. The new error has only a
 * kind or status, and the index or host.
 */
export function translated(error: unknown): unknown {
  if (error instanceof errors.ResponseError) {
    if (isUnknownRequest(error)) return because('elasticsearch_other', hostOf(error));
    return refused(error.statusCode ?? 0, saidBy(error));
  }
  if (!(error instanceof errors.ElasticsearchClientError)) return error;
  const isBug = error instanceof errors.SerializationError || error instanceof errors.ConfigurationError;
  if (isBug) return new Failure('internal', { cause: plain(error.name) });
  const where = hostOf(error);
  if (error instanceof errors.ProductNotSupportedError) return because('elasticsearch_other', where);
  const isUntrusted = error instanceof errors.ConnectionError && /certificate/i.test(error.message);
  return because(isUntrusted ? 'elasticsearch_untrusted' : 'elasticsearch_unreachable', where, plain(error.name));
}

/** Awaits an answer of Elasticsearch. When it fails, throws the {@link translated} error. */
export async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw translated(error);
  }
}

/** The failure for this status of a request, or of one item in a request. */
export function refused(status: number, said: Said = {}): Failure {
  const { type, index } = said;
  const code = codeOf(status, type ?? undefined);
  const cause = Object.assign(plain(String(status), type ?? undefined), { status });
  return code ? because(code, index, cause) : new Failure(status >= 500 ? 'unavailable' : 'internal', { cause });
}

/** A Failure with a known cause in Elasticsearch. A retry may help once the cause is gone. */
export function because(code: CauseCode, where?: string, cause?: Error): Failure {
  return new Failure('unavailable', { cause: new Cause(code, { ...(where && { where }), ...(cause && { cause }) }) });
}

function codeOf(status: number, type: string | undefined): CauseCode | undefined {
  if (status === 401) return 'elasticsearch_password';
  if (type === 'cluster_block_exception') return status === 429 ? 'elasticsearch_disk' : 'elasticsearch_blocked';
  const known = type === undefined ? undefined : CAUSES[type];
  if (known) return known;
  if (status === 403) return 'elasticsearch_forbidden';
  if (status === 408 || status === 429) return 'elasticsearch_overloaded';
  // A load balancer answers like this when the server behind it cannot be reached.
  return status >= 502 && type === undefined ? 'elasticsearch_unreachable' : undefined;
}

function plain(...words: readonly (string | undefined)[]): Error {
  return new Error(['Elasticsearch:', ...words.filter((word) => word !== undefined)].join(' '));
}

/**
 * Whether Elasticsearch has no such request, as when its address has a wrong path. Only then is its
 * error a text, without a type.
 */
function isUnknownRequest({ body }: errors.ResponseError): boolean {
  return typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string';
}

function saidBy({ body }: errors.ResponseError): Said {
  if (typeof body !== 'object' || body === null || !('error' in body)) return {};
  const { error } = body;
  if (typeof error !== 'object' || error === null) return {};
  const type = 'type' in error && typeof error.type === 'string' ? error.type : undefined;
  const index = 'index' in error && typeof error.index === 'string' ? error.index : undefined;
  return { ...(type !== undefined && { type }), ...(index !== undefined && { index }) };
}

function hostOf(error: errors.ElasticsearchClientError): string | undefined {
  const knowsHost =
    error instanceof errors.ResponseError ||
    error instanceof errors.ConnectionError ||
    error instanceof errors.TimeoutError ||
    error instanceof errors.ProductNotSupportedError;
  const url = knowsHost ? error.meta?.meta?.connection?.url : undefined;
  // When the client writes a URL as a string, it leaves out the password.
  return url && new URL(String(url)).host;
}
