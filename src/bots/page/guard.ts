import type { MiddlewareHandler } from 'hono';
import { SERVER } from '../../port.ts';
import { refuse } from './refusal.ts';

/** Headers that protect this page from pages of other origins. */
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
 * Lets only this page, and programs on this machine, send requests. An attacker may point a name to
 * 127.0.0.1 (DNS rebinding); such a request has that name as its Host, and is refused. A request
 * from another page has another Origin or Sec-Fetch-Site, and is refused too; without CORS headers
 * that page could not read the answer either. Programs send neither of the two headers, and are let
 * in. A link on another page is let in, because it only shows this page.
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

/** The hosts of this page. A browser leaves out a scheme's default port. */
function ownHosts(port: number): string[] {
  return ['127.0.0.1', 'localhost', '[::1]'].map((name) => (port === 80 ? name : `${name}:${port}`));
}

function isFollowedLink(method: string, headers: Record<string, string>): boolean {
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}
