import { join } from 'node:path';
import { Cause } from '../cause.ts';
import type { Config } from '../config.ts';
import type { ReceiptSigner } from '../consent/receipt.ts';
import type { Log } from '../log.ts';
import { nowAndThen } from '../now-and-then.ts';
import type { Pending } from '../queue/pending.ts';
import type { Keys } from '../secrets/keys.ts';
import { reconcile } from '../witness/reconcile.ts';
import { type Witness, witnessOn } from '../witness/witness.ts';
import { type WitnessedGallery, witnessedGallery } from '../witness/witnessed.ts';
import type { Stores } from './stores.ts';

/**
 * The file of the second place in embedded mode. It is in another folder than the data, so that a
 * copy of the data does not include it.
 */
export const witnessFile = (stateDir: string, galleryId: string): string => join(stateDir, `${galleryId}.db`);

interface Parts {
  readonly config: Pick<Config, 'stores' | 'stateDir'>;
  readonly keys: Keys;
  readonly signer: ReceiptSigner;
  readonly log: Log;
  readonly now: () => number;
}

/** A gallery with its second place. */
export interface Witnessed {
  readonly gallery: WitnessedGallery;
  /**
   * Erases people again whose erasure only the second place knows. Tells the second place the
   * erasures that only the gallery knows. Later calls do this again only after a failure, and after
   * the second place has lost its data.
   */
  readonly reconcile: () => Promise<void>;
}

/** Opens the second place of a gallery onto `stack`. */
export async function openWitnessed(
  { gallery, pending }: Pick<Stores, 'gallery' | 'pending'>,
  parts: Parts,
  stack: AsyncDisposableStack,
): Promise<Witnessed> {
  const { config, keys, signer, now } = parts;
  const log = { ...parts.log, error: nowAndThen(parts.log) };
  const isEmbedded = config.stores.mode === 'embedded';
  const shelves = isEmbedded
    ? stack.use(besideAtUse(async () => witnessFile(config.stateDir, await gallery.id())))
    : pending;
  const witness = witnessOn(shelves, keys);
  if (isEmbedded) await assertNotMoved(witness, config.stateDir);
  let isDone = false;
  const onMissed = () => {
    isDone = false;
  };
  return {
    gallery: witnessedGallery(gallery, { witness, keys, signer, log, now, onMissed }),
    async reconcile() {
      if (isDone) isDone = await knows(witness);
      if (!isDone) isDone = await reconcile(gallery, witness, { log, now });
    },
  };
}

/** Whether the second place answers, and still knows the gallery. */
async function knows(witness: Pick<Witness, 'begun'>): Promise<boolean> {
  return (await witness.begun().catch(() => undefined)) !== undefined;
}

/**
 * @throws Cause `gallery_moved` when the gallery was moved to another store, because an erasure in
 * that store does not reach this one
 */
export async function assertNotMoved(witness: Pick<Witness, 'isMoved'>, where: string): Promise<void> {
  // When the second place does not answer, the start goes on.
  if (await witness.isMoved().catch(() => false)) throw new Cause('gallery_moved', { where });
}

/**
 * The shelves in the file, opened when first used. If they cannot be opened, each call fails, and
 * the next call tries again.
 */
function besideAtUse(fileOf: () => Promise<string>): Pending {
  let opened: Promise<Pending> | undefined;
  const opening = async () => {
    const { openSqlitePending } = await import('../queue/embedded/pending.ts');
    return await openSqlitePending({ file: await fileOf() });
  };
  const shelves = () => {
    opened ??= opening().catch((error) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  return new Proxy({} as Pending, {
    get(_, name: keyof Pending) {
      if (name === Symbol.asyncDispose) return async () => await (await opened)?.[Symbol.asyncDispose]();
      return async (...said: unknown[]) => {
        const own = await shelves();
        return Reflect.apply(own[name], own, said);
      };
    },
  });
}
