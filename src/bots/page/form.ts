import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import { Busboy, type BusboyFileStream } from '@fastify/busboy';

/**
 * The contents of a multipart body: its text fields, and the names of its photos in order.
 * {@link PhotoSink.begin} gave these names.
 */
export interface Form {
  readonly fields: Readonly<Record<string, string>>;
  readonly photos: readonly string[];
}

/**
 * Receives the photos of a body while they arrive. When `begin` or `append` throws, the reading
 * ends with that error.
 */
export interface PhotoSink {
  begin(): string;
  append(name: string, chunk: Uint8Array): void;
}

export interface FormLimits {
  /** The most bytes of one photo. */
  readonly photoBytes: number;
  /**
   * How many photos are kept at most. For each further one, the form gets the name {@link
   * TOO_MANY}, so that the command can say how many there were.
   */
  readonly photos: number;
}

/** Stands for a photo that was not kept because there were too many. */
const TOO_MANY = 'too-many';

/** Why a body was not taken. */
export class FormError extends Error {
  override readonly name = 'FormError';
  readonly reason: 'malformed' | 'tooLarge';
  constructor(reason: 'malformed' | 'tooLarge', cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

const TEXT_BYTES = 8_192;

/**
 * Reads a multipart body to its end, even a wrong one, because a browser that is cut off while it
 * sends shows no answer. It keeps only photos within the limits, and drops everything else as it
 * arrives.
 * @throws FormError, or the sink's error; then the caller must drop the photos that were begun
 */
export async function readForm(incoming: IncomingMessage, limits: FormLimits, sink: PhotoSink): Promise<Form> {
  const problems: unknown[] = [];
  const fail = (error: unknown) => problems.push(error);
  const malformed = (cause?: unknown) => fail(new FormError('malformed', cause));
  const fields = new Map<string, string>();
  const photos: string[] = [];

  const parser = openParser(incoming, limits, malformed);
  if (parser) {
    parser.on('field', (name, value, _, isTruncated) => {
      if (isTruncated) malformed();
      fields.set(name, value);
    });
    parser.on('file', (field, stream, filename) => {
      stream.on('error', malformed).once('limit', () => fail(new FormError('tooLarge')));
      if (field !== 'photo' || problems.length > 0) stream.resume();
      else if (photos.length < limits.photos) keep(stream, filename, sink, photos, fail);
      else photos.push(TOO_MANY) && stream.resume();
    });
    incoming.once('error', (error) => parser.destroy(error));
    incoming.pipe(parser);
    await finished(parser).catch(malformed);
  }
  incoming.resume();
  await finished(incoming, { writable: false }).catch(malformed);

  if (problems.length > 0) throw problems[0];
  return { fields: Object.fromEntries(fields), photos };
}

function openParser(incoming: IncomingMessage, limits: FormLimits, malformed: (cause: unknown) => void) {
  try {
    return new Busboy({
      headers: { ...incoming.headers, 'content-type': incoming.headers['content-type'] ?? '' },
      limits: {
        fileSize: limits.photoBytes,
        fields: 20,
        fieldSize: TEXT_BYTES,
        headerPairs: 20,
        headerSize: TEXT_BYTES,
      },
    });
  } catch (error) {
    malformed(error);
    return undefined;
  }
}

/**
 * Passes a photo into the sink as it arrives. An empty file chooser sends a file without a name and
 * without bytes, which is no photo.
 */
function keep(
  stream: BusboyFileStream,
  filename: string | undefined,
  sink: PhotoSink,
  photos: string[],
  fail: (error: unknown) => void,
): void {
  let name: string | undefined;
  const take = (chunk?: Buffer) => {
    try {
      if (name === undefined) {
        name = sink.begin();
        photos.push(name);
      }
      if (chunk) sink.append(name, chunk);
    } catch (error) {
      fail(error);
      stream.off('data', take).resume();
    }
  };
  stream.on('data', take);
  if (filename) take();
}
