import type { Person } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import { boundedMemory, type MemoryLimits } from './memory.ts';

interface Upload {
  /** Undefined while it streams in, because the fields that name its owner may come later. */
  person: Person | undefined;
  readonly chunks: Uint8Array[];
  /** When its first byte arrived, by {@link performance.now}. */
  readonly begunAt: number;
  /**
   * Whether a request, or the press of a button, needs it right now. Then it must not make room for
   * others.
   */
  inUse: boolean;
  /** The buttons whose press may need it again. */
  buttons: readonly string[];
}

/**
 * Photos in memory that wait for their sender's consent, or for the worker. Names are references,
 * never file names.
 */
export interface Uploads {
  /** Begins a photo. `busy` without room. */
  begin(): string;
  /** Adds bytes to a photo. Without room it drops the photo and throws `busy`. */
  append(name: string, chunk: Uint8Array): void;
  /**
   * Sets the owner of these photos, once all have come. `busy` when one of them was dropped
   * meanwhile to make room for others.
   */
  own(names: readonly string[], person: Person): void;
  /**
   * The bytes of a photo. `image_too_large` above `maxBytes`; `no_photo` when it is dropped or has
   * timed out.
   */
  read(name: string, maxBytes: number): Uint8Array;
  /**
   * The photos that wait for this button, if the same person sent them. They are in use from now
   * on.
   */
  resume(button: string, user: string): { readonly names: readonly string[]; readonly person: Person | undefined };
  /**
   * Call it when the request of these photos was answered. They wait for one of the answer's
   * buttons, or are dropped when it has none.
   */
  settle(names: readonly string[], buttons: readonly string[]): void;
  /** Drops photos at once. */
  drop(names: readonly string[]): void;
  /** Drops all of a person's photos. */
  forget(user: string): void;
}

/**
 * Photos come from this machine, so they stream fast. One that streams for longer than this may be
 * dropped to make room for others.
 */
const STREAMING_MS = 1_000;

/**
 * Uploads within `limits`. Photos that wait for a button make room for newer ones, oldest first. So
 * do slow ones, because many of them must not make everybody wait.
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
        // A second press then finds no photos, so its end drops none while the first press works.
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
