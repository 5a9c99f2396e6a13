import { existsSync } from 'node:fs';
import type { JWK } from 'jose';
import { OperatorError } from '../causes/operator-error.ts';
import type { Config } from '../config.ts';
import { receiptSigner } from '../consent/receipt.ts';
import { deriveKeys, type Keys } from '../secrets/keys.ts';
import { foundMasterKey, keptMasterKey, masterKeyFile } from '../secrets/master-key.ts';
import { galleryFile, pendingFile } from './stores.ts';

/** The keys of this installation; in embedded mode its master key is made at the first call. */
export function keysOf(config: Config): Keys {
  const { dataDir } = config;
  return deriveKeys(config.masterKey ?? keptMasterKey(dataDir, [galleryFile(dataDir), pendingFile(dataDir)]));
}

/** The same, and makes none: undefined where the first start will make it. */
export function foundKeys({ masterKey, dataDir }: Pick<Config, 'masterKey' | 'dataDir'>): Keys | undefined {
  const found = masterKey ?? foundMasterKey(dataDir, [galleryFile(dataDir), pendingFile(dataDir)]);
  return found && deriveKeys(found);
}

/** The public key that this installation's receipts are checked with. Makes no key: a new one has signed nothing yet. */
export async function ownPublicKey(config: Config): Promise<JWK> {
  if (!config.masterKey && !existsSync(masterKeyFile(config.dataDir))) {
    throw new OperatorError(
      "there is no key in DATA_DIR: name the operator's public key with --key (/privacy shows it)",
    );
  }
  return (await receiptSigner(keysOf(config))).publicJwk;
}
