import { OperatorError } from '../causes/operator-error.ts';
import type { Album } from './album.ts';

/** Pairs of photos that a data set's authors chose. Photos are indices into an album. */
export interface Protocol {
  readonly genuine: readonly PhotoPair[];
  readonly impostor: readonly PhotoPair[];
}

export type PhotoPair = readonly [a: number, b: number];

/**
 * Reads a list of pairs in LFW's form, `pairs.txt` (with tabs) or `pairs.csv` (with commas). The
 * line `person,1,4` is a pair of photos of one person, `person,1,other,2` a pair of photos of two
 * people. Photo n of a person is the file `<person>_<n as four digits>`. Other lines (a heading, or
 * sizes in the first line) are ignored.
 * @throws OperatorError when the album lacks a photo, or pairs of one of the two kinds are missing
 */
export function readProtocol(text: string, { photos }: Pick<Album, 'photos'>): Protocol {
  const indexOf = new Map(photos.map((photo, index) => [photo.name, index]));
  const photo = (person: string, number: string): number => {
    const name = `${person}_${number.padStart(4, '0')}`;
    const index = indexOf.get(name);
    if (index === undefined)
      throw new OperatorError(`the list of pairs names a photo that is not in the folder: ${name}`);
    return index;
  };

  const genuine: PhotoPair[] = [];
  const impostor: PhotoPair[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [a = '', i = '', b = '', j = ''] = line.split(/[,\t]/).map((field) => field.trim());
    if (!isNumber(i)) continue;
    if (isNumber(b) && j === '') genuine.push([photo(a, i), photo(a, b)]);
    else if (isNumber(j)) impostor.push([photo(a, i), photo(b, j)]);
  }
  if (genuine.length === 0 || impostor.length === 0)
    throw new OperatorError('the list of pairs must hold pairs of both kinds');
  return { genuine, impostor };
}

const isNumber = (field: string) => /^\d+$/.test(field);
