import type { Somebody } from './somebody.ts';
import type { World } from './world.ts';

/** Leaving is heard; whoever comes back is nobody who was there before. */
export async function comesOrGoes(world: World, person: Somebody): Promise<string> {
  const { ledger } = world;
  const { who, groups } = person;
  const booth = world.boothOf(person);
  const group = world.one(groups);
  if (!booth.leaves || !booth.returns) return 'nothing';
  if (!ledger.members[group]?.has(who)) {
    world.tell(`${person.name} comes back to ${group}`, who);
    booth.returns(who, group);
    ledger.members[group]?.add(who);
    return 'return';
  }
  world.tell(`${person.name} leaves ${group}`, who);
  booth.leaves(who, group);
  ledger.members[group]?.delete(who);
  world.admins.delete(`${who} in ${group}`);
  await booth.settled();
  await world.erased(person, group);
  return 'leave';
}

/** A group gets another id. */
export function moves(world: World, person: Somebody): string {
  world.boothOf(person).moves?.(world.one(person.groups));
  world.tell(`a group of ${person.name} gets another id`);
  return 'move';
}
