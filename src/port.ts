import { Cause } from './cause.ts';

/**
 * Opens a listener on a port. `variable` is the setting that names the port.
 * @throws a Cause that says what to do when the port is not available; else what `open` throws
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

/** The server header of all our answers. One facefinder recognises another by it. */
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
