import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports that no system gives to outgoing connections: Linux begins at 32,768, others at 49,152. A
 * server that listens seconds later would find such a port taken.
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
