import { readFile } from 'node:fs/promises';
import type { Store } from '../../models/fetch.ts';
import { loadPack, type Pack } from '../../models/pack.ts';
import { openFaces } from '../face/pool.ts';
import { type Album, readAlbum } from './album.ts';
import { readErrata, type SamePeople } from './errata.ts';
import { findSubjects, type Subjects } from './subjects.ts';

/** How a folder of person-folders is measured. */
export interface FolderOptions {
  readonly folder: string;
  readonly pack: string;
  readonly store: Store;
  readonly workers: number;
  /** File of wrong labels; see {@link readErrata}. */
  readonly errata?: string | undefined;
  readonly onProgress: (line: string) => void;
}

export interface EmbeddedFolder {
  readonly pack: Pack;
  readonly album: Album;
  readonly subjects: Subjects;
  readonly same: SamePeople;
}

/** Lines of progress, however many the photos. */
const REPORTS = 10;

/** Sees every photo of a folder with a pack. What it holds of faces stays in memory. */
export async function embedFolder({
  folder,
  store,
  workers,
  errata,
  onProgress,
  ...options
}: FolderOptions): Promise<EmbeddedFolder> {
  const album = await readAlbum(folder);
  const same = errata === undefined ? new Map() : readErrata(await readFile(errata, 'utf8'), album);
  const pack = await loadPack(options.pack, store);
  await using faces = await openFaces({ pack, workers });
  const total = album.photos.length;
  const subjects = await findSubjects(album, faces, {
    // One more than there are processes, so that none waits for a file.
    atOnce: workers + 1,
    onProgress: (done) => {
      if (done % Math.ceil(total / REPORTS) === 0) onProgress(`${done} of ${total} photos seen`);
    },
  });
  return { pack, album, subjects, same };
}
