import { MEDIA } from './booth.ts';
import { comesOrGoes, moves } from './comings.ts';
import { correct, crash } from './crash.ts';
import type { Deed } from './deed.ts';
import type { Asked, Offer } from './expected.ts';
import { wrongInGroups } from './groups.ts';
import { heard, said, shownPhotos } from './heard.ts';
import { photosBy, selfieOf } from './photos.ts';
import { press } from './press.ts';
import { commands, formed } from './slash.ts';
import type { Offered, Somebody } from './somebody.ts';
import { takesBack } from './takes-back.ts';
import { ASKED, OFTEN, PLAIN, typed } from './utterances.ts';
import type { World } from './world.ts';

/** The most people who act at the same moment. */
const AT_ONCE = 4;

/**
 * The share of steps in which the program is killed. Only drills, which set PEOPLE, kill it: what a
 * kill interrupts depends on the machine, so a run with kills cannot be repeated.
 * `test/e2e/kill.test.ts` kills the program at chosen steps.
 */
const KILLS = process.env.PEOPLE === undefined ? 0 : Number(process.env.KILLS ?? 0.006);

/**
 * Takes the next step: somebody acts, several people act at once, or something happens to all.
 * Gives the names of what happened, for counting.
 */
export async function step(world: World): Promise<readonly string[]> {
  const done = await happens(world);
  const wrong = wrongInGroups(world);
  if (wrong) world.fail({ what: done.join(', '), person: wrong.person }, wrong.why);
  return done;
}

async function happens(world: World): Promise<readonly string[]> {
  const dice = world.random();
  if (dice < 0.002) {
    await world.restart();
    return ['restart'];
  }
  const person = world.one(world.acting());
  if (dice < 0.025) return [await comesOrGoes(world, person)];
  if (dice < 0.03) return [moves(world, person)];
  const several = crowd(world, person, dice < 0.25 ? AT_ONCE : 1);
  const plan = () => several.flatMap((one) => deed(world, one) ?? []);
  if (dice > 1 - KILLS) return await crash(world, plan);
  const before = world.ledger.copy();
  const deeds = plan();
  await world.play(deeds);
  if (world.hasNets) for (const one of deeds) await correct(world, before, { deed: one, outcome: 'open' });
  return deeds.map(({ what }) => what);
}

/** Chooses up to `size` people, of whom no two have a group in common. */
function crowd(world: World, first: Somebody, size: number): readonly Somebody[] {
  const chosen = [first];
  for (let tries = 0; tries < size * 2 && chosen.length < size; tries++) {
    const other = world.one(world.acting());
    const isApart = chosen.every(({ groups }) => groups.every((group) => !other.groups.includes(group)));
    if (isApart) chosen.push(other);
  }
  return chosen;
}

function deed(world: World, person: Somebody): Deed | undefined {
  const dice = world.random();
  const { buttons, who, last } = person;
  // Most people do what they were just asked for.
  if (dice < 0.4 && (world.ledger.awaiting.get(who) ?? []).length > 0) return sendsPhotos(world, person);
  const asked = buttons.filter(
    ({ shown, button }) => shown === last && !/^(right|delete|shown|wrong):/.test(button.id),
  );
  const agreeing = asked.filter(({ button }) => /:(agree|shown)$/.test(button.id));
  const ways = agreeing.length > 0 && world.chance(0.7) ? agreeing : asked;
  if (dice < 0.6 && ways.length > 0) return takes(world, person, world.one(ways));
  const others = buttons.filter(({ button }) => world.chance(button.id.startsWith('right:') ? 0.1 : 1));
  if (dice < 0.7 && others.length > 0) return takes(world, person, world.one(others));
  return says(world, person);
}

/** Presses a button that the person saw. A button that the page adds by itself sends a command. */
function takes(world: World, person: Somebody, offered: Offered): Deed | undefined {
  if (!offered.button.isStep) return press(world, person, offered);
  const command = ASKED.find((name) => offered.button.id === `next:${name}`);
  const { who } = person;
  const group = offered.room ?? world.one(person.groups);
  if (!command) return saysOnPage(world, person);
  const words = `/${command}`;
  const photos = photosBy(world, person);
  return said(
    world,
    person,
    { words, photos, group },
    heard(world, { words, means: command }, { who, group, photos }),
    'next step',
  );
}

/**
 * Sends a selfie without words, as people do who were asked for one. On Discord, where the bot does
 * not hear that, sends a command.
 */
function sendsPhotos(world: World, person: Somebody): Deed {
  const { who, groups, platform } = person;
  if (platform === 'discord') return commands(world, person);
  const photos = [world.sent(selfieOf(world, who))];
  const group = platform === 'page' ? world.one(groups) : undefined;
  world.started.add(who);
  return said(
    world,
    person,
    { words: '', photos, group },
    shownPhotos(world, { who, group, photos }),
    'awaited photos',
  );
}

