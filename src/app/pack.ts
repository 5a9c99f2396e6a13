import { existsSync } from 'node:fs';
import { DEFAULT_PACK } from '../../models/pack.ts';
import type { Config } from '../config.ts';
import { galleryFile, isDamaged } from './stores.ts';

/**
 * The name of the pack to use. FACE_PACK names it. Otherwise it is the gallery's pack, because the
 * gallery's templates can be compared with no other pack's embeddings. A new gallery gets the
 * default pack.
 * @throws Failure `unavailable` when the gallery's store cannot be reached
 */
export async function packInUse({
  pack,
  stores,
  dataDir,
}: Pick<Config, 'pack' | 'stores' | 'dataDir'>): Promise<string> {
  if (pack !== undefined) return pack;
  const adopted = await adoptedIn(stores, galleryFile(dataDir));
  return adopted?.slice(0, adopted.lastIndexOf('@')) ?? DEFAULT_PACK;
}

async function adoptedIn(stores: Config['stores'], file: string): Promise<string | undefined> {
  if (stores.mode === 'production') {
    const { packOfElasticsearchGallery } = await import('../gallery/elasticsearch/adopted.ts');
    return await packOfElasticsearchGallery(stores.elasticsearch);
  }
  if (!existsSync(file)) return undefined;
  const { packOfSqliteGallery } = await import('../gallery/sqlite/adopted.ts');
  return await packOfSqliteGallery(file).catch((error) => {
    // A damaged gallery cannot be used with any pack, so it does not matter which one is chosen.
    if (isDamaged(error)) return undefined;
    throw error;
  });
}
