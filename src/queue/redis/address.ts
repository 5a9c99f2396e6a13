import type { RedisOptions } from 'ioredis';

/** Which Redis, and how it is trusted. */
export interface RedisAddress {
  /**
   * `redis://user:password@host:port/database`, or `rediss:` for TLS. Behind Sentinels, which are asked without a password which
   * server is the primary: `redis+sentinel://user:password@host:port,host:port/name`, with the name that they gave it.
   */
  readonly url: string;
  /** File with the certificate authority that signed its certificate; the system's are trusted otherwise. */
  readonly caFile?: string;
}

const SENTINELS = /^redis\+sentinel:\/\/(?<login>[^/]*@)?(?<hosts>[^/@]+)\/(?<name>[^/]+)$/;
const SENTINEL_PORT = 26_379;

/** The hosts and ports of an address, without user and password: for logs. */
export function whereabouts({ url }: RedisAddress): string {
  return SENTINELS.exec(url)?.groups?.hosts ?? new URL(url).host;
}

/** How ioredis finds the primary through Sentinels; undefined where the address is a server's own. */
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
