import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, parse, resolve } from 'node:path';
import type { Faces, Seen } from '../face/face.ts';
import { UsageError } from './verb.ts';

/**
 * For each photo the path of its marked copy: `<folder>/<name>.faces.jpg`. Makes the folder.
 * @throws UsageError when a copy would replace a photo or another copy
 */
export async function copiesIn(folder: string, files: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const photos = new Map(files.map((file) => [resolve(file), file]));
  const takenBy = new Map<string, string>();
  const copies = new Map<string, string>();
  for (const [path, file] of photos) {
    const copy = join(folder, `${parse(file).name}.faces.jpg`);
    const other = photos.get(resolve(copy)) ?? takenBy.get(copy);
    if (other !== undefined)
      throw new UsageError(
        `the copy of "${file}" and "${other}" would be one file: name another folder, or describe them apart`,
      );
    takenBy.set(copy, file);
    for (const same of files) if (resolve(same) === path) copies.set(same, copy);
  }
  await mkdir(folder, { recursive: true });
  return copies;
}

/** Writes a copy of the photo with each face framed and numbered, largest first, from 1. */
export async function annotate(file: string, { faces: seen, frame }: Seen, copy: string, faces: Faces): Promise<void> {
  const marks = seen.map(({ box }, index) => ({ box, number: index + 1, tone: 'possible' as const }));
  await writeFile(copy, await faces.draw(await readFile(file), marks, { frame }));
}
