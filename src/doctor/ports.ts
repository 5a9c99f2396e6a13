import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../config.ts';
import type { Finding } from '../finding.ts';
import { isOurs, onPort } from '../port.ts';
import { look } from './look.ts';

/**
 * Checks that each configured port is free, or in use by the running facefinder of this
 * configuration.
 * @param mayRun whether that facefinder may be running. If not, a facefinder on the port is another
 * one, which takes the port like every other program
 */
export async function checkPorts({ platforms, metricsPort }: Config, mayRun: boolean): Promise<Finding[]> {
  const wanted = [
    ...platforms.flatMap(({ port }) => port ?? []),
    ...(metricsPort === undefined ? [] : [{ variable: 'METRICS_PORT', port: metricsPort }]),
  ];
  const findings: Finding[] = [];
  for (const { variable, port, host } of wanted) {
    const part = `port (${variable})`;
    findings.push(
      ...(await look(part, async () => {
        if (mayRun && (await isOurs(port)))
          return [{ part, state: 'ok', what: `${port} is held by the facefinder that runs` }];
        await onPort(variable, port, () => listenAndClose(port, host));
        return [{ part, state: 'ok', what: port === 0 ? 'any free one' : `${port} is free` }];
      })),
    );
  }
  return findings;
}

async function listenAndClose(port: number, host: string | undefined): Promise<void> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
