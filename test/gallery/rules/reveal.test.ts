import { describe, expect, it } from 'vitest';
import { granted, type NearFaces, type Spent } from '../../../src/gallery/rules/reveal.ts';
import { T0 } from '../people.ts';

const DAY = 86_400_000;
const NOTHING: Spent = { asker: 0, group: 0 };
/** Named at one face that could hardly be anybody else's. */
const named: NearFaces = { isNamed: true, clear: 1, unclear: 0 };

/**
 * Asks until no distance is told. Gives how many distances were told, and what is spent then. With
 * `isNewAsker`, each ask comes from another person, who has spent nothing.
 */
function untilNoDistance(isNewAsker: boolean): { readonly told: number; readonly spent: Spent } {
  let spent = NOTHING;
  for (let told = 0; told < 1000; told++) {
    const grant = granted(isNewAsker ? { ...spent, asker: 0 } : spent, named, T0);
    if (grant.tells !== 'distance') return { told, spent };
    spent = grant.spent;
  }
  throw new Error('there is no end of it');
}

describe('what may be revealed of a person at once', () => {
  it('is nine distances to one asker, and 57 to all of a group', () => {
    expect(untilNoDistance(false).told).toBe(9);
    expect(untilNoDistance(true).told).toBe(57);
  });

  it('is a verdict alone once the distances are spent, until these are spent too', () => {
    let { spent } = untilNoDistance(false);
    let verdicts = 0;
    for (let asks = 0; asks < 1000; asks++) {
      const grant = granted(spent, named, T0);
      if (grant.tells !== 'verdict') break;
      spent = grant.spent;
      verdicts += 1;
    }
    // 14 units, less nine distances at 1.05 each, are enough for 91 verdicts at 0.05 each.
    expect(verdicts).toBe(91);
    expect(granted(spent, named, T0)).toEqual({ tells: 'nothing', again: expect.closeTo(T0 + 0.05 * 5 * DAY, -1) });
  });

  it('is a verdict alone for whoever is named at none of the faces, at eight times the price where it could be others', () => {
    const near = (faces: Partial<NearFaces>) =>
      granted(NOTHING, { isNamed: false, clear: 0, unclear: 0, ...faces }, T0);
    const [clear, unclear] = [near({ clear: 8 }), near({ unclear: 1 })];
    expect(clear).toMatchObject({ tells: 'verdict', spent: { asker: T0 + 0.4 * 5 * DAY, group: T0 + 0.4 * DAY } });
    expect(unclear).toEqual(clear);
  });

  it('comes back slowly: a distance in five days to one asker, in one day to a group', () => {
    const { spent } = untilNoDistance(false);
    expect(granted(spent, named, T0 + 3 * DAY).tells).toBe('distance');
    expect(granted(spent, named, T0 + 2 * DAY).tells).toBe('verdict');
    const group = { ...untilNoDistance(true).spent, asker: 0 };
    expect(granted(group, named, T0 + 0.9 * DAY).tells).toBe('distance');
    expect(granted(group, named, T0 + 0.8 * DAY).tells).toBe('verdict');
  });

  it('is nothing for an answer that says more than there ever is room for, and the time to ask again is no later than all', () => {
    const much = granted(NOTHING, { isNamed: true, clear: 0, unclear: 64 }, T0);
    expect(much).toEqual({ tells: 'nothing', again: T0 + (64 * 0.4 - 14) * 5 * DAY });
    const more = granted(NOTHING, { isNamed: true, clear: 0, unclear: 640 }, T0);
    expect(more).toEqual({ tells: 'nothing', again: T0 + 14 * 5 * DAY });
  });
});
