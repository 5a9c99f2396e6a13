import type { Consent } from '../../consent/consent.ts';
import { NOTICE_VERSION } from '../../consent/notice.ts';
import { nothingHeld } from '../../consent/standing.ts';
import { Failure } from '../../failure.ts';
import type { Keys } from '../../secrets/keys.ts';
import {
  type Candidate,
  FIND_RETENTION_MS,
  type Gallery,
  type PackVersion,
  TOMBSTONE_RETENTION_MS,
} from '../gallery.ts';
import { connect } from './connection.ts';
import { eraser } from './erase.ts';
import { findsTable } from './finds.ts';
import { ledgerTable } from './ledger.ts';
import { checkKey, noticeFirstSeen } from './meta.ts';
import { type Held, peopleTable } from './people.ts';
import { migrate } from './schema.ts';
import { type OpenScope, scopesTable } from './scopes.ts';
import { type Near, nearestOfEach, nearestPeople, openedScopes } from './search.ts';
import { templatesTable } from './templates.ts';
import { tombstonesTable } from './tombstones.ts';

/** At most this many people are named for one face. */
const CANDIDATES = 3;

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
  const { sql, read, write } = connection;
  const scopes = scopesTable(connection, keys);
  const ledger = ledgerTable(connection);
  const tombstones = tombstonesTable(connection, keys);
  const people = peopleTable(connection, keys, ledger, tombstones);
  const templates = templatesTable(connection, pack);
  const finds = findsTable(connection, people);
  const { erase, remaining } = eraser(connection, { scopes, ledger, tombstones, people, templates, finds });
  const opened = openedScopes(connection, scopes, templates, pack, notice);

  /** Who of the scope, other than `held`, is too close to one of `embeddings` to be somebody else. */
  function sameFaces(
    scope: OpenScope,
    held: Held,
    embeddings: readonly Float32Array[],
    isSame: (distance: number, templates: number) => boolean,
  ): Held[] {
    const all = opened.open(scope);
    const taken = embeddings
      .flatMap((probe) => nearestOfEach(all, probe, (index) => all.people[index] !== held.n))
      .filter(({ distance }) => isSame(distance, all.ids.length))
      .map(({ person }) => person);
    return [...new Set(taken)].map((n) => people.byNumber(scope, n)).filter((other) => other !== undefined);
  }

  /** The candidate of a nearest template, as the database has it now; undefined when it was erased meanwhile. */
  function confirmed(scope: OpenScope, { template, person, distance }: Near): Candidate | undefined {
    const held = people.byNumber(scope, person);
    if (!held || !sql.get`SELECT 1 FROM templates WHERE id = ${template}` || templates.isDisputed(person))
      return undefined;
    const agreement = people.standingOf(scope.id, held).agreed.enrol;
    if (agreement?.version !== notice) return undefined;
    return { person: held.person, distance, shown: agreement.shown };
  }

  return {
    async scope(place) {
      const known = await read(() => scopes.of(place));
      if (known) return known;
      return write(() => {
        const meanwhile = scopes.of(place);
        if (meanwhile) return meanwhile;
        const made = scopes.make();
        scopes.point(place, made);
        return made.id;
      });
    },

    movePlace: (from, to) =>
      write(() => {
        const id = scopes.of(from);
        const scope = id && scopes.open(id);
        const before = scopes.of(to);
        if (!scope || before === id) return;
        const abandoned = before && scopes.open(before);
        if (abandoned && people.all(abandoned).length > 0) return;
        scopes.point(to, scope);
        if (before && abandoned && scopes.placesOf(abandoned).length === 0) scopes.remove(before);
      }),

    scopesOf: (person) =>
      read(() =>
        scopes.all().flatMap((scope) => {
          const place = people.find(scope, person) && scopes.placesOf(scope)[0];
          return place ? [{ scope: scope.id, place }] : [];
        }),
      ),

    scopes: () => read(() => scopes.all().map((scope) => ({ scope: scope.id, places: scopes.placesOf(scope) }))),

    people: (id) =>
      read(() => {
        const scope = scopes.open(id);
        if (!scope) return [];
        return people.all(scope).map((held) => ({ person: held.person, standing: people.standingOf(id, held) }));
      }),

    dropScope: (id) =>
      write(() => {
        const scope = scopes.open(id);
        if (!scope) return;
        if (people.all(scope).length > 0)
          throw new Failure('internal', { cause: new Error('The scope has people in it.') });
        scopes.remove(id);
        opened.forget(id);
      }),

    standing: (id, person) =>
      read(() => {
        const scope = scopes.open(id);
        return scope ? people.standing(scope, person) : nothingHeld(tombstones.epoch(id, person));
      }),

    agree: (id, person, purpose, agreement, epoch) =>
      write(() => {
        const scope = scopes.open(id);
        const held = scope && people.agree(scope, person, purpose, agreement, epoch);
        if (!scope || !held) throw new Failure('expired');
        if (purpose === 'enrol') scopes.touch(id);
        return people.standingOf(id, held);
      }),

    async enrol(consent: Consent, embeddings, { isSame, dispute = false, now }) {
      assertFits(consent, embeddings, pack);
      const held = await write(() => {
        const scope = scopes.open(consent.scope);
        const person = scope && people.find(scope, consent.person);
        if (!scope || !person || person.epoch !== consent.epoch) throw new Failure('expired');
        const agreement = people.standingOf(scope.id, person).agreed.enrol;
        if (agreement?.version !== consent.agreement.version) throw new Failure('expired');
        const taken = sameFaces(scope, person, embeddings, isSame);
        for (const owner of taken) {
          finds.add(owner, person, 'enrol', now);
          finds.alert(owner);
          if (dispute) templates.dispute(person.n, owner.n);
        }
        // The attempt stays logged, so the refusal is thrown after the transaction.
        if (taken.length > 0 && !dispute) return undefined;
        const count = templates.add(scope, person, embeddings, now);
        ledger.append(scope, person.subject, { kind: 'enrolled', pack: pack.id, templates: embeddings.length }, now);
        scopes.touch(scope.id);
        return count;
      });
      if (held === undefined) throw new Failure('face_taken');
      return held;
    },

    async search(id, embeddings) {
      const all = await read(() => {
        const scope = scopes.open(id);
        return scope && opened.open(scope);
      });
      if (!all) return { templates: 0, faces: embeddings.map(() => []) };
      const near: Near[][] = [];
      for (const probe of embeddings) near.push(await nearestPeople(all, probe, CANDIDATES));
      const faces = await read(() => {
        const scope = scopes.open(id);
        return near.map((face) =>
          scope ? face.map((one) => confirmed(scope, one)).filter((candidate) => candidate !== undefined) : [],
        );
      });
      return { templates: all.searchable.filter(Boolean).length, faces };
    },

    recordFinds: (id, finder, found, now) =>
      write(() => {
        const scope = scopes.open(id);
        if (!scope) return;
        const by = people.find(scope, finder);
        for (const person of found) {
          const held = people.find(scope, person);
          if (held) finds.add(held, by, 'find', now);
        }
      }),

    acknowledge: (id, person) =>
      write(() => {
        const scope = scopes.open(id);
        const held = scope && people.find(scope, person);
        if (held) people.acknowledge(held);
      }),

    dossier: (id, person) =>
      read(() => {
        const scope = scopes.open(id);
        const held = scope && people.find(scope, person);
        if (!held) return undefined;
        const hidden = templates.isDisputed(held.n);
        return {
          person: held.person,
          standing: people.standingOf(id, held),
          templates: templates.of(scope, held).map((template) => ({ ...template, hidden })),
          events: people.events(id, held),
          foundBy: finds.of(scope, held),
        };
      }),

    erase: (id, person, reason, now) =>
      write(() => {
        const scope = scopes.open(id);
        return scope && erase(scope, person, reason, now);
      }),

    remaining: (id, person) =>
      read(() => {
        const scope = scopes.open(id);
        return scope ? remaining(scope, person) : 0;
      }),

    scrub: () => connection.checkpoint(),

    tidy: (now) =>
      write(() => {
        tombstones.removeBefore(now - TOMBSTONE_RETENTION_MS);
        finds.removeBefore(now - FIND_RETENTION_MS);
      }),

    ledger: (id) => read(() => ledger.all(id)),

    noticeSince: async () => noticeSince,

    check: () => read(() => void sql.get`SELECT 1 FROM meta`),

    async [Symbol.asyncDispose]() {
      connection[Symbol.dispose]();
    },
  };
}

/** A caller that gets here with something else has a bug, whatever a person did. */
function assertFits(consent: Consent, embeddings: readonly Float32Array[], pack: PackVersion): void {
  const wrong = (what: string) => new Failure('internal', { cause: new Error(what) });
  if (consent.purpose !== 'enrol') throw wrong('Only an agreement to be enrolled enrols.');
  if (embeddings.length === 0) throw wrong('There is nothing to enrol.');
  for (const embedding of embeddings) {
    if (embedding.length !== pack.dims) throw wrong(`Embeddings of ${pack.id} have ${pack.dims} dimensions.`);
    if (!embedding.every(Number.isFinite)) throw wrong('An embedding has numbers only.');
  }
}
