import { readFileSync } from 'node:fs';
import { Client } from '@elastic/elasticsearch';

/** Elasticsearch's address and our account there. */
export interface Connection {
  /** The address. A user and password in it are used only without an API key. */
  readonly url: string;
  readonly apiKey?: string;
  /** PEM file of the authority that signed the server's certificate. */
  readonly caFile?: string;
  /** The longest time of one request: 10 s by default. */
  readonly timeoutMs?: number;
  /**
   * How often a request is repeated when its connection broke: once by default. Every write that
   * this folder makes is safe to repeat.
   */
  readonly retries?: number;
}

/**
 * The longest time that a request can ask for. Requests that make an index or merge segments ask
 * for more time than `timeoutMs`.
 */
const LONGEST_MS = 600_000;

/** A client that connects with its first request. */
export function connect({ url, apiKey, caFile, timeoutMs = 10_000, retries = 1 }: Connection): Client {
  const node = new URL(url);
  const { username, password } = node;
  node.username = '';
  node.password = '';
  const client = new Client({
    node: node.href,
    requestTimeout: LONGEST_MS,
    maxRetries: retries,
    ...(apiKey
      ? { auth: { apiKey } }
      : username && { auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) } }),
    ...(caFile !== undefined && { tls: { ca: readFileSync(caFile) } }),
    enableMetaHeader: false,
  });
  // A child client uses its parent's connections, and these end after the parent's timeout. So the
  // parent has the longest timeout. The child is the one that is used, with a shorter timeout.
  return client.child({ requestTimeout: timeoutMs });
}
