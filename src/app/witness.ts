import { join } from 'node:path';
import { Cause } from '../cause.ts';
import type { Config } from '../config.ts';
import type { ReceiptSigner } from '../consent/receipt.ts';
import { errorFields, type Log } from '../log.ts';
import type { Keys } from '../secrets/keys.ts';
import { reconcile } from '../witness/reconcile.ts';
import { type Witness, witnessOn } from '../witness/witness.ts';
import { type WitnessedGallery, witnessedGallery } from '../witness/witnessed.ts';
import type { Stores } from './stores.ts';

/** Where the embedded mode keeps its second place: apart from the data, so that a copy of these does not bring it along. */
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
  /** Tells the two which erasures they do not know of each other, once; what fails is tried again by the next call. */
  readonly reconcile: () => Promise<void>;
}

/** Opens the second place of a gallery onto `stack`, and lets both tell each other what they know. */
export async function openWitnessed(
  { gallery, pending }: Pick<Stores, 'gallery' | 'pending'>,
  parts: Parts,
  stack: AsyncDisposableStack,
): Promise<Witnessed> {
  const { config, keys, signer, log, now } = parts;
  const witness =
    config.stores.mode === 'production'
      ? witnessOn(pending, keys)
      : await openBeside(async () => witnessFile(config.stateDir, await gallery.id()), keys, log);
  if (witness) stack.use(witness);
  if (witness && config.stores.mode === 'embedded') await assertNotMoved(witness, config.stateDir);
  let isDone = false;
  return {
    gallery: witnessedGallery(gallery, { witness, keys, signer, log, now }),
    async reconcile() {
      if (!isDone) isDone = await reconcile(gallery, witness, { log, now });
    },
  };
}

/** @throws Cause `gallery_moved` where the gallery lives on elsewhere: whoever is erased there is not erased here */
export async function assertNotMoved(witness: Pick<Witness, 'isMoved'>, where: string): Promise<void> {
  // Whoever cannot tell does not stop a start.
  if (await witness.isMoved().catch(() => false)) throw new Cause('gallery_moved', { where });
}

async function openBeside(fileOf: () => Promise<string>, keys: Keys, log: Log): Promise<Witness | undefined> {
  const { openSqlitePending } = await import('../queue/embedded/pending.ts');
  try {
    const own = await openSqlitePending({ file: await fileOf() });
    return witnessOn(own, keys, own);
  } catch (error) {
    log.error('second place cannot be had', errorFields(error));
    return undefined;
  }
}
