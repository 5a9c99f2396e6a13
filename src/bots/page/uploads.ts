import type { Person } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import { boundedMemory, type MemoryLimits } from './memory.ts';

interface Upload {
  /** Undefined while the photo arrives, because the fields that name its owner may come later. */
  person: Person | undefined;
  readonly chunks: Uint8Array[];
  /** When the photo's first byte arrived, by {@link performance.now}. */
  readonly begunAt: number;
  /**
   * Whether a request, or the press of a button, needs the photo right now. Then it is not dropped
   * to make room, unless it arrives too slowly; see {@link STREAMING_MS}.
   */
  inUse: boolean;
  /** The ids of buttons that may need the photo again when they are pressed. */
  buttons: readonly string[];
}

/**
 * Photos in memory that wait for their sender's consent, or for the worker. Their names are
 * references, and never file names.
 */
export interface Uploads {
  /** Begins a photo, and gives its name. Throws `busy` when there is no room. */
  begin(): string;
  /** Adds bytes to a photo. If there is no room, it drops the photo and throws `busy`. */
  append(name: string, chunk: Uint8Array): void;
  /**
   * Sets the owner of these photos, once all have come. Throws `busy` when one of them was dropped
   * meanwhile to make room for others.
   */
  own(names: readonly string[], person: Person): void;
  /**
   * The bytes of a photo. Throws `image_too_large` above `maxBytes`, and `no_photo` when the photo
   * is dropped or has timed out.
   */
  read(name: string, maxBytes: number): Uint8Array;
  /**
   * The photos of this user that wait for this button, and their sender. From now on the photos are
   * in use, and wait for no button.
   */
  resume(button: string, user: string): { readonly names: readonly string[]; readonly person: Person | undefined };
  /**
   * Call it when the request of these photos was answered. If the answer has buttons, the photos
   * wait for these. Otherwise they are dropped.
   */
  settle(names: readonly string[], buttons: readonly string[]): void;
  /** Drops photos at once. */
  drop(names: readonly string[]): void;
  /** Drops all of a person's photos. */
  forget(user: string): void;
}

/**
 * After this long, a photo that still arrives may be dropped to make room for others. Photos come
 * from this machine, so they arrive fast.
 */
const STREAMING_MS = 1_000;

/**
 * Keeps uploads within `limits`. Photos that wait for a button make room for newer ones, oldest
 * first. So do photos that arrive too slowly: otherwise many of them could fill the memory, and
 * everybody else would get `busy`.
 */
export function memoryUploads(limits: MemoryLimits): Uploads {
  const memory = boundedMemory<Upload>(limits, (upload) => !upload.inUse || isSlow(upload));
  const drop = (names: readonly string[]) => memory.drop((_, name) => names.includes(name));

  return {
    begin() {
      const name = memory.add(
        { person: undefined, chunks: [], begunAt: performance.now(), inUse: true, buttons: [] },
        0,
      );
      if (name === undefined) throw new Failure('busy');
      return name;
    },
    append(name, chunk) {
      const upload = memory.get(name);
      if (!upload || !memory.grow(name, chunk.length)) throw new Failure('busy');
      upload.chunks.push(chunk);
    },
    own(names, person) {
      for (const name of names) {
        const upload = memory.get(name);
        if (!upload) throw new Failure('busy');
        upload.person = person;
      }
    },
    read(name, maxBytes) {
      const upload = memory.get(name);
      if (!upload) throw new Failure('no_photo');
      const bytes = Buffer.concat(upload.chunks);
      if (bytes.length > maxBytes) throw new Failure('image_too_large');
      return bytes;
    },
    resume(button, user) {
      const found = [...memory.entries()].filter(([, upload]) => isOffered(upload, button, user));
      for (const [, upload] of found) {
        upload.inUse = true;
        // A second press then finds no photos. So it drops none at its end, while the first press
        // is still working.
        upload.buttons = [];
      }
      return { names: found.map(([name]) => name), person: found[0]?.[1].person };
    },
    settle(names, buttons) {
      if (buttons.length === 0) return drop(names);
      for (const name of names) {
        const upload = memory.get(name);
        if (!upload) continue;
        upload.inUse = false;
        upload.buttons = buttons;
      }
    },
    drop,
    forget: (user) => memory.drop((upload) => upload.person?.id === user),
  };
}

function isSlow({ person, begunAt }: Upload): boolean {
  return person === undefined && performance.now() - begunAt > STREAMING_MS;
}

function isOffered(upload: Upload, button: string, user: string): boolean {
  return upload.person?.id === user && upload.buttons.includes(button);
}
