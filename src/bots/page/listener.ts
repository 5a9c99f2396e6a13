import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { failureReply } from '../../chat/failure.ts';
import { wordsFor } from '../../text/words.ts';
import { actionRoutes } from './actions.ts';
import { frontRoutes } from './front.ts';
import { guard } from './guard.ts';
import { localeOf } from './locale.ts';
import { messageRoute } from './messages.ts';
import type { PageApp, PageParts } from './parts.ts';
import { refuse } from './refusal.ts';

/** How long connections may stay open when the page closes. */
const CUT_OFF_MS = 2_000;

export interface Page {
  /** Like `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Stops listening. Waiting people get `expired`. Ends within 2 seconds. */
  readonly close: () => Promise<void>;
}

/**
 * Serves the page on 127.0.0.1, at `port`, or at any free one for 0.
 * @throws the system's error (EADDRINUSE, EACCES) when the port is not available
 */
export async function listenPage({ port, ...parts }: PageParts & { readonly port: number }): Promise<Page> {
  const app: PageApp = new Hono();
  const server = createServer(getRequestListener(app.fetch, { hostname: '127.0.0.1' }));
  const bound = () => (server.address() as AddressInfo).port;

  app.use(guard(bound));
  for (const probe of ['healthz', 'readyz'] as const) {
    app.get(`/${probe}`, async (c) => {
      const { status, text } = await parts.probes[probe]();
      return c.text(text, status);
    });
  }
  await frontRoutes(app, parts);
  messageRoute(app, parts);
  actionRoutes(app, parts);
  app.notFound((c) => refuse(c, 'notFound'));
  app.onError((error, c) => {
    const { code, text } = failureReply(error, wordsFor(localeOf(c.req.header('accept-language'))), parts.log);
    return c.json({ error: { code, message: text } }, 500);
  });

  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, '127.0.0.1', resolve);
  await listening;

  return {
    url: `http://127.0.0.1:${bound()}`,
    async close() {
      const closed = new Promise((done) => server.close(done));
      parts.state.requests.close();
      // A browser keeps its connection open after its last answer, and the server closes only when
      // no connection is left. So idle ones are closed again and again.
      const hangUp = setInterval(() => server.closeIdleConnections(), 50);
      const cutOff = setTimeout(() => server.closeAllConnections(), CUT_OFF_MS);
      await closed.finally(() => {
        clearInterval(hangUp);
        clearTimeout(cutOff);
      });
    },
  };
}
