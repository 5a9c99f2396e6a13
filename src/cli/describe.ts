import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_PACK, loadPack } from '../../models/pack.ts';
import { modelStore } from '../app/models.ts';
import { failureText } from '../chat/failure.ts';
import { readConfig } from '../config.ts';
import { explained } from '../explain/explained.ts';
import { type Faces, type Seen, SHOWN_SIDE } from '../face/face.ts';
import { openFaces } from '../face/pool.ts';
import { Failure } from '../failure.ts';
import { wordsFor } from '../text/words.ts';
import { annotate, copiesIn } from './annotate.ts';
import { isFolder } from './folder.ts';
import { UsageError, type Verb } from './verb.ts';

interface Problem {
  readonly code: string;
  readonly message: string;
}

/** The code for a file that does not exist or cannot be opened. */
const UNOPENED = 'no_photo';

/**
 * `facefinder describe`: prints what the pipeline sees in photos. It is for scripts, and to find
 * out why a photo is refused.
 */
export const describe: Verb = {
  name: 'describe',
  summary: 'Say what the face pipeline sees in photos',
  usage: `facefinder describe <image…> [--annotate FOLDER] [--json] [--pack NAME]

  --annotate FOLDER
               for each photo photo.jpg a copy FOLDER/photo.faces.jpg, on which its faces are framed and have the numbers of the
               list; upright, at most ${SHOWN_SIDE} pixels long, a JPEG without what the photo says of when and where it was taken
  --json       one line of JSON per image, in the order given: {file, width, height, ms, faces} with boxes and landmarks in
               pixels of the upright photo and L2-normalised embeddings, or {file, error: {code, message}}; with --annotate
               also {annotated}, the copy
  --pack NAME  a pack of \`facefinder models list\`; default: FACE_PACK, or ${DEFAULT_PACK}

Stores nothing but the copies that you ask for. Exit code 0 when every image was looked at, 1 when one of them is not there or cannot be opened, 2 when one is a
folder or an address.`,
  async run(args, io) {
    const options = {
      annotate: { type: 'string' },
      json: { type: 'boolean', default: false },
      pack: { type: 'string' },
    } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    if (positionals.length === 0) throw new UsageError('name at least one image');
    for (const file of positionals) assertNoFolder(file);
    const copies = values.annotate === undefined ? undefined : await copiesIn(values.annotate, positionals);
    const config = readConfig(io.env);
    const pack = await loadPack(values.pack ?? config.pack ?? DEFAULT_PACK, modelStore(config, io.err));
    await using faces = await openFaces({ pack, children: Math.min(config.children, positionals.length) });
    let exitCode = 0;
    const print = async (file: string, seen: Seen | Problem) => {
      const isUnopened = 'code' in seen && seen.code === UNOPENED;
      const copy = 'code' in seen ? undefined : copies?.get(file);
      if (!('code' in seen) && copy !== undefined) await annotate(file, seen, copy, faces);
      if (values.json) io.out(asJson(file, seen, copy));
      else if (!isUnopened) io.out(inWords(file, seen, copy));
      if (!isUnopened) return;
      io.err(`facefinder describe: ${seen.message}`);
      exitCode = 1;
    };
    // At any time about as many photos are looked at as there are processes. The results are
    // printed in the order of the arguments.
    const window: Promise<() => Promise<void>>[] = [];
    for (const file of positionals) {
      window.push(look(file, faces).then((seen) => () => print(file, seen)));
      if (window.length > config.children) await (await window.shift())?.();
    }
    for (const line of window) await (await line)();
    return exitCode;
  },
};

function assertNoFolder(file: string): void {
  if (/^https?:\/\//i.test(file))
    throw new UsageError(`"${file}" is an address: save the photo as a file, and name that`);
  if (isFolder(file))
    throw new UsageError(`"${file}" is a folder: name the photos in it, as in ${join(file, '*.jpg')}`);
}

async function look(file: string, faces: Faces): Promise<Seen | Problem> {
  try {
    return await faces.see(await readFile(file));
  } catch (error) {
    if (error instanceof Failure) {
      if (error.code === 'internal') throw error;
      return { code: error.code, message: failureText(wordsFor('en'), error.code, error.details) };
    }
    const known = explained(error);
    if (!known) throw error;
    return { code: UNOPENED, message: known.message };
  }
}

function asJson(file: string, seen: Seen | Problem, annotated: string | undefined): string {
  if ('code' in seen) return JSON.stringify({ file, error: seen });
  const faces = seen.faces.map((face) => ({ ...face, embedding: Array.from(face.embedding) }));
  return JSON.stringify({ file, ...(annotated !== undefined && { annotated }), ...seen, faces });
}

function inWords(file: string, seen: Seen | Problem, annotated: string | undefined): string {
  if ('code' in seen) return `${file}: ${seen.code}: ${seen.message}`;
  const faces = seen.faces.map(({ box, score, quality }, index) => {
    const [x, y, width, height] = box.map(Math.round);
    const { eyeDistance, sharpness, turn, exposure, covered } = quality;
    return `\n  ${index + 1}: ${width}x${height} at ${x},${y}, score ${score.toFixed(2)}, eyes ${eyeDistance.toFixed(0)} px apart, sharpness ${sharpness.toFixed(0)}, turn ${turn.toFixed(2)}, exposure ${exposure.toFixed(2)}${covered.map((part) => `, ${part} covered`).join('')}`;
  });
  const marked = annotated === undefined ? '' : `\n  marked in ${annotated}`;
  return `${file}: ${seen.width}x${seen.height}, ${seen.faces.length} faces${faces.join('')}${marked}`;
}
