import { standingAfter } from '../../consent/standing.ts';
import type { Person } from '../../consent/who.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { Sql } from '../../sqlite/file.ts';
import type { GalleryExport, PersonExport, ScopeExport } from '../transfer.ts';
import { takeOver } from './meta.ts';
import { openGalleryFile } from './open.ts';
import type { Held } from './people.ts';
import type { OpenScope } from './scopes.ts';
import type { Tables } from './tables.ts';

/**
 * Writes a gallery from another store into a new file. Scopes keep their ids and keys, and people
 * their salts. After a failure the file is incomplete and must not be used.
 */
export async function importIntoSqlite(path: string, keys: Keys, source: GalleryExport): Promise<void> {
  // Each written template names its pack. The given pack is only for new templates, so it may be
  // empty.
  const { file, tables } = await openGalleryFile({ path, keys, pack: { id: '', dims: 0 } });
  try {
    const known = { id: await source.id(), pack: await source.pack(), notices: await source.notices() };
    const tombstones = await source.tombstones();
    await file.write(() => {
      takeOver(file.sql, known);
      tombstones.forEach(tables.tombstones.raise);
    });
    for await (const { scope, ledger } of source.oldLedgers()) await file.write(() => tables.ledger.put(scope, ledger));
    for await (const scope of source.scopes()) await file.write(() => putScope(file.sql, tables, scope));
  } finally {
    file[Symbol.dispose]();
  }
}

function putScope(sql: Sql, tables: Tables, moving: ScopeExport): void {
  const { scopes, ledger, disputes, finds } = tables;
  scopes.put({ id: moving.scope, key: moving.key }, moving.places);
  const scope = scopes.open(moving.scope);
  if (!scope) throw new Error('a scope that was just written is not there');
  if (moving.settings) tables.settings.change(scope, moving.settings);
  ledger.putOf(scope, moving.ledger);
  const held = new Map(moving.people.map((one) => [nameOf(one.person), putPerson(sql, tables, scope, one)]));
  for (const [one, other] of moving.disputes) {
    const [a, b] = [held.get(nameOf(one)), held.get(nameOf(other))];
    if (a && b) disputes.open(a.n, b.n);
  }
  for (const { found, finder, kind, at } of moving.finds) {
    const [about, by] = [held.get(nameOf(found)), finder && held.get(nameOf(finder))];
    if (about) finds.add(scope, about, by, { kind, at, ask: undefined });
  }
}

function putPerson(sql: Sql, { people, templates, ledger }: Tables, scope: OpenScope, one: PersonExport): Held {
  const { person, epoch, salt, alerts, subject } = one;
  const held = people.add(scope, person, epoch, salt);
  sql.run`UPDATE people SET alerts = ${alerts} WHERE n = ${held.n}`;
  for (const template of one.templates) templates.put(scope, held, template);
  const { agreed } = standingAfter(ledger.of(scope.id, subject), { epoch, alerts, templates: 0 });
  if (agreed.enrol) people.noteNotice(held, agreed.enrol.version);
  return held;
}

const nameOf = ({ platform, id }: Person): string => `${platform}:${id}`;
