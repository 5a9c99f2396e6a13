import { Cause } from '../cause.ts';
import { explained } from '../explain/explained.ts';
import type { Finding } from '../finding.ts';

/**
 * Gives the findings of `work` about a part. When `work` throws, there is one finding instead,
 * which says that the part failed, and what to do about the error.
 */
export async function look(
  part: string,
  work: () => Promise<Finding[]> | Finding[],
  dataDir?: string,
): Promise<Finding[]> {
  try {
    return await work();
  } catch (error) {
    return [failed(part, error, dataDir)];
  }
}

/** The finding for a part that failed with this error. */
export function failed(part: string, error: unknown, dataDir?: string): Finding {
  const told = explained(error, dataDir);
  if (told instanceof Cause) return { part, state: 'fail', what: told.what, todo: told.next };
  if (told) return { part, state: 'fail', what: told.message };
  const todo = 'LOG_LEVEL=debug facefinder start shows the details. Please report them where you have facefinder from.';
  return { part, state: 'fail', what: 'it fails in a way that facefinder has no sentence for', todo };
}
