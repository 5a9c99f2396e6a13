import { OperatorError } from '../causes/operator-error.ts';
import type { Album } from './album.ts';

/** Pairs of photos (indices into an album) that a data set's authors chose. */
export interface Protocol {
  readonly genuine: readonly PhotoPair[];
  readonly impostor: readonly PhotoPair[];
}

export type PhotoPair = readonly [a: number, b: number];

/**
 * Reads a list of pairs in LFW's form, `pairs.txt` (tabs) or `pairs.csv` (commas). `person,1,4` are
 * two photos of one person, `person,1,other,2` photos of two. Photo n of a person is the file
 * `<person>_<n as four digits>`. Other lines (the heading, the sizes in the first line) are left
 * out.
 * @throws when a photo is not in the album, or there are no pairs
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
