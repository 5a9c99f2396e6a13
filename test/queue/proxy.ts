import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** One address before servers that change behind it, as a load balancer, a DNS name or a firewall makes it. */
export interface Address extends AsyncDisposable {
  readonly port: number;
  /** New connections go to this port of loopback from now on; those that are open stay where they are. */
  lead(port: number): void;
  /** Connections that are open stay open and carry nothing any more, in neither direction; new ones work. */
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
        // Read and forgotten, so that neither end notices by a full buffer.
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
