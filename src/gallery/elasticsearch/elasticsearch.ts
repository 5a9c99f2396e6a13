import { NOTICE_VERSION } from '../../consent/notice.ts';
import type { ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Gallery } from '../gallery.ts';
import { assertEnrollable } from '../rules/enrol.ts';
import { assertInForce } from '../rules/pack.ts';
import { weeklyPairs } from '../weekly-pairs.ts';
import { agreeing } from './agree.ts';
import { clashesOf } from './clashes.ts';
import { mender } from './damage.ts';
import { deciding } from './decide.ts';
import { enrolling } from './enrol.ts';
import { entering } from './entrance.ts';
import { eraser } from './erase.ts';
import { groupsOf } from './groups.ts';
import { checkHealth } from './health.ts';
import { openParts } from './open.ts';
import type { Parts, PartsOptions } from './parts.ts';
import { personsOf } from './persons.ts';
import { type RehearsalOptions, rehearsedParts } from './rehearse.ts';
import { remainingIn } from './remaining.ts';
import type { OpenScope } from './scopes.ts';
import { scrubber } from './scrub.ts';
import { searching } from './search.ts';
import { settlerOf } from './settle.ts';
import { sweeper } from './sweep.ts';
import { witnessable } from './witnessable.ts';

export interface ElasticsearchGalleryOptions extends PartsOptions {
  /** Version of the notice in force. */
  readonly notice?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Opens a gallery in Elasticsearch, and makes missing index templates, indices and aliases. Any
 * number of processes may use the gallery at once.
 * @throws Cause `key_wrong` when the gallery was made with another MASTER_KEY; Failure
 * `unavailable` when Elasticsearch does not answer or refuses
 */
export async function openElasticsearchGallery(options: ElasticsearchGalleryOptions): Promise<Gallery> {
  const { notice = NOTICE_VERSION, now = Date.now } = options;
  const parts = await openParts(options);
  const noticeSince = await parts.meta.noticeFirstSeen(notice, Date.now()).catch(async (error) => {
    await parts.client.close();
    throw error;
  });
  return galleryOf(parts, notice, noticeSince, now);
}

/**
 * Opens an existing gallery as a start would, but makes and updates nothing. Undefined when the
 * next start would first have to make something. Throws when an index is gone, and throws what that
 * start would throw.
 */
export async function rehearseElasticsearchGallery(options: RehearsalOptions): Promise<Gallery | undefined> {
  const parts = await rehearsedParts(options);
  return parts && galleryOf(parts, NOTICE_VERSION, Date.now(), Date.now);
}

function galleryOf(parts: Parts, notice: number, noticeSince: number, now: () => number): Gallery {
  const { pack, client, store, names, meta, scopes, records, ledger, faces, finds } = parts;
  const settler = settlerOf(parts);
  const groups = groupsOf(parts);
  const agree = agreeing(parts, settler);
  const enrol = enrolling(parts, settler, clashesOf(faces, records), pack);
  const search = searching(parts, settler, { notice, pairs: weeklyPairs(now) });
  const erasing = eraser(parts, settler);
  const tidy = sweeper(parts, settler, erasing);

  /** Runs `work` in the scope; gives `unknown` when the scope does not exist. */
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
    ...personsOf(parts, settler),
    ...deciding(parts, settler),
    ...mender(parts, settler),
    ...witnessable(parts, erasing),

    entrance: entering(parts, settler),

    agree: async (id, person, purpose, agreement, epoch) => agree(await known(id), person, purpose, agreement, epoch),

    async enrol(consent, embeddings, how) {
      assertEnrollable(consent, embeddings, pack);
      return enrol(await known(consent.scope), consent, embeddings, how);
    },

    search: (id, embeddings, near) =>
      inScope(id, { templates: 0, faces: embeddings.map(() => []) }, (scope) => search(scope, embeddings, near)),

    recordFinds: (id, finder, found, at, ask) =>
      inScope(id, undefined, (scope) =>
        finds.add(
          scope,
          finder,
          found.map((person) => records.idOf(id, person)),
          { kind: 'find', at, ask },
        ),
      ),

    erase: erasing.erase,
    remaining: remainingIn(parts),
    scrub: scrubber(client, store, names.erasable),
    tidy,

    attempts: () => finds.allAttempts(),
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
