import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_PACK, loadPack } from '../../models/pack.ts';
import { modelStore } from '../app/models.ts';
import { failureText } from '../chat/failure.ts';
import { readConfig } from '../config.ts';
import { explained } from '../explain/explained.ts';
import type { Faces, Seen } from '../face/face.ts';
import { openFaces } from '../face/pool.ts';
import { Failure } from '../failure.ts';
import { wordsFor } from '../text/words.ts';
import { isFolder } from './folder.ts';
import { UsageError, type Verb } from './verb.ts';

interface Problem {
  readonly code: string;
  readonly message: string;
}

/** A file that is not there, or is closed to us. */
const UNOPENED = 'no_photo';

/** `facefinder describe`: what the pipeline sees, for scripts and for looking why a photo is refused. */
export const describe: Verb = {
  name: 'describe',
  summary: 'Say what the face pipeline sees in photos',
  usage: `facefinder describe <image…> [--json] [--pack NAME]

  --json       one line of JSON per image, in the order given: {file, width, height, ms, faces} with boxes and landmarks in
               pixels of the upright photo and L2-normalised embeddings, or {file, error: {code, message}}
  --pack NAME  a pack of \`facefinder models list\`; default: FACE_PACK, or ${DEFAULT_PACK}

Stores nothing. Exit code 0 when every image was looked at, 1 when one of them is not there or cannot be opened, 2 when one is a
folder or an address.`,
  async run(args, io) {
    const options = { json: { type: 'boolean', default: false }, pack: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    if (positionals.length === 0) throw new UsageError('name at least one image');
    for (const file of positionals) assertNoFolder(file);
    const config = readConfig(io.env);
    const pack = await loadPack(values.pack ?? config.pack ?? DEFAULT_PACK, modelStore(config, io.err));
    await using faces = await openFaces({ pack, workers: Math.min(config.workers, positionals.length) });
    let exitCode = 0;
    const print = (file: string, seen: Seen | Problem) => {
      const isUnopened = 'code' in seen && seen.code === UNOPENED;
      if (values.json) io.out(asJson(file, seen));
      else if (!isUnopened) io.out(inWords(file, seen));
      if (!isUnopened) return;
      io.err(`facefinder describe: ${seen.message}`);
      exitCode = 1;
    };
    // As many photos at once as there are processes; printed in the order given.
    const window: Promise<() => void>[] = [];
    for (const file of positionals) {
      window.push(look(file, faces).then((seen) => () => print(file, seen)));
      if (window.length > config.workers) (await window.shift())?.();
    }
    for (const line of window) (await line)();
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

function asJson(file: string, seen: Seen | Problem): string {
  if ('code' in seen) return JSON.stringify({ file, error: seen });
  const faces = seen.faces.map((face) => ({ ...face, embedding: Array.from(face.embedding) }));
  return JSON.stringify({ file, ...seen, faces });
}

function inWords(file: string, seen: Seen | Problem): string {
  if ('code' in seen) return `${file}: ${seen.code}: ${seen.message}`;
  const faces = seen.faces.map(({ box, score, quality }, index) => {
    const [x, y, width, height] = box.map(Math.round);
    const { eyeDistance, sharpness, turn, exposure } = quality;
    return `\n  ${index + 1}: ${width}x${height} at ${x},${y}, score ${score.toFixed(2)}, eyes ${eyeDistance.toFixed(0)} px apart, sharpness ${sharpness.toFixed(0)}, turn ${turn.toFixed(2)}, exposure ${exposure.toFixed(2)}`;
  });
  return `${file}: ${seen.width}x${seen.height}, ${seen.faces.length} faces${faces.join('')}`;
}
