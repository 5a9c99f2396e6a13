import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

/**
 * A company's proxy, which supports CONNECT. It leads its hosts to one loopback server, and serves
 * them with a certificate of its own.
 */
export interface CompanyProxy extends AsyncDisposable {
  readonly url: string;
  /** PEM file of the authority behind the certificate. */
  readonly ca: string;
  /** Requested hosts with ports, each once. */
  readonly asked: ReadonlySet<string>;
  /**
   * From now on nobody gets through: open connections are cut, and new ones are cut when they ask
   * for a host.
   */
  readonly hangUp: () => void;
  /** From now on the proxy does not listen, and open connections are cut. */
  readonly down: () => Promise<void>;
  /** Ends what `hangUp` and `down` did. */
  readonly mend: () => Promise<void>;
}

/** Leads `hosts` to the HTTP server at `target`, and refuses every other host. Needs openssl. */
export async function openCompanyProxy(target: string, hosts: readonly string[]): Promise<CompanyProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'company-'));
  const [key, ca] = [join(folder, 'key.pem'), join(folder, 'ca.pem')];
  const names = hosts.map((host) => `DNS:${host}`).join(',');
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=company', '-addext', `subjectAltName=${names}`];
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', ca], { stdio: 'ignore' });

  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket)));
    return socket;
  };
  const behind = new URL(target);
  const inside = createTlsServer({ key: await readFile(key), cert: await readFile(ca) }, (socket) => {
    const onward = keep(connect(Number(behind.port), behind.hostname));
    keep(socket).pipe(onward).pipe(socket);
  });
  const asked = new Set<string>();
  let isBroken = false;
  const proxy = createServer((_, response) => response.writeHead(405).end()).on(
    'connect',
    (request, socket: Socket) => {
      if (isBroken) return socket.destroy();
      asked.add(request.url ?? '');
      if (!hosts.some((host) => request.url === `${host}:443`))
        return keep(socket).end('HTTP/1.1 403 Forbidden\r\n\r\n');
      const tunnel = keep(connect((inside.address() as AddressInfo).port, '127.0.0.1'));
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      return keep(socket).pipe(tunnel).pipe(socket);
    },
  );
  for (const server of [inside, proxy]) await once(server.listen(0, '127.0.0.1'), 'listening');

  const { port } = proxy.address() as AddressInfo;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    proxy.closeAllConnections();
  };

  return {
    url: `http://127.0.0.1:${port}`,
    ca,
    asked,
    hangUp() {
      isBroken = true;
      cut();
    },
    async down() {
      cut();
      await new Promise((resolve) => proxy.close(resolve));
    },
    async mend() {
      isBroken = false;
      if (!proxy.listening) await once(proxy.listen(port, '127.0.0.1'), 'listening');
    },
    async [Symbol.asyncDispose]() {
      cut();
      for (const server of [inside, proxy]) server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
