import type { Config } from '../config.ts';
import type { Finding } from '../finding.ts';
import { hostOf, isProxied, proxyFault } from '../proxy.ts';
import { look } from './look.ts';

const PART = 'proxy (HTTPS_PROXY)';

/**
 * Checks that the proxy, if there is one, accepts requests. The checks of other parts show which
 * addresses it lets through. When only model files come through it, a dead proxy is just a warning,
 * because another part checks whether they can be fetched.
 */
export async function checkProxy({ proxy, platforms }: Config): Promise<Finding[]> {
  if (proxy === undefined) return [];
  const api = platforms.map((platform) => platform.api).find((url) => url !== undefined && isProxied(proxy, url));
  const findings = await look(PART, async () => {
    const fault = await proxyFault(proxy, api);
    if (fault) throw fault;
    return [{ part: PART, state: 'ok', what: `${hostOf(proxy)} takes requests` }];
  });
  if (api !== undefined) return findings;
  return findings.map((finding) => (finding.state === 'fail' ? { ...finding, state: 'warn' } : finding));
}
