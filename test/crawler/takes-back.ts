import { TAKE_BACK } from '../../src/chat/showing/shown.ts';
import type { Deed } from './deed.ts';
import type { Expected } from './expected.ts';
import type { Somebody } from './somebody.ts';
import type { World } from './world.ts';

const KEPT: Expected = { claims: ['shown.not_yours'] };

/** On Discord the result may disappear without a word. */
const DELETED: readonly Expected[] = [{ claims: ['shown.deleted'] }, { claims: [] }];

/** Somebody wants to delete a result that their group was shown. Not everybody may. */
export function takesBack(world: World, person: Somebody): Deed | undefined {
  const { ledger } = world;
  const { who, groups } = person;
  const group = world.one(groups);
  const there = ledger.shown.filter((one) => one.group === group);
  if (there.length === 0 || !ledger.members[group]?.has(who)) return undefined;
  const result = world.one(there);
  const post = world
    .postsIn(group)
    .find(({ key, shown }) => result.keys.includes(key) && shown.buttons.some(({ id }) => id === TAKE_BACK));
  const button = post?.shown.buttons.find(({ id }) => id === TAKE_BACK);
  if (!post || !button) return undefined;
  const isTheirs = [...result.named, result.asker].includes(who);
  if (isTheirs) ledger.shown = ledger.shown.filter((one) => one !== result);
  const expected = result.isUnsure ? [...DELETED, KEPT] : isTheirs ? DELETED : [KEPT];
  return {
    person,
    what: isTheirs ? 'take back' : 'try to take back',
    told: `deletes a result in ${group} that names ${result.named.join()} (${expected.map(({ claims }) => claims.join()).join(' / ')})`,
    act: () => world.boothOf(person).presses(who, post.shown, button, group),
    expected,
    room: group,
    isRepeated: world.chance(0.1),
    isSilent: true,
  };
}
