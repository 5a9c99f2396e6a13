import { NOTICE_VERSION } from '../../consent/notice.ts';
import { nothingHeld } from '../../consent/standing.ts';
import type { ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { Gallery, PackVersion } from '../gallery.ts';
import { assertEnrollable } from '../rules/enrol.ts';
import { assertInForce } from '../rules/pack.ts';
import { assertDroppable, mayMovePlace } from '../rules/places.ts';
import { keptSince } from '../rules/retention.ts';
import { connect } from './connection.ts';
import { enroller } from './enrol.ts';
import { eraser } from './erase.ts';
import { adoptedPack, adoptPack, checkKey, noticeFirstSeen } from './meta.ts';
import { openedScopes } from './opened.ts';
import { migrate } from './schema.ts';
import type { OpenScope } from './scopes.ts';
import { scrubber } from './scrub.ts';
import { searcher } from './search.ts';
import { tablesOf } from './tables.ts';

/**
 * A gallery in one SQLite file, made when it is not there, readable by its owner alone; safe beside other processes on the
 * same file. `notice` is the version of the notice in force. Throws a plain Error that says what to do when the file was made
 * with another MASTER_KEY or by a newer facefinder, `unavailable` when it cannot be opened.
 */
export async function openSqliteGallery(options: {
  readonly file: string;
  readonly keys: Keys;
  readonly pack: PackVersion;
  readonly notice?: number;
}): Promise<Gallery> {
  const { file, keys, pack, notice = NOTICE_VERSION } = options;
  let noticeSince = 0;
  const connection = await connect(file, (db) => {
    migrate(db);
    checkKey(db, keys);
    noticeSince = noticeFirstSeen(db, notice, Date.now());
  });
  const { read, write, sql } = connection;
  const tables = tablesOf(connection, keys, pack);
  const { scopes, ledger, tombstones, people, templates, finds } = tables;
  const opened = openedScopes(connection, tables, pack, notice);
  const enrol = enroller(tables, opened, pack);
  const { erase, remaining } = eraser(connection, tables);
  const scrub = scrubber(file);

  /** `work` inside the scope, or `otherwise` when it is gone (or never was). */
  const inside = <T>(id: ScopeId, otherwise: T, work: (scope: OpenScope) => T): T => {
    const scope = scopes.open(id);
    return scope ? work(scope) : otherwise;
  };

  return {
    scope: async (place) =>
      (await read(() => scopes.of(place))) ?? (await write(() => scopes.of(place) ?? scopes.make(place))),

    scopeOf: (place) => read(() => scopes.of(place)),

    movePlace: (from, to) =>
      write(() => {
        const [id, before] = [scopes.of(from), scopes.of(to)];
        const there = before && { scope: before, isInhabited: !people.isEmpty(before) };
        if (!mayMovePlace(id, there)) return;
        inside(id, undefined, (scope) => scopes.point(to, scope));
        if (before !== undefined && scopes.isAbandoned(before)) scopes.remove(before);
      }),

    scopesOf: (person) =>
      read(() =>
        scopes
          .ids()
          .filter((id) => people.isHeld(id, person))
          .flatMap((id) =>
            inside(id, [], (scope) => scopes.placesOf(scope).slice(0, 1)).map((place) => ({ scope: id, place })),
          ),
      ),

    scopes: () =>
      read(() => scopes.ids().map((id) => ({ scope: id, places: inside(id, [], (scope) => scopes.placesOf(scope)) }))),

    people: (id) =>
      read(() =>
        inside(id, [], (scope) =>
          people.all(scope).map((held) => ({ person: held.person, standing: people.standingOf(scope, held) })),
        ),
      ),

    async dropScope(id) {
      await write(() => {
        assertDroppable(!people.isEmpty(id));
        scopes.remove(id);
      });
      opened.forget(id);
    },

    standing: (id, person) =>
      read(() => inside(id, nothingHeld(tombstones.epoch(id, person)), (scope) => people.standing(scope, person))),

    agree: (id, person, purpose, agreement, epoch) =>
      write(() => {
        const scope = scopes.open(id);
        if (!scope) throw new Failure('expired');
        const held = people.agree(scope, person, purpose, agreement, epoch);
        if (purpose === 'enrol') scopes.touch(id);
        return people.standingOf(scope, held);
      }),

    async enrol(consent, embeddings, options) {
      assertEnrollable(consent, embeddings, pack);
      await opened.warm(consent.scope);
      const held = await write(() => enrol(consent, embeddings, options));
      if (held === 'taken') throw new Failure('face_taken');
      return held;
    },

    search: searcher(connection, tables, opened, notice),

    recordFinds: (id, finder, found, at, ask) =>
      write(() =>
        inside(id, undefined, (scope) => {
          const by = people.find(scope, finder);
          for (const held of found.flatMap((person) => people.find(scope, person) ?? []))
            finds.add(scope, held, by, { kind: 'find', at, ask });
        }),
      ),

    acknowledge: (id, person, told) =>
      write(() =>
        inside(id, undefined, (scope) => {
          const held = people.find(scope, person);
          if (held) people.acknowledge(held, told);
        }),
      ),

    dossier: (id, person) =>
      read(() =>
        inside(id, undefined, (scope) => {
          const held = people.find(scope, person);
          if (!held) return undefined;
          const hidden = templates.isDisputed(held.n);
          return {
            person: held.person,
            standing: people.standingOf(scope, held),
            templates: templates.of(scope, held).map((template) => ({ ...template, hidden })),
            events: people.events(scope, held),
            foundBy: finds.of(scope, held),
          };
        }),
      ),

    async erase(id, person, reason, now, { epoch, told } = {}) {
      const erased = await write(() => inside(id, undefined, (scope) => erase(scope, person, reason, now, epoch)));
      if (erased) await told?.(erased);
      return erased;
    },
    remaining: (id, person) => read(() => inside(id, 0, (scope) => remaining(scope, person))),
    scrub,

    tidy: (now) =>
      write(() => {
        const kept = keptSince(now);
        tombstones.removeBefore(kept.tombstones);
        finds.removeBefore(kept.finds);
      }),

    ledger: (id) =>
      read(() => {
        inside(id, undefined, ledger.assertEnd);
        return ledger.all(id);
      }),

    noticeSince: async () => noticeSince,
    adoptPack: () => write(() => adoptPack(connection, pack.id)),
    checkPack: async () => assertInForce(pack, await read(() => adoptedPack(connection))),
    check: () => read(() => void sql.get`SELECT 1 FROM meta`),

    async [Symbol.asyncDispose]() {
      connection[Symbol.dispose]();
    },
  };
}
