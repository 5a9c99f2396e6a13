import { Cause } from './cause.ts';

/**
 * Calls `open`, which listens on a port. `variable` is the variable with the number of the port.
 * @throws Cause `port_taken` or `port_denied` when the port is not available; otherwise what `open`
 * throws
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

/** The header by which a facefinder recognises an answer of another facefinder. */
export const SERVER = { server: 'facefinder' } as const;

/** Whether a facefinder answers on this port of this machine. */
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
