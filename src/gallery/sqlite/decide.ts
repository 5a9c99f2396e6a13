import type { SqliteFile } from '../../sqlite/file.ts';
import type { Gallery } from '../gallery.ts';
import { decision } from '../rules/enrol.ts';
import type { Tables } from './tables.ts';

/** Lists disputes, and ends them in one transaction with the ledger's entries. */
export function decider(
  { read, write }: SqliteFile,
  { scopes, people, templates, disputes, ledger }: Tables,
): Pick<Gallery, 'disputes' | 'decide'> {
  return {
    disputes: (id) =>
      read(() => {
        const scope = scopes.open(id);
        if (!scope) return [];
        return disputes.all().flatMap((dispute) => {
          const challenger = people.byNumber(scope, dispute.challenger)?.person;
          const holder = people.byNumber(scope, dispute.holder)?.person;
          return challenger && holder ? [{ challenger, holder }] : [];
        });
      }),

    decide: (id, person, now) =>
      write(() => {
        const scope = scopes.open(id);
        const winner = scope && people.find(scope, person);
        if (!winner) return 0;
        const losers = disputes.settle(winner.n).flatMap(({ n }) => people.byNumber(scope, n) ?? []);
        const others: { readonly n: number }[] = [];
        for (const loser of losers) {
          templates.removeOf(loser.n);
          // The loser has no templates now, so the loser's disputes with other people end too.
          others.push(...disputes.settle(loser.n));
          ledger.append(scope, loser.subject, decision('loser'), now);
          people.alert(loser);
        }
        if (losers.length === 0) return 0;
        ledger.append(scope, winner.subject, decision('winner'), now);
        people.alert(winner);
        scopes.touch(id, [winner, ...losers, ...others]);
        return losers.length;
      }),
  };
}
