import { beforeAll, describe, expect, it } from 'vitest';
import { BEGINNING, isQuiet, later, next, type World } from './protocol-world.ts';

/**
 * Every world to which some order of events leads. The events are deliveries, steps of worker, bot
 * and progress, crashes, and the clock.
 */
const worlds = new Map<string, World>();

beforeAll(() => {
  const open = [BEGINNING];
  worlds.set(JSON.stringify(BEGINNING), BEGINNING);
  for (let world = open.pop(); world; world = open.pop()) {
    for (const one of next(world)) {
      const key = JSON.stringify(one);
      if (worlds.has(key)) continue;
      worlds.set(key, one);
      open.push(one);
    }
  }
});

/** The first world in which this does not hold, if any. */
function broken(holds: (world: World) => boolean): World | undefined {
  for (const world of worlds.values()) if (!holds(world)) return world;
  return undefined;
}

describe('in every order of events', () => {
  it('there are many', () => {
    expect(worlds.size).toBeGreaterThan(500_000);
  });

  it('one answer is shown, unless somebody died between their word and its note', () => {
    expect(broken(({ seen, isUnknown }) => isUnknown || seen.results + seen.overs <= 1)).toBeUndefined();
  });

  it('nobody tells how an ask goes once it is answered', () => {
    const isLate = ({ seen }: World) => seen.last === 'progress' && seen.results + seen.overs > 0;
    expect(broken((world) => world.isUnknown || !isLate(world))).toBeUndefined();
  });

  it('everybody who waits is told in the end, and nothing of the ask is left', () => {
    const quiet = [...worlds.values()].filter(isQuiet);
    expect(quiet.length).toBeGreaterThan(100);
    for (const world of quiet) {
      const { seen, shelf } = later(world);
      expect(seen.results + seen.overs).toBeGreaterThan(0);
      expect(shelf).toBeUndefined();
    }
  });
});
