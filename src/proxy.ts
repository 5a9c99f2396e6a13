import http, { type ClientRequest, setGlobalProxyFromEnv } from 'node:http';
import https from 'node:https';
import { Cause } from './cause.ts';

/** The proxy for everything outside this network: platforms, their photos, and model files. */
export interface OutwardProxy {
  /**
   * The address of an HTTP proxy that supports CONNECT. It may have a user and a password in it.
   */
  readonly url: string;
  /** Hosts that are reached without it, separated by commas, as in NO_PROXY. */
  readonly except: string | undefined;
}

/** The addresses of this machine. They are never reached through a proxy. */
const NEVER = 'localhost,127.0.0.1,[::1]';

/**
 * How long a check waits for the proxy. It is less than `LONGEST_CHECK_MS` in src/health/health.ts,
 * so that the check can give its reason in time.
 */
const PROXY_ANSWER_MS = 2_500;

/**
 * The address for a test when no platform uses the proxy. There is never a host of this name (RFC
 * 2606), so only the proxy sees it.
 */
const NOBODY = 'https://nobody.invalid';

let used: string | undefined;

/**
 * Sends this process's HTTPS through `proxy` from now on: `fetch`, Node's own clients, and
 * libraries that use these. Redis and Elasticsearch have connections of their own, which do not use
 * the proxy. A second call with the same proxy changes nothing.
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
 * The cause why nothing reaches this address through the proxy. Undefined when the proxy works, or
 * is not used for this address. A proxy that is down refuses the connection. A broken one hangs up.
 * Any answer means that it works. A silent one may be waiting for the other side.
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

/** Asks the proxy for a tunnel, as every client of it does. */
function askFor({ url }: OutwardProxy, target: string): ClientRequest {
  const { protocol, hostname, port, username, password } = new URL(url);
  const { hostname: wanted, port: wantedPort } = new URL(target);
  const host = `${wanted}:${wantedPort || 443}`;
  const login = Buffer.from([username, password].map(decodeURIComponent).join(':')).toString('base64');
  const headers = { host, ...(username && { 'proxy-authorization': `Basic ${login}` }) };
  const { request } = protocol === 'https:' ? https : http;
  // This request has an agent of its own, because the process's agent would use the proxy.
  const options = { method: 'CONNECT', path: host, hostname: hostname.replace(/^\[|\]$/g, ''), headers, agent: false };
  return request({ ...options, ...(port && { port }) });
}
