import { NOTICE_VERSION } from '../../consent/notice.ts';
import type { ScopeId } from '../../consent/who.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { Sql } from '../../sqlite/file.ts';
import type { Gallery, PackVersion } from '../gallery.ts';
import { assertInForce } from '../rules/pack.ts';
import { keptSince } from '../rules/retention.ts';
import { weeklyPairs } from '../weekly-pairs.ts';
import { consentsOf } from './consents.ts';
import { mender } from './damage.ts';
import { decider } from './decide.ts';
import { enroller } from './enrol.ts';
import { eraser } from './erase.ts';
import { adoptedPack, adoptPack, galleryId, noteWitness, noticeFirstSeen, witnessedSince } from './meta.ts';
import { openGalleryFile } from './open.ts';
import { openedScopes } from './opened.ts';
import { personsOf } from './persons.ts';
import { placesOf } from './places.ts';
import { searcher } from './search.ts';

/**
 * Opens a gallery in one SQLite file, and makes the file if it is missing. Only its owner can read
 * the file. Other processes may use it at the same time.
 * @param options `notice`: the version of the notice in force
 * @throws Cause when the file was made with another MASTER_KEY or by a newer facefinder; Failure
 * `unavailable` when it cannot be opened
 */
export async function openSqliteGallery(options: {
  readonly file: string;
  readonly keys: Keys;
  readonly pack: PackVersion;
  readonly notice?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Whether all writes are undone, as in a check. Then the file must exist. */
  readonly rehearsal?: boolean;
}): Promise<Gallery> {
  const { file: path, keys, pack, notice = NOTICE_VERSION, now = Date.now, rehearsal = false } = options;
  let noticeSince = 0;
  const { file, tables } = await openGalleryFile({
    path,
    keys,
    pack,
    rehearsal,
    prepare: (sql) => {
      noticeSince = noticeFirstSeen(sql, notice, Date.now());
    },
  });
  const { read, write, sql } = file;
  const { scopes, ledger, tombstones, finds } = tables;
  const opened = openedScopes(file, tables, pack, notice);
  const consents = consentsOf(tables);

  return {
    ...placesOf(file, tables, opened),
    ...personsOf(file, tables, consents),
    ...eraser(file, tables, consents),
    ...decider(file, tables),
    ...mender(file, tables, keys, consents),
    enrol: enroller(file, tables, opened, consents, pack),
    search: searcher(file, tables, opened, consents, { pack, notice, pairs: weeklyPairs(now) }),
    scrub: file.scrub,

    tidy: (time) =>
      write(() => {
        const kept = keptSince(time);
        tombstones.removeBefore(kept.tombstones);
        finds.removeBefore(kept.finds);
      }),

    attempts: () => read(() => finds.allAttempts()),
    vectors: (id) => read(() => templatesIn(sql, id)),

    ledger: (id) =>
      read(() => {
        const scope = scopes.open(id);
        if (scope) ledger.assertEnd(scope);
        return ledger.all(id);
      }),

    entries: (id, from) => read(() => ledger.from(id, from)),
    tombstones: () => read(() => tombstones.all()),
    id: () => read(() => galleryId(sql, keys)),
    witnessedSince: () => read(() => witnessedSince(sql)),
    noteWitness: (at) => write(() => noteWitness(sql, at)),

    noticeSince: async () => noticeSince,
    adoptPack: () => write(() => adoptPack(sql, pack.id)),
    checkPack: async () => assertInForce(pack, await read(() => adoptedPack(sql))),
    check: file.check,

    async [Symbol.asyncDispose]() {
      file[Symbol.dispose]();
    },
  };
}

function templatesIn(sql: Sql, id: ScopeId): number {
  const row = sql.get<{ n: number }>`SELECT count(*) AS n FROM templates JOIN people ON people.n = templates.person
    WHERE people.scope = ${id}`;
  return row?.n ?? 0;
}
