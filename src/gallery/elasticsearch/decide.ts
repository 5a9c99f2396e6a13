import type { Person } from '../../consent/who.ts';
import type { Dispute, Gallery } from '../gallery.ts';
import { alerted, decision } from '../rules/enrol.ts';
import { isLiving, type Life, type LivingRecord, type Rival, subjectIn, type Template } from './life.ts';
import type { Parts } from './parts.ts';
import type { OpenScope } from './scopes.ts';
import type { Settler } from './settle.ts';

/** Lists disputes and ends them. */
export function deciding(
  { scopes, records, ledger, faces }: Parts,
  { settle, lift, openRivals }: Settler,
): Pick<Gallery, 'disputes' | 'decide'> {
  async function disputes(scope: OpenScope): Promise<Dispute[]> {
    const living = await records.living(scope);
    const people = new Map(living.map((record) => [record.id, record.life.person]));
    const open = await openRivals(scope, living);
    return living.flatMap(({ id, life }) =>
      (open.get(id) ?? []).flatMap(({ record, side }) => {
        const holder = people.get(record);
        return side !== 'challenger' && holder ? [{ challenger: life.person, holder }] : [];
      }),
    );
  }

  /**
   * Ends the winner's disputes. Each dispute is noted in the records of both people. It is removed
   * from the losers' records first, and from the winner's record last. If this is interrupted, some
   * disputes are noted only in the winner's record. Such a dispute counts as ended.
   */
  async function decide(scope: OpenScope, person: Person, now: number): Promise<number> {
    const id = records.idOf(scope.id, person);
    const winner = await records.one(scope, id);
    if (!isLiving(winner)) return 0;
    const losers = (await openRivals(scope, [winner])).get(id) ?? [];
    const end = await ledger.end(scope.id);
    for (const { record, epoch } of losers) {
      let removed: readonly Template[] = [];
      let others: readonly Rival[] = [];
      await records.change(scope, record, (loser) => {
        if (!isLiving(loser) || loser.epoch !== epoch) return undefined;
        if (!loser.life.rivals.some((rival) => rival.record === id)) return undefined;
        removed = loser.life.templates;
        others = loser.life.rivals.filter((rival) => rival.record !== id);
        return { ...loser, life: { ...ended(loser, decision('loser'), now, end), rivals: [], templates: [] } };
      });
      await settle(scope, record);
      await faces.remove(scope, removed);
      // The loser has no templates now, so the loser's disputes with other people end too.
      for (const other of others) await lift(scope, other.record, record);
    }
    if (losers.length === 0) return 0;
    const ids = losers.map(({ record }) => record);
    await records.change(scope, id, (latest) => {
      if (!isLiving(latest) || !latest.life.rivals.some(({ record }) => ids.includes(record))) return undefined;
      const rivals = latest.life.rivals.filter(({ record }) => !ids.includes(record));
      return { ...latest, life: { ...ended(latest, decision('winner'), now, end), rivals } };
    });
    await settle(scope, id);
    return losers.length;
  }

  return {
    async disputes(id) {
      const scope = await scopes.open(id);
      return scope ? await disputes(scope) : [];
    },
    async decide(id, winner, now) {
      const scope = await scopes.open(id);
      return scope ? await decide(scope, winner, now) : 0;
    },
  };
}

/**
 * The life after a decision: with one more alert, and with the decision as an event that the ledger
 * still lacks. `end` is where the ledger ends.
 */
function ended({ life }: LivingRecord, event: ReturnType<typeof decision>, at: number, end: number): Life {
  const debt = { event, subject: subjectIn(life), at, after: Math.max(end, life.lastSeq) };
  return {
    ...life,
    alerts: alerted(life.alerts),
    owed: [...life.owed, debt],
    marks: life.marks + 1,
  };
}
