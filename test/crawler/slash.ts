import type { CommandName } from '../../src/text/words.ts';
import type { Said } from './booth.ts';
import type { Deed } from './deed.ts';
import type { Asked } from './expected.ts';
import { heard, said } from './heard.ts';
import { photosBy } from './photos.ts';
import type { Somebody } from './somebody.ts';
import { OFTEN } from './utterances.ts';
import type { World } from './world.ts';

/** A command on Discord, where the bot hears nothing else that people write. */
export function commands(world: World, person: Somebody): Deed {
  const { who, groups } = person;
  const here = world.one(groups);
  const command = world.one(OFTEN);
  const isIn = world.ledger.members[here]?.has(who) === true;
  // In private, Discord does not show commands for admins.
  const isForAdmins = command === 'invite' || command === 'settings';
  const group = isIn && (isForAdmins || world.chance(0.75)) ? here : undefined;
  if (isForAdmins && group === undefined) return commands(world, person);
  const most = PHOTOS[command] ?? 0;
  const sent = most > 0 ? photosBy(world, person).slice(0, most) : [];
  const isEmpty = most > 0 && command !== 'enroll' && sent.length === 0;
  const photos = isEmpty ? [world.photoOf([{ of: who, shot: 0 }])] : sent;
  const isAll = command === 'blur' && world.chance(0.3);
  const ask = { who, group, command, photos };
  const message = { words: `/${command}${isAll ? ' all' : ''}`, photos, group };
  if (command === 'enroll' && photos.length === 0) return formed(world, person, ask, message);
  return said(world, person, message, heard(world, { words: '', means: command, isAll }, ask), 'slash');
}

/** How many photos a slash command takes. */
const PHOTOS: Partial<Record<CommandName, number>> = { enroll: 3, find: 1, me: 10, blur: 10 };

/**
 * What /enroll does on Discord. Where the group is clear, a form asks for selfies and consent at
 * once. `room`: the group in which the form is sent.
 */
export function formed(
  world: World,
  person: Somebody,
  ask: Asked,
  message: Said,
  room: number | undefined = ask.group,
): Deed {
  const { ledger } = world;
  const { who } = ask;
  const [only, ...others] = ask.group === undefined ? ledger.groupsOf(who) : [ask.group];
  if (only === undefined || others.length > 0) {
    return said(world, person, message, heard(world, { words: '', means: 'enroll' }, ask), 'slash');
  }
  const photos = photosBy(world, person).slice(0, 3);
  const selfies = photos.length > 0 ? photos : [world.photoOf([{ of: who, shot: 2 }])];
  const isShown = world.chance(0.3);
  return {
    ...said(world, person, message, { claims: [] }, 'form'),
    onward([form]) {
      const { submits } = world.boothOf(person);
      if (!form?.isForm || !submits) throw new Error('no form was shown');
      ledger.awaiting.delete(who);
      const asked = { ...ask, group: only, photos: selfies };
      const isIn = ledger.members[only]?.has(who) === true;
      if (isIn) ledger.agree(asked, 'enrol', isShown);
      const expected = isIn ? ledger.photos(asked) : ledger.enter(asked);
      const sent = { ...message, photos: selfies };
      return {
        ...said(world, person, sent, expected, 'form'),
        act: () => submits(who, form, selfies, room, isShown),
      };
    },
  };
}
