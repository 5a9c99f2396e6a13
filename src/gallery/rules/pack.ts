import { OperatorError } from '../../causes/operator-error.ts';
import { Failure } from '../../failure.ts';
import type { PackVersion } from '../gallery.ts';

/**
 * Checks that this process uses the listeners' pack. `adopted` is the id of the listeners' pack,
 * `own` this process's pack. Vectors of different packs cannot be compared. A worker with another
 * pack than the bot would find nobody, and would enrol people where nobody searches.
 * @throws Failure `unavailable` when the two differ; its cause says what to do
 */
export function assertInForce(own: PackVersion, adopted: string | undefined): void {
  if (adopted === undefined || adopted === own.id) return;
  const todo = 'set FACE_PACK to the same pack for bot and workers, with the same facefinder, and start them again';
  throw new Failure('unavailable', {
    cause: new OperatorError(`this process works with the pack ${own.id}, the bot with ${adopted}: ${todo}`),
  });
}