/** Presses the button of an invitation to a whole group. */
function accepts(world: World, person: Somebody): Deed | undefined {
  const { who, groups, platform } = person;
  const group = world.one(groups);
  const joins = world.boothOf(person).invitation?.(group);
  if (!joins || !world.ledger.members[group]?.has(who)) return undefined;
  const ask: Asked = { who, group, command: 'enroll', photos: [] };
  const message = { words: 'the invitation', photos: [], group };
  const what = 'press invitation';
  if (platform === 'discord') return { ...formed(world, person, ask, message), what, act: () => joins(who) };
  world.ledger.awaiting.delete(who);
  world.started.add(who);
  return { ...said(world, person, message, world.ledger.enter(ask), what), act: () => joins(who) };
}

function says(world: World, person: Somebody): Deed | undefined {
  const accepted = world.chance(0.1) ? accepts(world, person) : undefined;
  if (accepted) return accepted;
  const taking = world.chance(0.2) ? takesBack(world, person) : undefined;
  if (taking) return taking;
  switch (person.platform) {
    case 'telegram':
      return world.chance(0.45) ? saysInTelegramGroup(world, person) : saysInPrivate(world, person);
    case 'discord':
      return commands(world, person);
    case 'page':
      return saysOnPage(world, person);
  }
}

function saysInPrivate(world: World, person: Somebody): Deed {
  const { who } = person;
  const dice = world.random();
  world.started.add(who);
  if (dice < 0.12) {
    const media = world.one(MEDIA);
    return said(
      world,
      person,
      { words: '', photos: [], group: undefined, media },
      { claims: ['intent.onlyPhotos'] },
      media,
    );
  }
  const photos = dice < 0.6 ? photosBy(world, person) : [];
  const isForwarded = photos.length > 0 && world.chance(0.1);
  const sent = photos.map((photo) => ({ ...photo, ...(isForwarded && { isBorrowed: true }) }));
  const ask = { who, group: undefined, photos: sent };
  const asFiles = world.chance(0.2);
  if (photos.length > 0 && (isForwarded || world.chance(0.5))) {
    const words = { words: '', photos, group: undefined, asFiles, isForwarded };
    return said(world, person, words, shownPhotos(world, ask), 'photos');
  }
  const utterance = world.chance(0.6) ? world.one(typed(world.one(OFTEN))) : world.one(PLAIN);
  const words = { words: utterance.words, photos, group: undefined, asFiles };
  return said(world, person, words, heard(world, utterance, ask), 'words');
}

const BOT = '@finder_test_bot';

/** A misspelt command with fewer letters means nothing in a group, unless it names the bot. */
const LEAST_MISSPELT = 5;

function saysInTelegramGroup(world: World, person: Somebody): Deed | undefined {
  const { who, groups } = person;
  const group = world.one(groups);
  if (!world.ledger.members[group]?.has(who)) return undefined;
  const command = world.one(OFTEN);
  const utterance = world.one(typed(command).filter(({ isNear }) => world.started.has(who) || !isNear));
  const [word = ''] = utterance.words.match(/^\/\p{L}+/u) ?? [];
  const isShort = utterance.isNear && word.length <= LEAST_MISSPELT;
  const words = isShort || world.chance(0.3) ? utterance.words.replace(word, `${word}${BOT}`) : utterance.words;
  const isSearch = command === 'find' || command === 'me' || command === 'blur';
  const photos = isSearch || world.chance(0.2) ? photosBy(world, person) : [];
  // A bot that is no admin gets only one photo of an album: the one under which the command stands.
  // A selfie that is sent in the group is not used.
  const taken = command === 'enroll' ? [] : photos.slice(0, 1);
  const ask: Asked = { who, group, command, photos: taken, ...(utterance.isAll && { isAll: true }) };
  const message = { words, photos, group };
  if (world.started.has(who)) return said(world, person, message, heard(world, utterance, ask), 'group command');
  // The bot cannot write to this person yet. It shows a button that opens its private chat, where
  // the ask is answered.
  world.ledger.awaiting.delete(who);
  if (taken.length === 0) world.ledger.answer(ask);
  const offers: Offer = { for: 'opening', ask };
  return said(world, person, message, { claims: ['telegram.openOnce'], offers }, 'first command');
}

function saysOnPage(world: World, person: Somebody): Deed {
  const { who, groups } = person;
  const group = world.one(groups);
  const photos = world.chance(0.6) ? photosBy(world, person).slice(0, 10) : [];
  const ask = { who, group, photos };
  if (photos.length > 0 && world.chance(0.4)) {
    return said(world, person, { words: '', photos, group }, shownPhotos(world, ask), 'photos');
  }
  const utterance = world.chance(0.6) ? world.one(typed(world.one(OFTEN))) : world.one(PLAIN);
  // The page marks no commands. So the bot takes a command with a sign, such as `/find.`, for a
  // misspelt word, and only offers the command.
  const meant = utterance.isMarked ? { ...utterance, isNear: true } : utterance;
  return said(world, person, { words: utterance.words, photos, group }, heard(world, meant, ask), 'words');
}
