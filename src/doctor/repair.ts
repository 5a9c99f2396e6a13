import { existsSync } from 'node:fs';
import { chmod, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { removeLeftovers as removeParts } from '../../models/fetch.ts';
import { describePack, loadPack, verifyPack } from '../../models/pack.ts';
import { foundKeys, hasBot, isKeyBeside } from '../app/keys.ts';
import { modelStore } from '../app/models.ts';
import { packInUse } from '../app/pack.ts';
import { galleryFile } from '../app/stores.ts';
import type { Config } from '../config.ts';
import { explained } from '../explain/explained.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { goThrough } from '../proxy.ts';
import type { Keys } from '../secrets/keys.ts';
import { HALF_KEYS, moveKey, STALE_KEY_MS } from '../secrets/master-key.ts';
import { damageInWords } from './gallery.ts';
import { mendShelves, shelvesOf } from './mend-shelves.ts';
import { openToOthers } from './modes.ts';

/**
 * Matches files that a killed process may have left in DATA_DIR: an unfinished file of a key, or
 * the file by which doctor tests the free space.
 */
const LEFTOVERS = [HALF_KEYS, /^\.doctor-[0-9a-f]+$/];

/**
 * Repairs what it can without losing anything useful: where a bot's key is, who may read files,
 * files that killed processes left, missing or damaged model files, damaged stored values. `onDone`
 * gets a line for each repair, and for each step that failed.
 */
export async function repair(config: Config, onDone: (line: string) => void): Promise<void> {
  goThrough(config.proxy);
  const steps = [moveKeyApart, closeFiles, removeLeftovers, removeHalfFetched, fetchModels, mendGallery, mendPending];
  for (const step of steps) {
    try {
      for (const line of await step(config)) onDone(line);
    } catch (error) {
      onDone(`nothing, because: ${explained(error, config.dataDir)?.message ?? 'the reason is unknown'}`);
    }
  }
}

/** Moves the key of a bot from the folder of the data to another folder. */
async function moveKeyApart(config: Config): Promise<string[]> {
  const to = hasBot(config) && isKeyBeside(config) ? moveKey(config.dataDir, config.keyDir) : undefined;
  return to ? [`the master key is apart from the data now, in ${to}: keep a copy of it in a third place`] : [];
}

/** Changes the modes of this installation's files so that only their owner can use them. */
async function closeFiles(config: Config): Promise<string[]> {
  const open = await openToOthers(config);
  for (const { path, isFolder } of open) await chmod(path, isFolder ? 0o700 : 0o600);
  return open.map(({ path }) => `${path} could be read by others: it is for its owner alone now`);
}

async function removeLeftovers({ dataDir }: Config): Promise<string[]> {
  const names = await readdir(dataDir).catch(() => []);
  const done: string[] = [];
  for (const path of names
    .filter((name) => LEFTOVERS.some((left) => left.test(name)))
    .map((name) => join(dataDir, name))) {
    const found = await stat(path).catch(() => undefined);
    if (!found || Date.now() - found.mtimeMs < STALE_KEY_MS) continue;
    await rm(path, { force: true });
    done.push(`${path}, left by a program that was killed, is removed`);
  }
  return done;
}

async function removeHalfFetched({ modelDir }: Config): Promise<string[]> {
  const removed = await removeParts(modelDir);
  return removed.map((path) => `${path}, left by a fetch that was killed, is removed`);
}

/**
 * Repairs stored values ({@link Gallery.mend}). It removes templates, records and groups that
 * nothing can read. Their people have to enrol again.
 */
async function mendGallery(config: Config): Promise<string[]> {
  await using gallery = await openGallery(config, foundKeys(config));
  if (!gallery) return [];
  const found = damageInWords(await gallery.mend(Date.now()));
  return found === ''
    ? []
    : [
        `stored values: ${found}. What had a flipped bit is written anew; templates, records, lists and groups that nothing can read are removed`,
      ];
}

/** Repairs values on the shelves: see {@link mendShelves}. */
async function mendPending(config: Config): Promise<string[]> {
  const keys = foundKeys(config);
  // With another key every value would seem damaged. A gallery that opens shows that the key is
  // right.
  await using gallery = await openGallery(config, keys);
  if (!keys || !gallery) return [];
  const done: string[] = [];
  for (const open of shelvesOf(config, await gallery.id())) {
    await using pending = await open();
    done.push(...(await mendShelves(pending, keys)));
  }
  return done;
}

/**
 * Undefined when there is no gallery yet, or it cannot be opened: the check of the gallery, which
 * follows the repair, says why.
 */
async function openGallery(config: Config, keys: Keys | undefined): Promise<Gallery | undefined> {
  const isMissing = config.stores.mode === 'embedded' && !existsSync(galleryFile(config.dataDir));
  return keys && !isMissing ? await opened(config, keys).catch(() => undefined) : undefined;
}

async function opened(config: Config, keys: Keys): Promise<Gallery | undefined> {
  const { stores, dataDir, modelDir } = config;
  const pack = await describePack(await packInUse(config), modelDir);
  if (stores.mode === 'production') {
    const { rehearseElasticsearchGallery } = await import('../gallery/elasticsearch/elasticsearch.ts');
    // This opens the gallery without making what is missing in Elasticsearch.
    return await rehearseElasticsearchGallery({ ...stores.elasticsearch, keys, pack });
  }
  const { openSqliteGallery } = await import('../gallery/sqlite/sqlite.ts');
  return await openSqliteGallery({ file: galleryFile(dataDir), keys, pack });
}

async function fetchModels(config: Config): Promise<string[]> {
  // If the gallery does not answer, the check of the gallery reports that.
  const name = await packInUse(config).catch(() => undefined);
  if (config.role === 'bot' || name === undefined) return [];
  const missing = Object.values(await verifyPack(name, config.modelDir)).filter((whole) => !whole).length;
  if (missing === 0) return [];
  const { id } = await loadPack(
    name,
    modelStore(config, () => {}),
  );
  return [`${missing} model files of ${id} were missing or damaged: they are fetched and verified now`];
}
