import { readFileSync } from 'node:fs';
import { Client } from '@elastic/elasticsearch';

/** Elasticsearch's address and our account there. */
export interface Connection {
  /** The address may hold user and password. An API key is used instead of them. */
  readonly url: string;
  readonly apiKey?: string;
  /** PEM file of the authority that signed the server's certificate. */
  readonly caFile?: string;
  /** The longest time of one request: 10 s by default. */
  readonly timeoutMs?: number;
  /**
   * How often a request is repeated when its connection broke: once by default. Every write of this
   * folder may be repeated.
   */
  readonly retries?: number;
}

/**
 * The longest time that any request gets. Making an index, or merging segments, takes longer than
 * `timeoutMs`.
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
  // A client ends a connection after its own timeout, and its child uses the same connections. So
  // the client has the longest timeout, and the child a shorter one.
  return client.child({ requestTimeout: timeoutMs });
}
