import { createServer } from 'node:net';

/** A free port of loopback: `wanted` when it is free, else any. */
export async function freePort(wanted = 0): Promise<number> {
  return (await listened(wanted)) ?? (await freePort());
}

/** Whether nobody uses this port of loopback. */
export async function isFree(port: number): Promise<boolean> {
  return (await listened(port)) !== undefined;
}

/** Listens for a moment and gives the port; undefined when it is taken. */
async function listened(wanted: number): Promise<number | undefined> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  server.once('error', () => resolve(undefined));
  server.listen(wanted, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
  });
  return await promise;
}
