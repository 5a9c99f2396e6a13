/**
 * Opens what listens on a port that `variable` of the configuration chose.
 * @throws an Error that says what to do when the port cannot be had; else what `open` throws
 */
export async function onPort<T>(variable: string, port: number, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EADDRINUSE') {
      const who = 'by another program, perhaps another facefinder';
      throw new Error(`port ${port} is in use ${who}: stop that one, or set ${variable} to another port`, { cause });
    }
    if (code === 'EACCES') {
      throw new Error(`port ${port} is not for this user: set ${variable} to a port above 1023`, { cause });
    }
    throw cause;
  }
}
