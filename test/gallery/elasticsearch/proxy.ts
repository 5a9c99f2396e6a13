import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A request to Elasticsearch. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/**
 * The fate of a request: `pass`; `cut` (the connection breaks before it arrives); `lose` (it is
 * done, and the answer is lost); `hang` (no answer at all); or an answer instead of
 * Elasticsearch's.
 */
export type Fate = 'pass' | 'cut' | 'lose' | 'hang' | { readonly status: number; readonly body: unknown };

export interface FaultyProxy extends AsyncDisposable {
  /** The proxy's URL, with the server's user and password. */
  readonly url: string;
  readonly seen: Seen[];
  /** The number of documents in all answers so far. */
  documents(): number;
  /** Decides each request's fate from now on; `n` counts from 0. */
  decide(fate: (request: Seen, n: number) => Fate | Promise<Fate>): void;
}

/** Opens a proxy before the server at `url` (http). Requests fail as `decide` says. */
export async function openProxy(url: string): Promise<FaultyProxy> {
  const target = new URL(url);
  const seen: Seen[] = [];
  let fateOf: (request: Seen, n: number) => Fate | Promise<Fate> = () => 'pass';
  let n = 0;
  let documents = 0;

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const { method = 'GET', url: path = '/', headers } = incoming;
    const request = { method, path, authorization: headers.authorization, body: body.toString() };
    seen.push(request);
    const fate = await fateOf(request, n++);
    if (fate === 'hang') return;
    if (fate === 'cut') return void incoming.socket.destroy();
    if (typeof fate === 'object') {
      outgoing.writeHead(fate.status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
      return void outgoing.end(JSON.stringify(fate.body));
    }
    const { hostname, port } = target;
    const passed = forward({ hostname, port, method, path, headers, agent: false }, (answer) => {
      if (fate === 'lose') {
        answer.resume().on('end', () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      const body: Buffer[] = [];
      answer.on('data', (bytes) => body.push(bytes));
      answer.on('end', () => {
        documents += Buffer.concat(body).toString().split('"_id":').length - 1;
      });
      answer.pipe(outgoing);
    });
    passed.on('error', () => incoming.socket.destroy());
    passed.end(body);
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  const address = server.address();
  const own = new URL(url);
  own.host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    url: own.href,
    seen,
    documents: () => documents,
    decide(fate) {
      fateOf = fate;
      n = 0;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}
