import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Person, ScopeId } from '../../../src/consent/who.ts';
import { membershipsHash } from '../../../src/gallery/rules/identity.ts';
import { keyedHash } from '../../../src/secrets/hash.ts';
import type { SqliteStore } from './store.ts';

const WINDOW = 16;

/** Windows are noted at every fourth byte, and searched for at every byte. */
const STRIDE = 4;

/**
 * Everything that must not be on a disk after its owner's erasure. Any 19 consecutive bytes of it
 * are a find.
 */
export class Remains {
  readonly #windows = new Map<string, string>();
  /**
   * Which three bytes begin a noted window. Without this check, looking up every offset of a file
   * in the map takes minutes.
   */
  readonly #starts = new Uint8Array(1 << 24);

  /** Notes bytes, or a text of at least 16 characters, under the name for the report. */
  note(what: string, secret: Uint8Array | string): void {
    const bytes = Buffer.from(secret as Uint8Array);
    if (bytes.length < WINDOW) throw new RangeError(`${what} is too short to be recognised`);
    for (let at = 0; at + WINDOW <= bytes.length; at += STRIDE) {
      this.#windows.set(bytes.subarray(at, at + WINDOW).toString('latin1'), what);
      this.#starts[bytes.readUIntBE(at, 3)] = 1;
    }
  }

  /** Notes a vector in every form in which a store may write it. */
  noteVector(vector: Float32Array): void {
    const little = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
    const big = Buffer.from(little).swap32();
    this.note('vector', little);
    this.note('vector, big-endian', big);
    this.note('vector, base64', little.toString('base64'));
    this.note('vector, big-endian base64', big.toString('base64'));
  }

  /**
   * Notes a vector as {@link noteVector} does, and in the forms that a person may be sent: numbers
   * in JSON, and base64 with any alignment.
   */
  noteEveryForm(vector: Float32Array): void {
    this.noteVector(vector);
    this.note('vector, JSON', JSON.stringify(Array.from(vector)));
    const little = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
    for (const bytes of [little, Buffer.from(little).swap32()]) {
      for (const skipped of [1, 2]) this.note('vector, base64', bytes.subarray(skipped).toString('base64'));
    }
  }

  /** Notes the database's present data of a person. */
  noteRows(store: SqliteStore, scope: ScopeId, person: Person): void {
    const { file, keys } = store;
    const { n, hash } = this.noteSealedPerson(store, scope, person);
    this.note('hash', hash);
    using db = new DatabaseSync(file, { readOnly: true });
    const list = membershipsHash(keys, person);
    this.note('memberships hash', list);
    const { sealed } = db.prepare('SELECT sealed FROM memberships WHERE person = ?').get(list) as {
      sealed: Uint8Array;
    };
    this.note('sealed memberships', sealed);
    for (const { sealed } of db.prepare('SELECT sealed FROM templates WHERE person = ?').all(n)) {
      this.note('sealed template', sealed as Uint8Array);
    }
  }

  /** Notes only the row with a person's present name. */
  noteSealedPerson({ file, keys }: SqliteStore, scope: ScopeId, person: Person) {
    using db = new DatabaseSync(file, { readOnly: true });
    const hash = keyedHash(keys.lookup, 'person', scope, person.platform, person.id);
    const row = db.prepare('SELECT n, sealed FROM people WHERE person = ?').get(hash) as {
      n: number;
      sealed: Uint8Array;
    };
    this.note('sealed person', row.sealed);
    return { n: row.n, hash };
  }

  /** How often each noted thing is in the files of a folder and its subfolders. */
  in(folder: string): Record<string, number> {
    const found: Record<string, number> = {};
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      for (const what of this.#findsIn(bytesOf(join(entry.parentPath, entry.name)))) {
        const key = `${entry.name}: ${what}`;
        found[key] = (found[key] ?? 0) + 1;
      }
    }
    return found;
  }

  /** The noted things that are in these bytes. */
  among(bytes: Buffer): string[] {
    return [...new Set(this.#findsIn(bytes))];
  }

  *#findsIn(bytes: Buffer): Generator<string> {
    for (let at = 0; at + WINDOW <= bytes.length; at++) {
      if (this.#starts[bytes.readUIntBE(at, 3)] === 0) continue;
      const what = this.#windows.get(bytes.subarray(at, at + WINDOW).toString('latin1'));
      if (what !== undefined) yield what;
    }
  }
}

/** A file's bytes. A file that a running program removed after it was listed has none. */
function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/**
 * The longest run of non-zero bytes between the cell pointers and the cells of any B-tree page of
 * the file (https://sqlite.org/fileformat2.html#b_tree_pages). More than 4 are copies of moved
 * rows, fewer are old cell pointers. The WAL must be empty.
 */
export function longestRunBetweenRows(file: string): number {
  using db = new DatabaseSync(file, { readOnly: true });
  const { page_size: size } = db.prepare('PRAGMA page_size').get() as { page_size: number };
  const pages = db.prepare("SELECT pageno FROM dbstat WHERE pagetype IN ('leaf', 'internal')").all();
  const bytes = readFileSync(file);
  const runs = pages.map(({ pageno }) => {
    const page = bytes.subarray((Number(pageno) - 1) * size, Number(pageno) * size);
    const header = pageno === 1 ? 100 : 0;
    const isLeaf = page[header] === 10 || page[header] === 13;
    const pointersEnd = header + (isLeaf ? 8 : 12) + 2 * page.readUInt16BE(header + 3);
    const between = page.subarray(pointersEnd, page.readUInt16BE(header + 5)).toString('latin1');
    return Math.max(0, ...(between.match(/[^\0]+/g) ?? []).map((run) => run.length));
  });
  return Math.max(...runs);
}
