import { OperatorError } from '../causes/operator-error.ts';
import { firstBreak, type LedgerEntry } from '../consent/ledger.ts';
import type { ScopeId } from '../consent/who.ts';
import type { Tombstone } from '../gallery/erasure.ts';
import {
  type Contents,
  counted,
  type GalleryExport,
  NOTHING,
  type PersonExport,
  type ScopeExport,
} from '../gallery/transfer.ts';
import type { PendingItem, Shelf } from '../queue/pending.ts';
import type { Keys } from '../secrets/keys.ts';
import { type PartsFile, readParts, writeParts } from './file.ts';

/** The first part of a backup. */
export interface BackupHead {
  /**
   * When the backup began, milliseconds since 1970. It may hold people who were erased after that.
   */
  readonly at: number;
  /** Id of the gallery. */
  readonly gallery: string;
  /** Id of the pack that listeners use; absent when no listener has used the gallery yet. */
  readonly pack?: string | undefined;
}

/** The sealed items of one shelf beside the gallery. */
export interface BackedUpShelf {
  readonly shelf: Shelf;
  readonly items: readonly PendingItem[];
}

type StoredTemplate = Omit<PersonExport['templates'][number], 'embedding'> & { readonly embedding: string };
type StoredPerson = Omit<PersonExport, 'salt' | 'templates'> & {
  readonly salt: string;
  readonly templates: readonly StoredTemplate[];
};

type Part =
  | ({ readonly kind: 'head' } & BackupHead)
  | { readonly kind: 'notices'; readonly notices: Awaited<ReturnType<GalleryExport['notices']>> }
  | { readonly kind: 'people'; readonly people: readonly StoredPerson[] }
  | ({ readonly kind: 'scope'; readonly key: string } & Omit<ScopeExport, 'key' | 'people'>)
  | { readonly kind: 'oldLedger'; readonly scope: ScopeId; readonly ledger: readonly LedgerEntry[] }
  | { readonly kind: 'tombstones'; readonly tombstones: readonly Tombstone[] }
  | ({ readonly kind: 'shelf' } & BackedUpShelf)
  | { readonly kind: 'end'; readonly contents: Contents };

/** How many people one part holds. */
const PEOPLE_A_PART = 200;

/**
 * Writes a gallery into a file. Each group is as it was at one moment. The shelves are read after
 * the people. So the backup also knows of results that name these people and were shown to groups
 * while it was written. Fails as {@link writeParts}, the gallery and `shelves` do.
 */
export async function writeBackup(
  path: string,
  keys: Keys,
  head: BackupHead,
  source: GalleryExport,
  shelves: () => Promise<readonly BackedUpShelf[]> = async () => [],
): Promise<Contents> {
  let contents = NOTHING;
  await writeParts<Part>(path, keys, async (file) => {
    await file.write({ kind: 'head', ...head });
    await file.write({ kind: 'notices', notices: await source.notices() });
    for await (const scope of source.scopes()) {
      await writeScope(file, scope);
      contents = counted(contents, scope);
    }
    for await (const { scope, ledger } of source.oldLedgers()) await file.write({ kind: 'oldLedger', scope, ledger });
    for (const shelf of await shelves()) await file.write({ kind: 'shelf', ...shelf });
    // The tombstones come last, so that they include everybody who was erased while the backup was
    // written.
    await file.write({ kind: 'tombstones', tombstones: await source.tombstones() });
    await file.write({ kind: 'end', contents });
  });
  return contents;
}

async function writeScope(file: PartsFile<Part>, { key, people, ...scope }: ScopeExport): Promise<void> {
  for (let at = 0; at < people.length; at += PEOPLE_A_PART) {
    await file.write({ kind: 'people', people: people.slice(at, at + PEOPLE_A_PART).map(stored) });
  }
  await file.write({ kind: 'scope', key: textOf(key), ...scope });
}

/**
 * An opened backup. Each list is read from the file when it is asked for. Call {@link checkBackup}
 * first, which checks them all.
 */
export interface Backup {
  readonly head: BackupHead;
  readonly source: Omit<GalleryExport, 'id'>;
  readonly shelves: () => Promise<readonly BackedUpShelf[]>;
}

/**
 * Opens a backup.
 * @throws as {@link readParts}. Only {@link checkBackup} finds out whether the end is missing
 */
export async function openBackup(path: string, keys: Keys): Promise<Backup> {
  const parts = () => readParts<Part>(path, keys);
  const { value: head } = await parts().next();
  if (head?.kind !== 'head') throw new OperatorError(`${path} is no backup of facefinder.`);
  async function collected<K extends Part['kind']>(kind: K): Promise<Extract<Part, { kind: K }>[]> {
    const found: Extract<Part, { kind: K }>[] = [];
    for await (const part of parts()) if (isOf(part, kind)) found.push(part);
    return found;
  }
  return {
    head,
    source: {
      scopes: () => scopesIn(parts()),
      async *oldLedgers() {
        for await (const part of parts()) if (part.kind === 'oldLedger') yield part;
      },
      tombstones: async () => (await collected('tombstones')).flatMap(({ tombstones }) => tombstones),
      pack: async () => head.pack,
      notices: async () => (await collected('notices')).flatMap(({ notices }) => notices),
    },
    shelves: () => collected('shelf'),
  };
}

function isOf<K extends Part['kind']>(part: Part, kind: K): part is Extract<Part, { kind: K }> {
  return part.kind === kind;
}

async function* scopesIn(parts: AsyncGenerator<Part>): AsyncGenerator<ScopeExport> {
  let people: PersonExport[] = [];
  for await (const part of parts) {
    if (part.kind === 'people') people.push(...part.people.map(unstored));
    if (part.kind !== 'scope') continue;
    const { kind: _, key, ...scope } = part;
    yield { ...scope, key: bytesOf(key), people };
    people = [];
  }
}

/**
 * Reads a whole backup and unseals every part. It must have its end, and every ledger must be
 * whole.
 * @throws OperatorError that says what is wrong with it
 */
export async function checkBackup(path: string, keys: Keys): Promise<BackupHead & Contents> {
  const { head, source } = await openBackup(path, keys);
  let contents = NOTHING;
  for await (const scope of source.scopes()) {
    if (firstBreak(scope.ledger) !== undefined) throw new OperatorError(`${path} holds a ledger that is not whole.`);
    contents = counted(contents, scope);
  }
  let end: Contents | undefined;
  for await (const part of readParts<Part>(path, keys)) end = part.kind === 'end' ? part.contents : undefined;
  const names = ['scopes', 'people', 'templates', 'entries'] as const;
  const isWhole = end !== undefined && names.every((name) => end?.[name] === contents[name]);
  if (!isWhole) throw new OperatorError(`${path} was cut off: it has no end. Take another backup.`);
  return { ...head, ...contents };
}

function stored({ salt, templates, ...person }: PersonExport): StoredPerson {
  const closed = templates.map(({ embedding, ...template }) => {
    const { buffer, byteOffset, byteLength } = embedding;
    return { ...template, embedding: textOf(new Uint8Array(buffer, byteOffset, byteLength)) };
  });
  return { ...person, salt: textOf(salt), templates: closed };
}

function unstored({ salt, templates, ...person }: StoredPerson): PersonExport {
  const open = templates.map(({ embedding, ...template }) => ({
    ...template,
    embedding: new Float32Array(Uint8Array.from(bytesOf(embedding)).buffer),
  }));
  return { ...person, salt: bytesOf(salt), templates: open };
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'base64url');
