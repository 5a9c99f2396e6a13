import type { Agreement, Purpose, Standing } from '../../consent/consent.ts';
import { type LedgerEntry, subjectOf } from '../../consent/ledger.ts';
import { nothingHeld, standingAfter } from '../../consent/standing.ts';
import type { Person, ScopeId } from '../../consent/who.ts';
import type { Keys } from '../../secrets/keys.ts';
import { seal, unseal } from '../../secrets/seal.ts';
import type { PackVersion } from '../gallery.ts';
import { changesSearch, agree as decideAgreement } from '../rules/agree.ts';
import { acknowledged, alerted } from '../rules/enrol.ts';
import { newSalt, personHash } from '../rules/identity.ts';
import type { Connection } from './connection.ts';
import type { Ledger } from './ledger.ts';
import type { OpenScope } from './scopes.ts';
import type { Tombstones } from './tombstones.ts';

/** Somebody of whom a row is held, opened. */
export interface Held {
  /** The row's number, by which other tables refer to this person; never given to somebody else. */
  readonly n: number;
  /** Keyed hash over scope and platform id. */
  readonly hash: string;
  readonly person: Person;
  readonly epoch: number;
  readonly alerts: number;
  /** This person's name in the ledger; nobody can compute it once the row, and the salt in it, is gone. */
  readonly subject: string;
}

/** The sealed part of a row. The epoch stands here too: it never changes while the row lives. */
interface Secret {
  readonly person: Person;
  readonly epoch: number;
  /** Base64. */
  readonly salt: string;
}

interface Row {
  readonly n: number;
  readonly person: string;
  readonly alerts: number;
  readonly sealed: Uint8Array;
}

/** People and where they stand. Every function runs inside a transaction. */
export function peopleTable(
  { sql }: Connection,
  keys: Keys,
  pack: PackVersion,
  { ledger, tombstones }: { readonly ledger: Ledger; readonly tombstones: Tombstones },
) {
  const hashOf = (scope: ScopeId, person: Person) => personHash(keys, scope, person);
  const contextOf = (scope: ScopeId, hash: string) => `people|${scope}|${hash}`;

  function opened(scope: OpenScope, row: Row): Held {
    const plain = unseal(scope.key, row.sealed, contextOf(scope.id, row.person)).toString();
    const { person, epoch, salt } = JSON.parse(plain) as Secret;
    const subject = subjectOf(Buffer.from(salt, 'base64'), person);
    return { n: row.n, hash: row.person, alerts: row.alerts, person, epoch, subject };
  }

  function find(scope: OpenScope, person: Person): Held | undefined {
    const row = sql.get`SELECT n, person, alerts, sealed FROM people WHERE person = ${hashOf(scope.id, person)}`;
    return row && opened(scope, row as unknown as Row);
  }

  /** Whether a row is held, without opening it. */
  function isHeld(scope: ScopeId, person: Person): boolean {
    return sql.get`SELECT 1 FROM people WHERE person = ${hashOf(scope, person)}` !== undefined;
  }

  function isEmpty(scope: ScopeId): boolean {
    return sql.get`SELECT 1 FROM people WHERE scope = ${scope}` === undefined;
  }

  function byNumber(scope: OpenScope, n: number): Held | undefined {
    const row = sql.get`SELECT n, person, alerts, sealed FROM people WHERE n = ${n} AND scope = ${scope.id}`;
    return row && opened(scope, row as unknown as Row);
  }

  function all(scope: OpenScope): Held[] {
    const rows = sql.all`SELECT n, person, alerts, sealed FROM people WHERE scope = ${scope.id} ORDER BY n`;
    return (rows as unknown as Row[]).map((row) => opened(scope, row));
  }

  function add(scope: OpenScope, person: Person): Held {
    const hash = hashOf(scope.id, person);
    const salt = newSalt();
    const secret: Secret = {
      person,
      epoch: tombstones.epoch(scope.id, person),
      salt: Buffer.from(salt).toString('base64'),
    };
    const sealed = seal(scope.key, JSON.stringify(secret), contextOf(scope.id, hash));
    const { lastInsertRowid } =
      sql.run`INSERT INTO people (scope, person, sealed) VALUES (${scope.id}, ${hash}, ${sealed})`;
    const subject = subjectOf(salt, person);
    return { n: Number(lastInsertRowid), hash, person, epoch: secret.epoch, alerts: 0, subject };
  }

  /** Takes over the name that others see now. */
  function rename(scope: OpenScope, held: Held, name: string): void {
    if (name === held.person.name) return;
    const row = sql.get`SELECT sealed FROM people WHERE n = ${held.n}` as { sealed: Uint8Array };
    const context = contextOf(scope.id, held.hash);
    const secret = JSON.parse(unseal(scope.key, row.sealed, context).toString()) as Secret;
    const sealed = seal(scope.key, JSON.stringify({ ...secret, person: { ...secret.person, name } }), context);
    sql.run`UPDATE people SET sealed = ${sealed} WHERE n = ${held.n}`;
  }

  /** What this person's subject was made with, for another store that carries the ledger on. */
  function saltOf(scope: OpenScope, held: Held): Uint8Array {
    const row = sql.get`SELECT sealed FROM people WHERE n = ${held.n}` as { sealed: Uint8Array };
    const plain = unseal(scope.key, row.sealed, contextOf(scope.id, held.hash)).toString();
    return Buffer.from((JSON.parse(plain) as Secret).salt, 'base64');
  }

  function templatesOf(held: Held): Pick<Standing, 'templates' | 'outdated'> {
    const { templates, outdated } =
      sql.get`SELECT count(*) AS templates, count(*) FILTER (WHERE pack <> ${pack.id}) AS outdated
      FROM templates WHERE person = ${held.n}` as { templates: number; outdated: number };
    return { templates, ...(outdated > 0 && { outdated }) };
  }

  function standingOf(scope: OpenScope, held: Held): Standing {
    const { epoch, alerts } = held;
    return standingAfter(events(scope, held), { epoch, alerts, ...templatesOf(held) });
  }

  function events(scope: OpenScope, held: Held): LedgerEntry[] {
    return ledger.of(scope.id, held.subject);
  }

  /** The first agreement begins a life. Throws `expired` when the person's epoch is another one. */
  function agree(scope: OpenScope, person: Person, purpose: Purpose, agreement: Agreement, epoch: number): Held {
    const event = decideAgreement(standing(scope, person), purpose, agreement, epoch);
    const held = find(scope, person) ?? add(scope, person);
    rename(scope, held, person.name);
    if (!event) return held;
    ledger.append(scope, held.subject, event, agreement.at);
    if (changesSearch(event)) sql.run`UPDATE people SET notice = ${agreement.version} WHERE n = ${held.n}`;
    return held;
  }

  function standing(scope: OpenScope, person: Person): Standing {
    const held = find(scope, person);
    return held ? standingOf(scope, held) : nothingHeld(tombstones.epoch(scope.id, person));
  }

  /** Somebody else tried to enrol this person's face. */
  function alert(held: Held): void {
    setAlerts(held, alerted(held.alerts));
  }

  function acknowledge(held: Held, told: number): void {
    setAlerts(held, acknowledged(held.alerts, told));
  }

  function setAlerts({ n }: Held, alerts: number): void {
    sql.run`UPDATE people SET alerts = ${alerts} WHERE n = ${n}`;
  }

  return { find, isHeld, isEmpty, byNumber, all, agree, standing, standingOf, saltOf, events, alert, acknowledge };
}

export type People = ReturnType<typeof peopleTable>;
