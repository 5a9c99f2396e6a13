import { OperatorError } from '../../causes/operator-error.ts';
import { firstBreak, type LedgerEntry } from '../../consent/ledger.ts';
import { standingAfter } from '../../consent/standing.ts';
import type { Person } from '../../consent/who.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { GalleryExport, PersonExport, ScopeExport } from '../transfer.ts';
import { having } from './documents.ts';
import { ensureIndices } from './ensure.ts';
import type { NewFace } from './faces.ts';
import { type Life, type LivingRecord, newLife } from './life.ts';
import { openParts } from './open.ts';
import type { Parts, PartsOptions } from './parts.ts';
import type { OpenScope } from './scopes.ts';

/** What was moved, each of it read back. */
export interface Moved {
  readonly scopes: number;
  readonly people: number;
  readonly templates: number;
  readonly entries: number;
}

/** People whose vectors are sent together. */
const BATCH = 100;

/**
 * Moves a whole gallery into an empty one in Elasticsearch, and reads it back. One that was cut short is carried on by calling
 * again: every document has the same name each time. Throws a plain Error that says what to do when the target is in use, was
 * moved into before, or does not hold in the end what the source does.
 */
export async function importIntoElasticsearch(options: PartsOptions, source: GalleryExport): Promise<Moved> {
  const parts = await openParts(options);
  try {
    await begin(parts);
    for (const { version, since } of await source.notices()) await parts.meta.putNotice(version, since);
    await putTombstones(parts, source);
    for await (const { scope, ledger } of source.oldLedgers()) await parts.ledger.put(scope, ledger);
    const moved = { scopes: 0, people: 0, templates: 0, entries: 0 };
    for await (const scope of source.scopes()) {
      await putScope(parts, scope);
      await verify(parts, scope);
      moved.scopes += 1;
      moved.people += scope.people.length;
      moved.templates += scope.people.reduce((sum, { templates }) => sum + templates.length, 0);
      moved.entries += scope.ledger.length;
    }
    await parts.meta.put(DONE, 'true');
    return moved;
  } finally {
    await parts.client.close();
  }
}

const BEGUN = 'import begun';
const DONE = 'import done';

/** A second import would bring back whom the first one's target has erased since. */
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

/** The scope itself comes last: until then nobody finds the way to what is half there. */
async function putScope(parts: Parts, moving: ScopeExport): Promise<void> {
  const { records, memberships, ledger, faces, finds, scopes } = parts;
  const scope: OpenScope = { id: moving.scope, key: moving.key };
  const idOf = (person: Person) => records.idOf(scope.id, person);
  await ledger.put(scope.id, moving.ledger);
  await ensurePacks(parts, moving);
  const lives = livesOf(moving, idOf);
  for (let at = 0; at < lives.length; at += BATCH) {
    const batch = lives.slice(at, at + BATCH);
    await faces.add(
      scope,
      batch.flatMap(({ rows }) => rows),
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
  await scopes.put(scope, moving.places);
}

async function ensurePacks({ client, names }: Parts, { people }: ScopeExport): Promise<void> {
  const templates = people.flatMap((person) => person.templates);
  const packs = new Map(templates.map(({ pack, embedding }) => [pack, embedding.length]));
  for (const [id, dims] of packs) await ensureIndices(client, names, { id, dims });
}

/** Each person's record, and the vectors that belong to it. */
function livesOf(moving: ScopeExport, idOf: (person: Person) => string): { record: LivingRecord; rows: NewFace[] }[] {
  const entries = Map.groupBy(moving.ledger, ({ subject }) => subject);
  const epochs = new Map(moving.people.map(({ person, epoch }) => [idOf(person), epoch]));
  const disputes = moving.disputes.map(([one, other]) => [idOf(one), idOf(other)] as const);
  return moving.people.map((person) => {
    const id = idOf(person.person);
    const rivals = disputes
      .flatMap(([one, other]) => (one === id ? [other] : other === id ? [one] : []))
      .map((record) => ({ record, epoch: epochs.get(record) ?? 0 }));
    const life = { ...lifeOf(person, entries.get(person.subject) ?? []), rivals };
    const notice = rivals.length > 0 ? null : (life.agreed.enrol?.version ?? null);
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
