import { readFile } from 'node:fs/promises';
import type { Store } from '../../models/fetch.ts';
import { loadPack, type Pack } from '../../models/pack.ts';
import { openFaces } from '../face/pool.ts';
import { type Album, readAlbum } from './album.ts';
import { type Copied, copiesOf, type Half } from './defect-copies.ts';
import { readErrata, type SamePeople } from './errata.ts';
import { type Groups, readGroups } from './groups.ts';
import { type Protocol, readProtocol } from './protocol.ts';
import type { Qualities } from './quality-classes.ts';
import { findSubjects, type Subjects } from './subjects.ts';

/** What to see in a folder that has one folder of photos for each person, and how. */
export interface FolderOptions {
  readonly folder: string;
  readonly pack: string;
  readonly store: Store;
  readonly children: number;
  /** The file with wrong labels; see {@link readErrata}. */
  readonly errata?: string | undefined;
  /** The file with groups; see {@link readGroups}. */
  readonly groups?: string | undefined;
  /** The file with pairs; see {@link readProtocol}. */
  readonly pairs?: string | undefined;
  /** Whether to leave out the pack's correction, because a new correction is to be learned. */
  readonly uncorrected?: boolean;
  /** The half of the people whose photos are also seen with defects, if any. */
  readonly copied?: Half | undefined;
  /** Gets sentences about the progress, and about lines in `groups` that have no effect. */
  readonly onProgress: (line: string) => void;
}

export interface EmbeddedFolder {
  readonly pack: Pack;
  readonly album: Album;
  readonly subjects: Subjects;
  /** The quality of each photo's face; undefined where no face was found. */
  readonly qualities: Qualities;
  readonly same: SamePeople;
  readonly groups?: Groups | undefined;
  readonly protocol?: Protocol | undefined;
  readonly copied?: readonly Copied[];
}

/** The number of progress reports, however many photos there are. */
const REPORTS = 10;

/** Reads the lists, and then sees every photo of a folder. Nothing is stored. */
export async function embedFolder({
  folder,
  store,
  children,
  onProgress,
  ...options
}: FolderOptions): Promise<EmbeddedFolder> {
  const album = await readAlbum(folder);
  const read = async <T>(file: string | undefined, parse: (text: string) => T) =>
    file === undefined ? undefined : parse(await readFile(file, 'utf8'));
  const same = (await read(options.errata, (text) => readErrata(text, album))) ?? new Map();
  const groups = await read(options.groups, (text) => readGroups(text, album, onProgress));
  const protocol = await read(options.pairs, (text) => readProtocol(text, album));
  const loaded = await loadPack(options.pack, store);
  const pack = options.uncorrected ? withoutCorrection(loaded) : loaded;
  await using faces = await openFaces({ pack, children });
  const total = album.photos.length;
  const found = await findSubjects(album, faces, {
    // One photo more than there are processes, so that no process waits while a file is read.
    atOnce: children + 1,
    onProgress: (done) => {
      if (done % Math.ceil(total / REPORTS) === 0) onProgress(`${done} of ${total} photos seen`);
    },
  });
  const copied =
    options.copied &&
    (await copiesOf(album, options.copied, faces, pack.manifest.points, (done, people) => {
      if (done % Math.ceil(people / REPORTS) === 0) onProgress(`${done} of ${people} photos copied and seen`);
    }));
  const subjects = found.map((face) => face?.embedding);
  const qualities = found.map((face) => face?.quality);
  return { pack, album, subjects, qualities, same, groups, protocol, ...(copied && { copied }) };
}

function withoutCorrection(pack: Pack): Pack {
  const { correction: _, ...embedder } = pack.manifest.embedder;
  return { ...pack, manifest: { ...pack.manifest, embedder } };
}
