import type { Keys } from '../../secrets/keys.ts';
import type { PackVersion } from '../gallery.ts';
import type { Connection } from './connection.ts';
import { type Finds, findsTable } from './finds.ts';
import { type Ledger, ledgerTable } from './ledger.ts';
import { type People, peopleTable } from './people.ts';
import { type Scopes, scopesTable } from './scopes.ts';
import { type Templates, templatesTable } from './templates.ts';
import { type Tombstones, tombstonesTable } from './tombstones.ts';

/** All subjects of the database; whatever they do runs inside a transaction of their connection. */
export interface Tables {
  readonly scopes: Scopes;
  readonly ledger: Ledger;
  readonly tombstones: Tombstones;
  readonly people: People;
  readonly templates: Templates;
  readonly finds: Finds;
}

export function tablesOf(connection: Connection, keys: Keys, pack: PackVersion): Tables {
  const scopes = scopesTable(connection, keys);
  const ledger = ledgerTable(connection);
  const tombstones = tombstonesTable(connection, keys);
  const people = peopleTable(connection, keys, pack, { ledger, tombstones });
  const templates = templatesTable(connection, pack);
  const finds = findsTable(connection, people);
  return { scopes, ledger, tombstones, people, templates, finds };
}
