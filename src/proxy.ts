import http, { type ClientRequest, setGlobalProxyFromEnv } from 'node:http';
import https from 'node:https';
import { Cause } from './cause.ts';

/** The proxy for requests to the internet: to platforms, and for photos and model files. */
export interface OutwardProxy {
  /** The address of an HTTP proxy that supports CONNECT. It may contain a user and a password. */
  readonly url: string;
  /** Hosts that are reached without the proxy, separated by commas, as in NO_PROXY. */
  readonly except: string | undefined;
}

/** The addresses of this machine, which are never reached through a proxy. */
const NEVER = 'localhost,127.0.0.1,[::1]';

/**
 * How long {@link proxyFault} waits for the proxy. It is less than `LONGEST_CHECK_MS` in
 * src/health/health.ts, so that a check of the proxy is not late, and can give its reason.
 */
const PROXY_ANSWER_MS = 2_500;

/**
 * When no platform uses the proxy, it is tested with this address. No host has this name (RFC
 * 2606), so the request reaches only the proxy.
 */
const NOBODY = 'https://nobody.invalid';

let used: string | undefined;

/**
 * Makes this process send HTTPS through `proxy` from now on: `fetch`, Node's other clients, and
 * libraries that use these. The clients of Redis and Elasticsearch do not use the proxy. A second
 * call with the same proxy changes nothing.
 */
export function goThrough(proxy: OutwardProxy | undefined): void {
  if (proxy === undefined || proxy.url === used) return;
  setGlobalProxyFromEnv({ HTTPS_PROXY: proxy.url, NO_PROXY: [NEVER, proxy.except].filter(Boolean).join(',') });
  used = proxy.url;
}

/** The proxy's host and port, without user and password. */
export function hostOf({ url }: OutwardProxy): string {
  return new URL(url).host;
}

/** Whether requests to this address go through the proxy. */
export function isProxied({ except = '' }: OutwardProxy, url: string): boolean {
  const { protocol, hostname, host } = new URL(url);
  const rules = `${NEVER},${except}`.split(',').map((rule) => rule.trim().replace(/^\*(?=\.)/, ''));
  const isDirect = (rule: string) =>
    [hostname, host, '*'].includes(rule) || (rule.startsWith('.') && hostname.endsWith(rule));
  return protocol === 'https:' && !rules.some(isDirect);
}

/**
 * Asks the proxy for a tunnel to this address. Gives a Cause when the proxy refuses the connection
 * or closes it without an answer, and when no connection to it is made in time. Undefined when the
 * proxy gives any answer, or is connected but silent, because it may be waiting for the other
 * server. Also undefined when the proxy is not used for this address.
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

/** Makes the request for a tunnel (CONNECT), as every client of a proxy sends it. */
function askFor({ url }: OutwardProxy, target: string): ClientRequest {
  const { protocol, hostname, port, username, password } = new URL(url);
  const { hostname: wanted, port: wantedPort } = new URL(target);
  const host = `${wanted}:${wantedPort || 443}`;
  const login = Buffer.from([username, password].map(decodeURIComponent).join(':')).toString('base64');
  const headers = { host, ...(username && { 'proxy-authorization': `Basic ${login}` }) };
  const { request } = protocol === 'https:' ? https : http;
  // With `agent: false` the request goes to the proxy itself. The process's global agent would send
  // it through the proxy.
  const options = { method: 'CONNECT', path: host, hostname: hostname.replace(/^\[|\]$/g, ''), headers, agent: false };
  return request({ ...options, ...(port && { port }) });
}
