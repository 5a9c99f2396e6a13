import { OperatorError } from '../../causes/operator-error.ts';
import { firstBreak, type LedgerEntry } from '../../consent/ledger.ts';
import { standingAfter } from '../../consent/standing.ts';
import type { Person } from '../../consent/who.ts';
import { keyedHash } from '../../secrets/hash.ts';
import {
  type Contents,
  counted,
  type GalleryExport,
  NOTHING,
  type PersonExport,
  type ScopeExport,
} from '../transfer.ts';
import { having } from './documents.ts';
import { ensureIndices, PATIENTLY } from './ensure.ts';
import type { NewFace } from './faces.ts';
import { answered } from './failures.ts';
import { type Life, type LivingRecord, newLife, type Rival } from './life.ts';
import { openParts } from './open.ts';
import type { Parts, PartsOptions } from './parts.ts';
import type { OpenScope } from './scopes.ts';

/** The number of people whose vectors and records are written together. */
const IMPORT_BATCH = 100;

/**
 * When a batch of groups is full: with this many groups, or at least this many people. The groups
 * of a batch move at the same time, and share one refresh of the vectors.
 */
const TOGETHER = { scopes: 16, people: 1_000 };

interface ImportOptions {
  readonly onProgress?: ((moved: Contents) => void) | undefined;
  /** Called when everything is written. The import is done only once this has resolved. */
  readonly beforeDone?: () => Promise<void>;
}

/**
 * Moves a whole gallery into an empty one in Elasticsearch, and compares each group with its
 * source. After an interruption call it again. Each document then gets the same name as before, so
 * none is written twice.
 * @throws OperatorError when Elasticsearch has a gallery in use, when a gallery was moved into it
 * before, or when a group does not match its source
 */
export async function importIntoElasticsearch(
  options: PartsOptions,
  source: GalleryExport,
  { onProgress, beforeDone }: ImportOptions = {},
): Promise<Contents> {
  const parts = await openParts(options);
  try {
    await begin(parts);
    await parts.meta.put('id', await source.id());
    for (const { version, since } of await source.notices()) await parts.meta.putNotice(version, since);
    const adopted = await source.pack();
    if (adopted !== undefined) await parts.meta.put('pack', adopted);
    await putTombstones(parts, source);
    for await (const { scope, ledger } of source.oldLedgers()) await parts.ledger.put(scope, ledger);
    let moved = NOTHING;
    for await (const scopes of inBatches(source.scopes())) {
      await putScopes(parts, scopes);
      moved = scopes.reduce(counted, moved);
      onProgress?.(moved);
    }
    await beforeDone?.();
    await parts.meta.put(DONE, 'true');
    return moved;
  } finally {
    await parts.client.close();
  }
}

async function* inBatches(scopes: AsyncIterable<ScopeExport>): AsyncGenerator<ScopeExport[]> {
  let batch: ScopeExport[] = [];
  let people = 0;
  for await (const scope of scopes) {
    batch.push(scope);
    people += scope.people.length;
    if (batch.length < TOGETHER.scopes && people < TOGETHER.people) continue;
    yield batch;
    batch = [];
    people = 0;
  }
  if (batch.length > 0) yield batch;
}

const BEGUN = 'import begun';
const DONE = 'import done';

/** Removes the gallery's indices. The caller makes sure that nobody uses the gallery. */
export async function clearElasticsearch(options: PartsOptions): Promise<void> {
  const { client, names } = await openParts(options);
  try {
    const found = await answered(client.indices.getAlias({ index: [...names.single, names.everyFaces] }));
    await answered(client.indices.delete({ index: Object.keys(found) }, PATIENTLY));
  } finally {
    await client.close();
  }
}

/**
 * Notes that an import begins. Throws if a gallery is in use here, or if an import was completed
 * here before: people may have been erased since, and a second import would bring them back.
 */
async function begin({ meta, scopes }: Parts): Promise<void> {
  if (await meta.read(DONE))
    throw new OperatorError('A gallery was moved into this Elasticsearch before. It is the true one now.');
  const isOurs = (await meta.read(BEGUN)) !== undefined;
  if (!isOurs && (await scopes.all()).length > 0) {
    throw new OperatorError('This Elasticsearch holds a gallery that is in use. Move only into an empty one.');
  }
  await meta.put(BEGUN, 'true');
}

async function putTombstones({ records }: Parts, source: GalleryExport): Promise<void> {
  const tombstones = await source.tombstones();
  await records.putTombstones(tombstones.map(({ hash, epoch, at }) => ({ id: hash, epoch, erasedAt: at })));
}

async function putScopes(parts: Parts, scopes: readonly ScopeExport[]): Promise<void> {
  await ensurePacks(parts, scopes);
  await Promise.all(scopes.map((scope) => putScope(parts, scope)));
  await parts.store.refresh(parts.names.everyFaces);
  await Promise.all(scopes.map((scope) => verify(parts, scope)));
}

