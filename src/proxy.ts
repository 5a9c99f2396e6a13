import http, { type ClientRequest, setGlobalProxyFromEnv } from 'node:http';
import https from 'node:https';
import { Cause } from './cause.ts';

/** The proxy that everything outside is reached through: platforms, their photos, and model files. */
export interface OutwardProxy {
  /** Of an HTTP proxy that knows CONNECT; may hold a user and a password. */
  readonly url: string;
  /** Hosts that are reached without it, separated by commas, as NO_PROXY has them. */
  readonly except: string | undefined;
}

/** This machine is never behind its own proxy. */
const NEVER = 'localhost,127.0.0.1,[::1]';

/** Shorter than a look at the parts takes at most. */
const PROXY_ANSWER_MS = 2_500;

/** Asked for where no platform goes through a proxy. The name never exists (RFC 2606): only the proxy itself hears of it. */
const NOBODY = 'https://nobody.invalid';

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

/** The proxy's host and port, without the user and the password that may stand in its address. */
export function hostOf({ url }: OutwardProxy): string {
  return new URL(url).host;
}

/** Whether the way to this address leads through the proxy. */
export function isProxied({ except = '' }: OutwardProxy, url: string): boolean {
  const { protocol, hostname, host } = new URL(url);
  const rules = `${NEVER},${except}`.split(',').map((rule) => rule.trim().replace(/^\*(?=\.)/, ''));
  const isDirect = (rule: string) =>
    [hostname, host, '*'].includes(rule) || (rule.startsWith('.') && hostname.endsWith(rule));
  return protocol === 'https:' && !rules.some(isDirect);
}

/**
 * Why nothing gets through the proxy to this address; undefined where it takes part in the way, or none leads through it. A proxy
 * that is down refuses the connection, one that is broken hangs up. Whatever it answers, it is there; and one that keeps silent may
 * be waiting for the other side.
 */
export async function proxyFault(proxy: OutwardProxy, url: string = NOBODY): Promise<Cause | undefined> {
  if (!isProxied(proxy, url)) return undefined;
  const { promise, resolve } = Promise.withResolvers<Cause | undefined>();
  const fault = (cause?: unknown) => resolve(new Cause('proxy_unreachable', { where: hostOf(proxy), cause }));
  let isConnected = false;
  const asked = askFor(proxy, url)
    .on('socket', (socket) => {
      socket.once('connect', () => {
        isConnected = true;
      });
    })
    .on('connect', (_, tunnel) => {
      tunnel.destroy();
      resolve(undefined);
    })
    .on('error', fault)
    .end();
  const late = setTimeout(() => (isConnected ? resolve(undefined) : fault()), PROXY_ANSWER_MS);
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    asked.destroy();
  }
}

/** A request for a tunnel, as every client of the proxy sends it. */
function askFor({ url }: OutwardProxy, target: string): ClientRequest {
  const { protocol, hostname, port, username, password } = new URL(url);
  const { hostname: wanted, port: wantedPort } = new URL(target);
  const host = `${wanted}:${wantedPort || 443}`;
  const login = Buffer.from([username, password].map(decodeURIComponent).join(':')).toString('base64');
  const headers = { host, ...(username && { 'proxy-authorization': `Basic ${login}` }) };
  const { request } = protocol === 'https:' ? https : http;
  // An agent of its own: the process's leads through the proxy.
  const options = { method: 'CONNECT', path: host, hostname: hostname.replace(/^\[|\]$/g, ''), headers, agent: false };
  return request({ ...options, ...(port && { port }) });
}
