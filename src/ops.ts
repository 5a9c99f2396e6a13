import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Probes } from './health/probes.ts';
import type { Metrics } from './metrics/metrics.ts';
import { SERVER } from './port.ts';

/** The HTTP server for an operator's monitoring, which a process of any role may have. */
export interface Ops extends AsyncDisposable {
  readonly port: number;
}

/**
 * Serves /metrics, /healthz and /readyz on all interfaces, so that an orchestrator can reach them.
 * Their answers say nothing about people.
 */
export async function listenOps(options: {
  readonly port: number;
  readonly metrics: Metrics;
  readonly probes: Probes;
}): Promise<Ops> {
  const server = createServer((request, response) => {
    const answer = (status: number, text: string) =>
      response.writeHead(status, { 'content-type': 'text/plain', ...SERVER }).end(text);
    switch (request.url) {
      case '/healthz':
        return options.probes.healthz().then(({ status, text }) => answer(status, text));
      case '/readyz':
        return options.probes.readyz().then(({ status, text }) => answer(status, text));
      case '/metrics':
        return options.metrics.text().then(
          (text) => answer(200, text),
          () => answer(500, 'metrics cannot be read now\n'),
        );
      default:
        return answer(404, 'not found\n');
    }
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
