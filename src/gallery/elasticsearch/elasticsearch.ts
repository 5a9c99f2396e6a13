import { NOTICE_VERSION } from '../../consent/notice.ts';
import { nothingHeld } from '../../consent/standing.ts';
import type { ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Gallery } from '../gallery.ts';
import { acknowledged, assertEnrollable } from '../rules/enrol.ts';
import { assertInForce } from '../rules/pack.ts';
import { agreeing, renaming } from './agree.ts';
import { clashesOf } from './clashes.ts';
import { mender } from './damage.ts';
import { deciding } from './decide.ts';
import { dossiers } from './dossier.ts';
import { enrolling } from './enrol.ts';
import { entering } from './entrance.ts';
import { eraser } from './erase.ts';
import { groupsOf } from './groups.ts';
import { checkHealth } from './health.ts';
import { standingOf } from './life.ts';
import { openParts } from './open.ts';
import type { Parts, PartsOptions } from './parts.ts';
import { rehearsedParts } from './rehearse.ts';
import type { OpenScope } from './scopes.ts';
import { scrubber } from './scrub.ts';
import { searching } from './search.ts';
import { settlerOf } from './settle.ts';
import { sweeper } from './sweep.ts';
import { witnessable } from './witnessable.ts';

export interface ElasticsearchGalleryOptions extends PartsOptions {
  /** Version of the notice in force. */
  readonly notice?: number;
}

/**
 * A gallery in Elasticsearch; makes its templates, indices and aliases when they are missing. Any number of processes may use
 * it at once. Throws a plain Error that says what to do when it was made with another MASTER_KEY, `unavailable` when
 * Elasticsearch does not answer or refuses.
 */
export async function openElasticsearchGallery(options: ElasticsearchGalleryOptions): Promise<Gallery> {
  const { notice = NOTICE_VERSION } = options;
  const parts = await openParts(options);
  const noticeSince = await parts.meta.noticeFirstSeen(notice, Date.now()).catch(async (error) => {
    await parts.client.close();
    throw error;
  });
  return galleryOf(parts, notice, noticeSince);
}

/**
 * The gallery that is there, to be looked at: nothing is made or brought up to date. Undefined where the next start has something
 * to make first. Throws where that would throw, and when an index is gone.
 */
export async function rehearseElasticsearchGallery(options: PartsOptions): Promise<Gallery | undefined> {
  const parts = await rehearsedParts(options);
  return parts && galleryOf(parts, NOTICE_VERSION, Date.now());
}

function galleryOf(parts: Parts, notice: number, noticeSince: number): Gallery {
  const { pack, client, store, names, meta, scopes, records, ledger, faces, finds } = parts;
  const settler = settlerOf(parts);
  const groups = groupsOf(parts);
  const agree = agreeing(parts, settler);
  const rename = renaming(parts);
  const enrol = enrolling(parts, settler, clashesOf(faces, records), pack);
  const search = searching(parts, settler, notice);
  const dossier = dossiers(parts, settler);
  const erasing = eraser(parts, settler);
  const tidy = sweeper(parts, settler, erasing);

  /** What `work` gives in the scope; `unknown` when there is no such scope (any more). */
  async function inScope<T>(id: ScopeId, unknown: T, work: (scope: OpenScope) => Promise<T>): Promise<T> {
    const scope = await scopes.open(id);
    return scope ? work(scope) : unknown;
  }

  async function known(id: ScopeId): Promise<OpenScope> {
    const scope = await scopes.openNow(id);
    if (!scope) throw new Failure('expired');
    return scope;
  }

  return {
    ...groups,
    ...deciding(parts, settler),
    ...mender(parts, settler),
    ...witnessable(parts, erasing),

    people: (id) =>
      inScope(id, [], async (scope) => {
        const living = await records.living(scope);
        return living.map((record) => ({ person: record.life.person, standing: standingOf(record, pack) }));
      }),

    entrance: entering(parts, settler),

    async standing(id, person) {
      const record = records.idOf(id, person);
      const scope = await scopes.open(id);
      return scope ? standingOf(await settler.settle(scope, record), pack) : nothingHeld(await records.epoch(record));
    },

    agree: async (id, person, purpose, agreement, epoch) => agree(await known(id), person, purpose, agreement, epoch),

    rename: (id, person) => inScope(id, undefined, (scope) => rename(scope, person)),

    async enrol(consent, embeddings, how) {
      assertEnrollable(consent, embeddings, pack);
      return enrol(await known(consent.scope), consent, embeddings, how);
    },

    search: (id, embeddings) =>
      inScope(id, { templates: 0, faces: embeddings.map(() => []) }, (scope) => search(scope, embeddings)),

    recordFinds: (id, finder, found, at, ask) =>
      inScope(id, undefined, (scope) =>
        finds.add(
          scope,
          finder,
          found.map((person) => records.idOf(id, person)),
          { kind: 'find', at, ask },
        ),
      ),

    acknowledge: (id, person, told) =>
      inScope(id, undefined, async (scope) => {
        await records.change(scope, records.idOf(id, person), (record) => {
          const { life } = record;
          return life?.alerts ? { ...record, life: { ...life, alerts: acknowledged(life.alerts, told) } } : undefined;
        });
      }),

    dossier: (id, person) => inScope(id, undefined, (scope) => dossier(scope, person)),

    erase: (id, person, reason, now, how) =>
      inScope(id, undefined, (scope) => erasing.erase(scope, person, reason, now, how)),

    remaining: (id, person) => inScope(id, 0, (scope) => erasing.remaining(scope, person)),

    scrub: scrubber(client, store, names.erasable),
    tidy,

    vectors: (id) => faces.countIn(id),

    async ledger(id) {
      const scope = await scopes.open(id);
      if (scope) for (const record of await records.unsettled(id)) await settler.settle(scope, record);
      return ledger.read({ scope: id });
    },

    noticeSince: async () => noticeSince,
    adoptPack: () => meta.put('pack', pack.id),
    checkPack: async () => assertInForce(pack, await meta.read('pack')),
    check: () => checkHealth(parts),

    async [Symbol.asyncDispose]() {
      await finds.settled();
      await client.close();
    },
  };
}
