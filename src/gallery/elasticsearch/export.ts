import { OperatorError } from '../../causes/operator-error.ts';
import type { ScopeId } from '../../consent/who.ts';
import type { GalleryExport, PersonExport, ScopeExport } from '../transfer.ts';
import { having } from './documents.ts';
import type { Row } from './find-log.ts';
import { type LivingRecord, subjectIn } from './life.ts';
import { openParts } from './open.ts';
import type { Parts, PartsOptions } from './parts.ts';
import type { PlacedScope } from './scopes.ts';
import { settlerOf } from './settle.ts';

/**
 * How often one group is read at most. A read during which somebody agrees, enrols or leaves is
 * repeated.
 */
const MOST_LOOKS = 10;

/** Opens a gallery to read all of it. Other processes may use it. Throws as {@link openParts}. */
export async function exportElasticsearchGallery(options: PartsOptions): Promise<GalleryExport & AsyncDisposable> {
  const parts = await openParts(options);
  const { store, names, scopes, records, ledger, meta, keys } = parts;
  return {
    id: () => meta.galleryId(keys),

    async *scopes() {
      for (const scope of await scopes.all()) yield await atOneMoment(parts, scope);
    },

    async *oldLedgers() {
      const known = new Set((await scopes.all()).map(({ id }) => id));
      for (const { source } of await store.all<{ readonly scope: ScopeId }>(names.ledger, having({ seq: 0 }))) {
        const { scope } = source;
        if (!known.has(scope)) yield { scope, ledger: await ledger.read({ scope }) };
      }
    },

    tombstones: () => records.tombstones(),
    pack: () => meta.read('pack'),
    notices: () => meta.notices(),

    async [Symbol.asyncDispose]() {
      await parts.client.close();
    },
  };
}

/**
 * Reads a scope. It repeats this until the people's records did not change during the read.
 * @throws OperatorError when they changed during each of {@link MOST_LOOKS} reads
 */
async function atOneMoment(parts: Parts, scope: PlacedScope): Promise<ScopeExport> {
  const { records } = parts;
  const { settle } = settlerOf(parts);
  for (let look = 0; look < MOST_LOOKS; look++) {
    for (const id of await records.unsettled(scope.id)) await settle(scope, id);
    const before = await records.living(scope);
    const read = await exported(parts, scope, before);
    const after = new Map((await records.living(scope)).map(({ id, version }) => [id, version]));
    const isSame = after.size === before.length && before.every(({ id, version }) => isEqual(after.get(id), version));
    if (isSame && read) return read;
  }
  throw new OperatorError('A group changes all the while that it is read. Try again when less is going on in it.');
}

function isEqual(one: LivingRecord['version'], other: LivingRecord['version']): boolean {
  return one?.seqNo === other?.seqNo && one?.primaryTerm === other?.primaryTerm;
}

/**
 * Reads a scope once. Undefined when a template has no vector, which happens while a template is
 * being removed.
 */
async function exported(
  { store, names, scopes, faces, ledger }: Parts,
  scope: PlacedScope,
  living: readonly LivingRecord[],
): Promise<ScopeExport | undefined> {
  const embeddings = await faces.embeddings(scope);
  const people: PersonExport[] = [];
  for (const { epoch, life } of living) {
    const templates = life.templates.flatMap(({ id, pack, enrolledAt }) => {
      const embedding = embeddings.get(id);
      return embedding ? [{ pack, enrolledAt, embedding }] : [];
    });
    if (templates.length < life.templates.length) return undefined;
    const { person, alerts } = life;
    const salt = Buffer.from(life.salt, 'base64');
    people.push({ person, epoch, salt, subject: subjectIn(life), alerts, templates });
  }
  const personOf = new Map(living.map(({ id, life }) => [id, life.person]));
  const settings = await scopes.settings.of(scope);
  const rows = await store.all<Row>(names.finds, having({ scope: scope.id }));
  return {
    scope: scope.id,
    key: scope.key,
    places: scope.places,
    ...(Object.keys(settings).length > 0 && { settings }),
    ledger: await ledger.read({ scope: scope.id }),
    people,
    disputes: disputesAmong(living).map(({ challenger, holder }) => [challenger.life.person, holder.life.person]),
    finds: rows
      .toSorted((a, b) => a.source.at - b.source.at || a.version.seqNo - b.version.seqNo)
      .flatMap(({ source: { found, finder, kind, at } }) => {
        const person = personOf.get(found);
        return person ? [{ found: person, finder: finder === null ? undefined : personOf.get(finder), kind, at }] : [];
      }),
  };
}

/**
 * Gives each open dispute once. A dispute is open while both people have a life and name each other
 * as rivals. If an older facefinder opened it, it has no sides. Then the person who comes first in
 * `living` counts as challenger.
 */
function disputesAmong(living: readonly LivingRecord[]): { challenger: LivingRecord; holder: LivingRecord }[] {
  const named = (one: LivingRecord, other: LivingRecord) =>
    one.life.rivals.find(({ record, epoch }) => record === other.id && epoch === other.epoch);
  const disputed = living.filter(({ life }) => life.rivals.length > 0);
  return disputed.flatMap((one, index) =>
    disputed.slice(index + 1).flatMap((other) => {
      const rival = named(one, other);
      if (!rival || !named(other, one)) return [];
      return rival.side === 'challenger' ? [{ challenger: other, holder: one }] : [{ challenger: one, holder: other }];
    }),
  );
}
