import { wrongInGroups } from './groups.ts';
import { until } from './program.ts';
import type { Somebody } from './somebody.ts';
import type { World } from './world.ts';

/**
 * Lets somebody leave a group, and the bot hears of it. Or lets somebody who left come back, when
 * nothing is held of them any more. Gives the name of what happened, for counting.
 */
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
  await erased(world, person, group);
  return 'leave';
}

/** Resolves once somebody who left is erased, which the bot does without an answer. */
async function erased(world: World, person: Somebody, group: number): Promise<void> {
  const { who } = person;
  const isHeld = world.ledger.of(who, group) !== undefined;
  world.ledger.erase(who, group);
  if (person.platform !== 'discord' || !isHeld) return;
  const booth = world.boothOf(person);
  const held = async () => {
    const coming = booth.says(who, { words: '/mydata', photos: [], group: undefined });
    await coming.first;
    return coming.all().some(({ text }) => new RegExp(`[“„]Club ${group}[“”]`).test(text));
  };
  await until('the erasure of somebody who left', async () => !(await held()));
  await until('the end of what named somebody who left', () => wrongInGroups(world) === undefined);
}

/** Gives a group another id. */
export function moves(world: World, person: Somebody): string {
  const { ledger } = world;
  const group = world.one(person.groups);
  world.boothOf(person).moves?.(group);
  // The bot cannot delete what it posted under the group's old id.
  ledger.shown = ledger.shown.filter((one) => one.group !== group);
  world.tell(`a group of ${person.name} gets another id`);
  return 'move';
}
