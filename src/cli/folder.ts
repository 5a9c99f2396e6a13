import { statSync } from 'node:fs';
import { DEFAULT_PACK } from '../../models/pack.ts';
import { modelStore } from '../app/models.ts';
import { readConfig } from '../config.ts';
import { type EmbeddedFolder, embedFolder, type FolderOptions } from '../evaluate/embed-folder.ts';
import { type Io, UsageError } from './verb.ts';

/** The options that `calibrate` and `evaluate` both have. */
export const FOLDER_OPTIONS = { errata: { type: 'string' }, pack: { type: 'string' } } as const;

export const FOLDER_USAGE = `  <folder>         holds one folder of photos for each person; of several faces in a photo the one nearest its centre counts
  --errata FILE    wrong labels: on each line two names that are, or may be, one person; they are not compared as strangers
  --pack NAME      a pack of \`facefinder models list\`; default: FACE_PACK, or ${DEFAULT_PACK}`;

/** Whether there is a folder of this name. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * Sees the photos of the folder that the arguments name. Progress goes to standard error.
 * @throws UsageError when they name no folder, or more than one
 */
export async function folderFromArgs(
  positionals: readonly string[],
  { pack, ...lists }: Pick<FolderOptions, 'errata' | 'groups' | 'pairs'> & { readonly pack?: string | undefined },
  io: Io,
  seen: Pick<FolderOptions, 'uncorrected' | 'copied'> = {},
): Promise<EmbeddedFolder> {
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new UsageError('name one folder of person-folders');
  if (!isFolder(folder))
    throw new UsageError(`there is no folder "${folder}": name one that holds a folder of photos for each person`);
  const config = readConfig(io.env);
  const store = modelStore(config, io.err);
  return embedFolder({
    folder,
    pack: pack ?? config.pack ?? DEFAULT_PACK,
    store,
    children: config.children,
    errata: lists.errata,
    groups: lists.groups,
    pairs: lists.pairs,
    ...seen,
    onProgress: io.err,
  });
}
