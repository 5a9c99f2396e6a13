import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * One address for servers that change behind it, like a load balancer's, a DNS name's or a
 * firewall's.
 */
export interface Address extends AsyncDisposable {
  readonly port: number;
  /** New connections go to this port of loopback from now on. Open ones stay. */
  lead(port: number): void;
  /** Open connections stay open but carry nothing in either direction. New ones work. */
  swallow(): void;
}

export async function openProxy(port: number): Promise<Address> {
  let target = port;
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((client) => {
    const behind = connect(target, '127.0.0.1');
    const pair = [client, behind] as const;
    pairs.add(pair);
    client.pipe(behind).pipe(client);
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.on('close', () => {
        for (const other of pair) other.destroy();
        pairs.delete(pair);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    lead(next) {
      target = next;
    },
    swallow() {
      for (const [client, behind] of pairs) {
        client.unpipe();
        behind.unpipe();
        // What comes is read and dropped, so that neither end notices a full buffer.
        for (const socket of [client, behind]) socket.resume();
      }
    },
    async [Symbol.asyncDispose]() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
