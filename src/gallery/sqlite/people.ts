import { subjectOf } from '../../consent/ledger.ts';
import type { Person, ScopeId } from '../../consent/who.ts';
import type { Keys } from '../../secrets/keys.ts';
import { unsealRighted } from '../../secrets/righted.ts';
import { seal } from '../../secrets/seal.ts';
import type { Sql } from '../../sqlite/file.ts';
import { acknowledged, alerted } from '../rules/enrol.ts';
import { newSalt, personHash } from '../rules/identity.ts';
import type { Memberships } from './memberships.ts';
import type { OpenScope } from './scopes.ts';

/** A person who has a row, unsealed. */
export interface Held {
  /**
   * The number of the row, by which other tables refer to the person. After the row is removed, no
   * new row gets this number.
   */
  readonly n: number;
  /** The keyed hash of scope and platform id. */
  readonly hash: string;
  readonly person: Person;
  readonly epoch: number;
  readonly alerts: number;
  /** The person's subject in the ledger. Without the row's salt nobody can compute it. */
  readonly subject: string;
}

/** The sealed part of a row. Its epoch never changes while the row exists. */
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

/** The additional data of the sealed part of a row. `hash` is the {@link personHash}. */
export function personContext(scope: ScopeId, hash: string): string {
  return `people|${scope}|${hash}`;
}

/**
 * The rows of people in scopes. To the functions that unseal a row, an unreadable row is as if it
 * were missing. Every function runs inside a transaction.
 */
export function peopleTable(sql: Sql, keys: Keys, memberships: Memberships) {
  function opened(scope: OpenScope, row: Row): Held | undefined {
    const secret = secretOf(scope, row);
    if (!secret) return undefined;
    const { person, epoch, salt } = secret;
    const subject = subjectOf(Buffer.from(salt, 'base64'), person);
    return { n: row.n, hash: row.person, alerts: row.alerts, person, epoch, subject };
  }

  function secretOf(scope: OpenScope, { person, sealed }: Pick<Row, 'person' | 'sealed'>): Secret | undefined {
    const plain = unsealRighted(scope.key, sealed, personContext(scope.id, person));
    return plain && (JSON.parse(plain.toString()) as Secret);
  }

  function sealed(scope: OpenScope, hash: string, secret: Secret): Uint8Array {
    return seal(scope.key, JSON.stringify(secret), personContext(scope.id, hash));
  }

  function find(scope: OpenScope, person: Person): Held | undefined {
    const hash = personHash(keys, scope.id, person);
    const row = sql.get<Row>`SELECT n, person, alerts, sealed FROM people WHERE person = ${hash}`;
    return row && opened(scope, row);
  }

  /** The row's number, whether or not the row is readable. */
  function numberOf(scope: ScopeId, person: Person): number | undefined {
    return sql.get<{ n: number }>`SELECT n FROM people WHERE person = ${personHash(keys, scope, person)}`?.n;
  }

  function byNumber(scope: OpenScope, n: number): Held | undefined {
    const row = sql.get<Row>`SELECT n, person, alerts, sealed FROM people WHERE n = ${n} AND scope = ${scope.id}`;
    return row && opened(scope, row);
  }

  function all(scope: OpenScope): Held[] {
    const rows = sql.all<Row>`SELECT n, person, alerts, sealed FROM people WHERE scope = ${scope.id} ORDER BY n`;
    return rows.flatMap((row) => opened(scope, row) ?? []);
  }

  function isEmpty(scope: ScopeId): boolean {
    return sql.get`SELECT 1 FROM people WHERE scope = ${scope}` === undefined;
  }

  /** Adds a person's row at this epoch. `salt` is given for a person from another store. */
  function add(scope: OpenScope, person: Person, epoch: number, salt = newSalt()): Held {
    const hash = personHash(keys, scope.id, person);
    const bytes = sealed(scope, hash, { person, epoch, salt: Buffer.from(salt).toString('base64') });
    const { lastInsertRowid } =
      sql.run`INSERT INTO people (scope, person, sealed) VALUES (${scope.id}, ${hash}, ${bytes})`;
    memberships.add(person, scope.id);
    return { n: Number(lastInsertRowid), hash, person, epoch, alerts: 0, subject: subjectOf(salt, person) };
  }

  /** Stores the name that the person has on the platform now. */
  function rename(scope: OpenScope, { n, hash, person }: Held, name: string): void {
    if (name === person.name) return;
    const secret = secretNow(scope, n);
    const bytes = sealed(scope, hash, { ...secret, person: { ...secret.person, name } });
    sql.run`UPDATE people SET sealed = ${bytes} WHERE n = ${n}`;
  }

  /** The salt of this person's subject. A store to which the person is moved needs it. */
  function saltOf(scope: OpenScope, { n }: Held): Uint8Array {
    return Buffer.from(secretNow(scope, n).salt, 'base64');
  }

  function secretNow(scope: OpenScope, n: number): Secret {
    const row = sql.get<Row>`SELECT n, person, alerts, sealed FROM people WHERE n = ${n}`;
    const secret = row && secretOf(scope, row);
    if (!secret) throw new Error('a person went in the middle of a step');
    return secret;
  }

  /** Notes the notice under which searches find this person: a copy of what the ledger says. */
  function noteNotice({ n }: Held, version: number): void {
    sql.run`UPDATE people SET notice = ${version} WHERE n = ${n}`;
  }

  /** Adds an alert: somebody tried to enrol the person's face, or an operator decided about it. */
  function alert(held: Held): void {
    setAlerts(held, alerted(held.alerts));
  }

  function acknowledge(held: Held, told: number): void {
    setAlerts(held, acknowledged(held.alerts, told));
  }

  function setAlerts({ n }: Held, alerts: number): void {
    sql.run`UPDATE people SET alerts = ${alerts} WHERE n = ${n}`;
  }

  /** Removes a row to which no other row refers any more. Gives the number of removed rows. */
  function remove(n: number): number {
    return Number(sql.run`DELETE FROM people WHERE n = ${n}`.changes);
  }

  return { find, numberOf, byNumber, all, isEmpty, add, rename, saltOf, noteNotice, alert, acknowledge, remove };
}

export type People = ReturnType<typeof peopleTable>;
