import { setGlobalProxyFromEnv } from 'node:http';

/** The proxy that everything outside is reached through: platforms, their photos, and model files. */
export interface OutwardProxy {
  /** Of an HTTP proxy that knows CONNECT; may hold a user and a password. */
  readonly url: string;
  /** Hosts that are reached without it, separated by commas, as NO_PROXY has them. */
  readonly except: string | undefined;
}

/** This machine is never behind its own proxy. */
const NEVER = 'localhost,127.0.0.1,[::1]';

let used: string | undefined;

/**
 * Sends this process's HTTPS through `proxy`, for good: `fetch`, Node's own clients, and what is built on them. Redis and
 * Elasticsearch have connections of their own, which stay direct. A second call with the same proxy changes nothing.
 */
export function goThrough(proxy: OutwardProxy | undefined): void {
  if (proxy === undefined || proxy.url === used) return;
  setGlobalProxyFromEnv({ HTTPS_PROXY: proxy.url, NO_PROXY: [NEVER, proxy.except].filter(Boolean).join(',') });
  used = proxy.url;
}
