import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server at a distance: every byte is delayed, and no byte overtakes another. */
export interface Far extends AsyncDisposable {
  /** The address to connect to, with the server's user and password. */
  readonly url: string;
  /** Milliseconds of a round trip from now on. */
  roundTripMs: number;
}

/** Puts the TCP server at `url` at a distance, which is 0 at first. */
export async function moveAway(url: string): Promise<Far> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const there = connect({ port: Number(target.port), host: target.hostname, noDelay: true });
    for (const [from, to] of [
      [near, there],
      [there, near],
    ] as const) {
      sockets.add(from);
      let before: Promise<unknown> = Promise.resolve();
      from.on('data', (bytes) => {
        const arrives = sleep(far.roundTripMs / 2);
        before = before.then(() => arrives).then(() => to.write(bytes));
      });
      from.on('error', () => from.destroy());
      from.on('close', () => setTimeout(() => to.destroy(), far.roundTripMs));
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const own = new URL(url);
  own.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const far = {
    url: own.href,
    roundTripMs: 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return far;
}
