import type { Keys } from '../../secrets/keys.ts';
import type { Sql } from '../../sqlite/file.ts';
import type { PackVersion } from '../gallery.ts';
import { type Disputes, disputesTable } from './disputes.ts';
import { type Finds, findsTable } from './finds.ts';
import { type Ledger, ledgerTable } from './ledger.ts';
import { type Memberships, membershipsTable } from './memberships.ts';
import { type People, peopleTable } from './people.ts';
import { type Scopes, scopesTable } from './scopes.ts';
import { type Settings, settingsTable } from './settings.ts';
import { type Templates, templatesTable } from './templates.ts';
import { type Tombstones, tombstonesTable } from './tombstones.ts';

/** All tables of the database. Their functions are called inside a transaction of its file. */
export interface Tables {
  readonly scopes: Scopes;
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly tombstones: Tombstones;
  readonly memberships: Memberships;
  readonly people: People;
  readonly templates: Templates;
  readonly disputes: Disputes;
  readonly finds: Finds;
}

/**
 * @param pack today's pack: new templates are of it, and templates of other packs count as outdated
 */
export function tablesOf(sql: Sql, keys: Keys, pack: PackVersion): Tables {
  const memberships = membershipsTable(sql, keys);
  const people = peopleTable(sql, keys, memberships);
  return {
    scopes: scopesTable(sql, keys),
    settings: settingsTable(sql),
    ledger: ledgerTable(sql),
    tombstones: tombstonesTable(sql, keys),
    memberships,
    people,
    templates: templatesTable(sql, pack),
    disputes: disputesTable(sql),
    finds: findsTable(sql, people),
  };
}
