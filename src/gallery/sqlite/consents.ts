import type { Agreement, Purpose, Standing } from '../../consent/consent.ts';
import { type LedgerEntry, subjectOf, UNREADABLE } from '../../consent/ledger.ts';
import { nothingHeld, standingAfter } from '../../consent/standing.ts';
import type { Person } from '../../consent/who.ts';
import { changesSearch, agree as decide } from '../rules/agree.ts';
import { newSalt } from '../rules/identity.ts';
import type { Held } from './people.ts';
import type { OpenScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { uproot } from './uproot.ts';

/**
 * Reads people's standings from the ledger, and records their agreements. Every function runs
 * inside a transaction.
 */
export function consentsOf(tables: Tables) {
  const { scopes, people, ledger, templates, tombstones } = tables;

  function standing(scope: OpenScope, person: Person): Standing {
    const held = people.find(scope, person);
    return held ? standingOf(scope, held) : nothingHeld(tombstones.epoch(scope.id, person));
  }

  function standingOf(scope: OpenScope, held: Held): Standing {
    const { epoch, alerts } = held;
    return standingAfter(eventsOf(scope, held), { epoch, alerts, ...templates.counted(held) });
  }

  function eventsOf(scope: OpenScope, { subject }: Held): LedgerEntry[] {
    return ledger.of(scope.id, subject);
  }

  /**
   * Records an agreement. A person's first agreement also adds their row. Throws `expired` when the
   * person is at another epoch than `epoch`.
   */
  function agree(scope: OpenScope, person: Person, purpose: Purpose, agreement: Agreement, epoch: number): Standing {
    const event = decide(standing(scope, person), purpose, agreement, epoch);
    const held = people.find(scope, person) ?? begin(scope, person, epoch, agreement.at);
    people.rename(scope, held, person.name);
    if (event) ledger.append(scope, held.subject, event, agreement.at);
    if (event && changesSearch(event)) {
      people.noteNotice(held, agreement.version);
      scopes.touch(scope.id, [held]);
    }
    return standingOf(scope, held);
  }

  /** Adds a person's row. If there is an unreadable row of the person, it is removed first. */
  function begin(scope: OpenScope, person: Person, epoch: number, at: number): Held {
    const unreadable = people.numberOf(scope.id, person);
    if (unreadable !== undefined) {
      scopes.touch(scope.id, uproot(tables, unreadable).rivals);
      scopes.noteErasure(scope.id);
      ledger.append(scope, subjectOf(newSalt(), person), UNREADABLE, at);
    }
    return people.add(scope, person, epoch);
  }

  return { standing, standingOf, eventsOf, agree };
}

export type Consents = ReturnType<typeof consentsOf>;
