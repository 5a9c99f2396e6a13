import { once } from 'node:events';
import { connect } from 'node:net';
import { Cause } from '../cause.ts';
import type { Config } from '../config.ts';
import type { Finding } from '../finding.ts';
import { look } from './look.ts';

const PART = 'proxy (HTTPS_PROXY)';
const PROXY_PATIENCE_MS = 3_000;

/**
 * Whether the proxy, if one is set, takes connections; what it lets through, the other parts show. Without a bot nothing goes
 * through it but models, which another part looks at: then a dead one is no more than a warning.
 */
export async function checkProxy({ proxy, platforms }: Config): Promise<Finding[]> {
  if (proxy === undefined) return [];
  // Without the user and the password that may stand in the address.
  const { hostname, host, port, protocol } = new URL(proxy.url);
  const findings = await look(PART, async () => {
    const socket = connect(Number(port) || (protocol === 'https:' ? 443 : 80), hostname.replace(/^\[|\]$/g, ''));
    try {
      await once(socket, 'connect', { signal: AbortSignal.timeout(PROXY_PATIENCE_MS) });
    } catch (cause) {
      throw new Cause('proxy_unreachable', { where: host, cause });
    } finally {
      socket.destroy();
    }
    return [{ part: PART, state: 'ok', what: `${host} takes connections` }];
  });
  if (platforms.some(({ isLocal }) => !isLocal)) return findings;
  return findings.map((finding) => (finding.state === 'fail' ? { ...finding, state: 'warn' } : finding));
}
