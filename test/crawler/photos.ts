import { BROKEN, type Photo } from './faces.ts';
import type { Somebody } from './somebody.ts';
import type { World } from './world.ts';

/**
 * Photos that people send: of themselves, of their group, of nobody or somebody else, many photos,
 * or none.
 */
export function photosBy(world: World, person: Somebody): Photo[] {
  return drawn(world, person).map((photo) => world.sent(photo));
}

/** A selfie with the gesture that the bot asked for. Most people show that gesture. */
export function selfieOf({ ledger, random, photoOf }: World, who: number): Photo {
  const asked = [...ledger.gestures].find(([key]) => key.startsWith(`${who} in `))?.[1].gesture;
  const shot = Math.floor(random() * 4);
  return photoOf([{ of: who, shot, ...(asked && random() < 0.8 && { gesture: asked }) }]);
}

function drawn(world: World, { who, groups }: Somebody): Photo[] {
  const self = () => selfieOf(world, who);
  const group = () => {
    const there = [...(world.ledger.members[groups[0] ?? 0] ?? [])];
    const some = there.filter(() => world.chance(0.4)).map((of) => ({ of, shot: Math.floor(world.random() * 4) }));
    const strangers = world.chance(0.3) ? [{ of: 90, shot: 1 }] : [];
    return world.photoOf([...some, ...strangers], world.chance(0.1) ? 3 : 0);
  };
  const dice = world.random();
  if (dice < 0.35) return [self()];
  if (dice < 0.6) return [group()];
  if (dice < 0.65) return [BROKEN];
  if (dice < 0.7) return [world.photoOf([])];
  // The face of any member of the group.
  if (dice < 0.74)
    return [world.photoOf([{ of: world.one([...(world.ledger.members[groups[0] ?? 0] ?? [who])]), shot: 1 }])];
  if (dice < 0.8) return [self(), self()];
  if (dice < 0.84) return Array.from({ length: 10 }, () => (world.chance(0.5) ? self() : group()));
  return [];
}
