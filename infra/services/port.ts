import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports that no system gives to outgoing connections: Linux gives those from 32,768, other systems
 * from 49,152. Such a connection could take a port in the seconds before the server listens on it.
 */
const [FIRST, END] = [20_000, 32_768];

/** A free port of loopback: `wanted` when it is free, else any. */
export async function freePort(wanted = randomInt(FIRST, END)): Promise<number> {
  return (await isFree(wanted)) ? wanted : await freePort();
}

/** Whether nobody uses this port of loopback. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  server.once('error', () => resolve(false));
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  return await promise;
}
