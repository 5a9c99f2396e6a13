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
