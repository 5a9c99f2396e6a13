import { readFileSync } from 'node:fs';
import { Client } from '@elastic/elasticsearch';

/** Where Elasticsearch is, and as whom to ask it. */
export interface Connection {
  /** May hold user and password; an API key goes before them. */
  readonly url: string;
  readonly apiKey?: string;
  /** PEM file of the authority that signed the server's certificate. */
  readonly caFile?: string;
  /** How long one request may take: 10 s unless told. */
  readonly timeoutMs?: number;
  /** How often a request whose connection broke is made again: once unless told. Every write here may be repeated. */
  readonly retries?: number;
}

/** No request may take longer, whatever it asks for: making an index and merging segments ask for more than `timeoutMs`. */
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
  // The connections cut off what outlasts their own client's timeout; a child over them may have a shorter one of its own.
  return client.child({ requestTimeout: timeoutMs });
}
