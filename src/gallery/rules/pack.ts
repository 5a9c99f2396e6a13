import { OperatorError } from '../../causes/operator-error.ts';
import { Failure } from '../../failure.ts';
import type { PackVersion } from '../gallery.ts';

/**
 * Checks that this process uses the listeners' pack. `own` is this process's pack, `adopted` the id
 * of the listeners' pack; undefined if no listener has started yet. Embeddings of different packs
 * cannot be compared: a worker with another pack than the bot's would miss everybody, and nobody
 * would find the people whom it enrols.
 * @throws Failure `unavailable` when the two differ; its cause says what to do
 */
export function assertInForce(own: PackVersion, adopted: string | undefined): void {
  if (adopted === undefined || adopted === own.id) return;
  const todo = 'set FACE_PACK to the same pack for bot and workers, with the same facefinder, and start them again';
  throw new Failure('unavailable', {
    cause: new OperatorError(`this process works with the pack ${own.id}, the bot with ${adopted}: ${todo}`),
  });
}
