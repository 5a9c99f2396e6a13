import type { Agreement, Purpose, Standing } from '../../consent/consent.ts';
import type { LedgerEntry } from '../../consent/ledger.ts';
import { nothingHeld, standingAfter } from '../../consent/standing.ts';
import type { Person } from '../../consent/who.ts';
import { changesSearch, agree as decide } from '../rules/agree.ts';
import type { Held } from './people.ts';
import type { OpenScope } from './scopes.ts';
import type { Tables } from './tables.ts';

/** Where people stand, read from the ledger, and their agreeing. Every function runs inside a transaction. */
export function consentsOf({ scopes, people, ledger, templates, tombstones }: Tables) {
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

  /** The first agreement begins a life. Throws `expired` when the person's epoch is another one. */
  function agree(scope: OpenScope, person: Person, purpose: Purpose, agreement: Agreement, epoch: number): Standing {
    const event = decide(standing(scope, person), purpose, agreement, epoch);
    const held = people.find(scope, person) ?? people.add(scope, person, epoch);
    people.rename(scope, held, person.name);
    if (event) ledger.append(scope, held.subject, event, agreement.at);
    if (event && changesSearch(event)) {
      people.noteNotice(held, agreement.version);
      scopes.touch(scope.id, [held]);
    }
    return standingOf(scope, held);
  }

  return { standing, standingOf, eventsOf, agree };
}

export type Consents = ReturnType<typeof consentsOf>;
