import type { MiddlewareHandler } from 'hono';
import { SERVER } from '../../port.ts';
import { refuse } from './refusal.ts';

/** Headers that protect the page from pages of other origins. */
const HEADERS = {
  ...SERVER,
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'Permissions-Policy': 'camera=(self), microphone=(), geolocation=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/**
 * Admits only requests of this machine's own page. A name that an attacker points to 127.0.0.1 (DNS
 * rebinding) fails by its Host, and a foreign page's request by its Origin or Sec-Fetch-Site.
 * Without CORS headers nothing can be read either. Programs send neither header and are admitted. A
 * link from elsewhere only shows the page.
 */
export function guard(port: () => number): MiddlewareHandler {
  return async (c, next) => {
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
    const { host = '', origin, 'sec-fetch-site': site = 'none' } = c.req.header();
    const hosts = ownHosts(port());
    if (!hosts.includes(host.toLowerCase())) return refuse(c, 'wrongHost');
    if (origin !== undefined && !hosts.some((own) => origin === `http://${own}`)) return refuse(c, 'foreignOrigin');
    if (site !== 'none' && site !== 'same-origin' && !isFollowedLink(c.req.method, c.req.header())) {
      return refuse(c, 'foreignOrigin');
    }
    return await next();
  };
}

/** Browsers omit the default port of a scheme. */
function ownHosts(port: number): string[] {
  return ['127.0.0.1', 'localhost', '[::1]'].map((name) => (port === 80 ? name : `${name}:${port}`));
}

function isFollowedLink(method: string, headers: Record<string, string>): boolean {
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}
