import { describe, expect, it } from 'vitest';
import { firstBreak, NOBODY, nextEntry, type Restored } from '../../../src/consent/ledger.ts';
import type { Person, ScopeId } from '../../../src/consent/who.ts';
import type { Tombstone } from '../../../src/gallery/erasure.ts';
import { tombstoneHash } from '../../../src/gallery/rules/identity.ts';
import { mergedErasures, restoredScope } from '../../../src/gallery/rules/restore.ts';
import type { PersonExport, ScopeExport } from '../../../src/gallery/transfer.ts';
import { T0 } from '../people.ts';

const keys = { tombstone: Buffer.alloc(32, 1) };
const scope = 'club' as ScopeId;
const event: Restored = { kind: 'restored', backupAt: T0 };

const person = (id: string): Person => ({ platform: 'page', id, name: id });
const [ann, bob, cat] = [person('ann'), person('bob'), person('cat')];
const backedUp = (who: Person, epoch: number): PersonExport => ({
  person: who,
  epoch,
  salt: Buffer.alloc(32, epoch),
  subject: who.id,
  alerts: 0,
  templates: [],
});
const find = (finder: Person, found: Person) => ({ finder, found, kind: 'find' as const, at: T0 });

/**
 * Ann and Bob are enrolled, Bob for the second time. Cat searches, and has a dispute with each of
 * them.
 */
const club: ScopeExport = {
  scope,
  key: Buffer.alloc(32, 2),
  places: [],
  ledger: [],
  people: [backedUp(ann, 0), backedUp(bob, 1), backedUp(cat, 0)],
  disputes: [
    [cat, ann],
    [cat, bob],
  ],
  finds: [find(cat, ann), find(ann, bob), find(bob, cat), find(cat, bob)],
};

const erased = (who: Person, epoch: number) => ({ hash: tombstoneHash(keys, scope, who), epoch, at: T0 });
const restored = (...gone: readonly (readonly Tombstone[])[]) =>
  restoredScope(club, { keys, erasures: mergedErasures(...gone), event, now: T0 });

describe('a group that comes out of a backup', () => {
  it('is as it was where nobody was erased since', () => {
    const { people, disputes, finds } = club;
    expect(restored([])).toMatchObject({ erased: [], scope: { people, disputes, finds } });
    // Bob had come back after an earlier erasure, before the backup.
    expect(restored([erased(bob, 1)])).toMatchObject({ erased: [], scope: { people, disputes, finds } });
  });

  it('lacks whoever was erased since: as found, as finder, and as a side of a dispute', () => {
    const { erased: who, scope: after } = restored([erased(ann, 1)]);
    expect(who).toEqual([ann]);
    expect(after.people.map(({ person: { id } }) => id)).toEqual(['bob', 'cat']);
    expect(after.disputes).toEqual([[cat, bob]]);
    expect(after.finds).toEqual([{ ...find(ann, bob), finder: undefined }, find(bob, cat), find(cat, bob)]);
  });

  it('goes by the last of a person’s erasures, wherever it is known', () => {
    expect(restored([erased(bob, 1)], [erased(bob, 2)]).erased).toEqual([bob]);
    expect(restored([erased(bob, 2)], [erased(bob, 1)]).erased).toEqual([bob]);
  });

  it('has a ledger that goes on with the restore and who is erased again, unless it was never written', () => {
    expect(restored([erased(ann, 1)]).scope.ledger).toEqual([]);
    const begun = nextEntry(undefined, { kind: 'enrolled', pack: 'p@1', templates: 1 }, 'ann', T0);
    const erasures = mergedErasures([erased(ann, 1)]);
    const { ledger } = restoredScope({ ...club, ledger: [begun] }, { keys, erasures, event, now: T0 }).scope;
    expect(ledger.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['enrolled', 'ann'],
      ['restored', NOBODY],
      ['erased', 'ann'],
    ]);
    expect(firstBreak(ledger)).toBeUndefined();
  });
});
