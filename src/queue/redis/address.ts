import type { RedisOptions } from 'ioredis';

/** The address of a Redis, and the certificate authority to trust. */
export interface RedisAddress {
  /**
   * `redis://user:password@host:port/database`, or `rediss:` for TLS. With Sentinels:
   * `redis+sentinel://user:password@host:port,host:port/name`. Here `name` is the Sentinels' name
   * for the primary. Sentinels get no password.
   */
  readonly url: string;
  /**
   * The file of the authority that signed Redis' certificate. Without it the system's authorities
   * are trusted.
   */
  readonly caFile?: string;
}

const SENTINELS = /^redis\+sentinel:\/\/(?<login>[^/]*@)?(?<hosts>[^/@]+)\/(?<name>[^/]+)$/;
const SENTINEL_PORT = 26_379;

/** The hosts and ports of an address for logs, without user and password. */
export function whereabouts({ url }: RedisAddress): string {
  return SENTINELS.exec(url)?.groups?.hosts ?? new URL(url).host;
}

/**
 * ioredis's options to find the primary by Sentinels. Undefined when the address is that of a
 * server.
 */
export function sentinelsOf({ url }: RedisAddress): Omit<RedisOptions, 'replyMapping'> | undefined {
  const { login = '', hosts, name } = SENTINELS.exec(url)?.groups ?? {};
  if (hosts === undefined || name === undefined) return undefined;
  const { username, password } = new URL(`redis://${login}host`);
  const sentinels = hosts.split(',').map((host) => {
    const { hostname, port } = new URL(`redis://${host}`);
    return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || SENTINEL_PORT };
  });
  return {
    sentinels,
    name: decodeURIComponent(name),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
  };
}
