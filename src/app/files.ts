import { open } from 'node:fs/promises';
import { devNull } from 'node:os';
import { systemCause } from '../explain/codes.ts';
import { Failure } from '../failure.ts';

/**
 * Throws `unavailable`, with its cause, when no further file can be opened. A connection counts as
 * a file too: without this check, new connections would fail, and no check would say why.
 */
export async function checkFiles(): Promise<void> {
  try {
    await using _ = await open(devNull);
  } catch (error) {
    throw new Failure('unavailable', { cause: systemCause(error) ?? error });
  }
}
