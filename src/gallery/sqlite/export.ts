import type { ScopeId } from '../../consent/who.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { FindExport, GalleryExport, PersonExport, ScopeExport } from '../transfer.ts';
import { adoptedPack, galleryId, witnessedSince } from './meta.ts';
import { openGalleryFile } from './open.ts';
import type { Held } from './people.ts';
import type { OpenScope } from './scopes.ts';

interface SqliteExport extends GalleryExport, AsyncDisposable {
  /** Since when a second place knows the gallery, as `Gallery.witnessedSince` says. */
  witnessedSince(): Promise<number | undefined>;
}

/** Opens a gallery's file to read all of it. Throws what {@link openGalleryFile} throws. */
export async function exportSqliteGallery(path: string, keys: Keys): Promise<SqliteExport> {
  // Templates of all packs are read. The given pack is only for templates that are added, so it may
  // be empty.
  const { file, tables } = await openGalleryFile({ path, keys, pack: { id: '', dims: 0 } });
  const { sql, read } = file;
  const { scopes, ledger, people, templates } = tables;

  function scopeOf(scope: OpenScope): ScopeExport {
    const all = people.all(scope);
    const byNumber = new Map(all.map((held) => [held.n, held]));
    const settings = tables.settings.of(scope);
    return {
      scope: scope.id,
      key: scope.key,
      places: scopes.placesOf(scope.id),
      ...(Object.keys(settings).length > 0 && { settings }),
      ledger: ledger.all(scope.id),
      people: all.map((held) => personOf(scope, held)),
      disputes: disputesAmong(byNumber),
      finds: findsAmong(byNumber),
    };
  }

  function personOf(scope: OpenScope, held: Held): PersonExport {
    const { person, epoch, alerts, subject } = held;
    // The id of a template is left out, because the other store gives the template a new id.
    const own = templates.of(scope, held).map(({ id: _, ...template }) => template);
    return { person, epoch, alerts, subject, salt: people.saltOf(scope, held), templates: own };
  }

  function disputesAmong(people: ReadonlyMap<number, Held>): ScopeExport['disputes'] {
    const rows = sql.all<{ one: number; other: number }>`SELECT one, other FROM disputes ORDER BY rowid`;
    return rows.flatMap((row) => {
      const [one, other] = [people.get(row.one), people.get(row.other)];
      return one && other ? [[one.person, other.person] as const] : [];
    });
  }

  function findsAmong(people: ReadonlyMap<number, Held>): FindExport[] {
    const rows = sql.all<FindRow>`SELECT found, finder, kind, at FROM finds ORDER BY id`;
    return rows.flatMap(({ found, finder, kind, at }) => {
      const person = people.get(found)?.person;
      return person
        ? [{ found: person, finder: finder === null ? undefined : people.get(finder)?.person, kind, at }]
        : [];
    });
  }

  return {
    async *scopes() {
      for (const id of await read(() => scopes.ids())) {
        const scope = await read(() => {
          const open = scopes.readable(id);
          return open && scopeOf(open);
        });
        if (scope) yield scope;
      }
    },

    async *oldLedgers() {
      const old = await read(() =>
        sql.all<{ readonly scope: ScopeId }>`SELECT DISTINCT scope FROM ledger`.filter(
          ({ scope }) => !scopes.readable(scope),
        ),
      );
      for (const { scope } of old) yield { scope, ledger: await read(() => ledger.all(scope)) };
    },

    id: () => read(() => galleryId(sql, keys)),

    witnessedSince: () => read(() => witnessedSince(sql)),

    tombstones: () => read(() => tables.tombstones.all()),

    pack: () => read(() => adoptedPack(sql)),

    notices: () =>
      read(() => {
        const rows = sql.all<MetaRow>`SELECT name, value FROM meta WHERE name LIKE 'notice %'`;
        return rows.map(({ name, value }) => ({
          version: Number(name.slice('notice '.length)),
          since: Number(Buffer.from(value).toString()),
        }));
      }),

    async [Symbol.asyncDispose]() {
      file[Symbol.dispose]();
    },
  };
}

interface FindRow {
  readonly found: number;
  readonly finder: number | null;
  readonly kind: FindExport['kind'];
  readonly at: number;
}

interface MetaRow {
  readonly name: string;
  readonly value: Uint8Array;
}
