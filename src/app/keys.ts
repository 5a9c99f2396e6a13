import { existsSync } from 'node:fs';
import type { JWK } from 'jose';
import { OperatorError } from '../causes/operator-error.ts';
import type { Config } from '../config.ts';
import { receiptSigner } from '../consent/receipt.ts';
import type { Log } from '../log.ts';
import { deriveKeys, type Keys } from '../secrets/keys.ts';
import { foundMasterKey, keptMasterKey, keyFileOf, keyPointer, masterKeyFile } from '../secrets/master-key.ts';
import { galleryFile, pendingFile } from './stores.ts';

/** The keys of this installation. In embedded mode the first call makes the master key. */
export function keysOf(config: Config): Keys {
  const { dataDir, keyDir, masterKey } = config;
  // Platforms' terms require that the key to people's data is kept apart from the data.
  const apart = hasBot(config) ? keyDir : undefined;
  return deriveKeys(masterKey ?? keptMasterKey(dataDir, [galleryFile(dataDir), pendingFile(dataDir)], apart));
}

/** Like {@link keysOf}, but makes no key: undefined before the first start. */
export function foundKeys({ masterKey, dataDir }: Pick<Config, 'masterKey' | 'dataDir'>): Keys | undefined {
  const found = masterKey ?? foundMasterKey(dataDir, [galleryFile(dataDir), pendingFile(dataDir)]);
  return found && deriveKeys(found);
}

/** Whether this installation serves people at other machines. */
export function hasBot({ platforms }: Pick<Config, 'platforms'>): boolean {
  return platforms.some(({ isLocal }) => !isLocal);
}

const MOVE_IT = 'npx facefinder doctor --fix moves it to a folder of its own, and says where';

/** Warns the operator of a bot, at each start, when the key is in the same folder as the data. */
export function warnOfKey(config: Config, log: Log): void {
  if (hasBot(config) && isKeyBeside(config)) log.warn('master key beside the data', { next: MOVE_IT });
}

/**
 * Whether the key is in the same folder as the data it protects, or will be after the first start.
 */
export function isKeyBeside(config: Pick<Config, 'masterKey' | 'dataDir' | 'platforms'>): boolean {
  const { masterKey, dataDir } = config;
  if (masterKey) return false;
  return existsSync(masterKeyFile(dataDir)) || (!hasBot(config) && !existsSync(keyPointer(dataDir)));
}

/**
 * The public key that verifies this installation's receipts. No key is made, because a new key has
 * signed nothing.
 * @throws OperatorError when there is no key yet
 */
export async function ownPublicKey(config: Config): Promise<JWK> {
  if (!config.masterKey && !existsSync(keyFileOf(config.dataDir))) {
    throw new OperatorError("there is no key here: name the operator's public key with --key (/privacy shows it)");
  }
  return (await receiptSigner(keysOf(config))).publicJwk;
}
