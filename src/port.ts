import { Cause } from './cause.ts';

/**
 * Opens what listens on a port that `variable` of the configuration chose.
 * @throws a Cause that says what to do when the port cannot be had; else what `open` throws
 */
export async function onPort<T>(variable: string, port: number, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const where = `${variable}=${port}`;
    if (code === 'EADDRINUSE') throw new Cause('port_taken', { where, cause });
    if (code === 'EACCES') throw new Cause('port_denied', { where, cause });
    throw cause;
  }
}

/** What every answer of ours says of its server, so that one facefinder knows another. */
export const SERVER = { server: 'facefinder' } as const;

/** Whether what answers on this port of this machine is a facefinder. */
export async function isOurs(port: number): Promise<boolean> {
  if (port === 0) return false;
  try {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.headers.get('server') === SERVER.server;
  } catch {
    return false;
  }
}