/**
 * Writes a scope with everything in it. The scope's own document is written last, so that nobody
 * finds a half-written scope.
 */
async function putScope(parts: Parts, moving: ScopeExport): Promise<void> {
  const { records, memberships, ledger, faces, finds, scopes } = parts;
  const scope: OpenScope = { id: moving.scope, key: moving.key };
  const idOf = (person: Person) => records.idOf(scope.id, person);
  await ledger.put(scope.id, moving.ledger);
  const lives = livesOf(moving, idOf);
  for (let at = 0; at < lives.length; at += IMPORT_BATCH) {
    const batch = lives.slice(at, at + IMPORT_BATCH);
    await faces.add(
      scope,
      batch.flatMap(({ rows }) => rows),
      { refresh: false },
    );
    await records.put(
      scope,
      batch.map(({ record }) => record),
    );
    await memberships.add(
      scope.id,
      batch.map(({ record }) => record),
    );
  }
  await finds.put(
    scope.id,
    moving.finds.map(({ found, finder, kind, at }, index) => ({
      id: keyedHash(scope.key, 'find', String(index)),
      found: idOf(found),
      finder: finder ? idOf(finder) : null,
      kind,
      at,
    })),
  );
  await scopes.put(scope, moving.places, moving.settings);
}

async function ensurePacks({ client, names, pack }: Parts, scopes: readonly ScopeExport[]): Promise<void> {
  const templates = scopes.flatMap(({ people }) => people.flatMap((person) => person.templates));
  const packs = new Map(templates.map((template) => [template.pack, template.embedding.length]));
  packs.delete(pack.id);
  for (const [id, dims] of packs) await ensureIndices(client, names, { id, dims });
}

/** Makes each person's record and the rows of their vectors. */
function livesOf(moving: ScopeExport, idOf: (person: Person) => string): { record: LivingRecord; rows: NewFace[] }[] {
  const entries = Map.groupBy(moving.ledger, ({ subject }) => subject);
  const epochs = new Map(moving.people.map(({ person, epoch }) => [idOf(person), epoch]));
  const disputes = moving.disputes.map((dispute) => dispute.map(idOf));
  return moving.people.map((person) => {
    const id = idOf(person.person);
    const rivals = disputes
      .flatMap(([challenger, holder]): Omit<Rival, 'epoch'>[] => {
        if (challenger === id && holder !== undefined) return [{ record: holder, side: 'holder' }];
        return holder === id && challenger !== undefined ? [{ record: challenger, side: 'challenger' }] : [];
      })
      .map((rival) => ({ ...rival, epoch: epochs.get(rival.record) ?? 0 }));
    const life = { ...lifeOf(person, entries.get(person.subject) ?? []), rivals };
    const isHidden = rivals.some(({ side }) => side === 'holder');
    const notice = isHidden ? null : (life.agreed.enrol?.version ?? null);
    const rows = person.templates.map(({ pack, enrolledAt, embedding }, index) => ({
      template: { id: keyedHash(moving.key, 'template', id, String(index)), pack, enrolledAt },
      embedding,
      owner: id,
      notice,
    }));
    const templates = rows.map(({ template }) => template);
    return { record: { id, epoch: person.epoch, life: { ...life, templates } }, rows };
  });
}

function lifeOf({ person, salt, alerts, epoch }: PersonExport, entries: readonly LedgerEntry[]): Life {
  const { agreed, confirmedAt } = standingAfter(entries, { epoch, alerts, templates: 0 });
  return {
    ...newLife(person),
    salt: Buffer.from(salt).toString('base64'),
    agreed,
    ...(confirmedAt !== undefined && { confirmedAt }),
    alerts,
    lastSeq: entries.at(-1)?.seq ?? -1,
    listed: true,
  };
}

async function verify({ scopes, records, ledger, store, names }: Parts, moving: ScopeExport): Promise<void> {
  const scope = await scopes.open(moving.scope);
  const entries = await ledger.read({ scope: moving.scope });
  const rows = await store.count(names.everyFaces, having({ scope: moving.scope }), moving.scope);
  const isWhole =
    scope !== undefined &&
    entries.length === moving.ledger.length &&
    entries.at(-1)?.hash === moving.ledger.at(-1)?.hash &&
    firstBreak(entries) === undefined &&
    (await records.living(scope)).length === moving.people.length &&
    rows === moving.people.reduce((sum, { templates }) => sum + templates.length, 0);
  if (!isWhole) {
    throw new OperatorError(
      'A group did not arrive whole. Make sure that no facefinder runs on either gallery, delete the indices in Elasticsearch, ' +
        'and move again.',
    );
  }
}
