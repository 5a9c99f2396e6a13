import type { CommandName } from '../../src/text/words.ts';
import type { Said } from './booth.ts';
import { comesOrGoes, moves } from './comings.ts';
import type { Asked, Expected, Offer } from './expected.ts';
import { photoOf } from './faces.ts';
import { photosBy } from './photos.ts';
import { press } from './press.ts';
import type { Offered, Somebody } from './somebody.ts';
import { ASKED, OFTEN, PLAIN, typed, type Utterance } from './utterances.ts';
import type { Deed, Question, World } from './world.ts';

/** The most people who act at the same moment. */
const AT_ONCE = 4;

/**
 * The next step: somebody acts, several act at once, or something happens to all. Gives its names,
 * for counting.
 */
export async function step(world: World): Promise<readonly string[]> {
  const dice = world.random();
  if (dice < 0.004) {
    await world.restart();
    return ['restart'];
  }
  const person = world.one(world.people);
  if (dice < 0.025) return [await comesOrGoes(world, person)];
  if (dice < 0.03) return [moves(world, person)];
  const several = crowd(world, person, dice < 0.25 ? AT_ONCE : 1);
  const deeds = several.flatMap((one) => deed(world, one) ?? []);
  await world.play(deeds);
  return deeds.map(({ what }) => what);
}

/** People without a group in common. */
function crowd(world: World, first: Somebody, size: number): readonly Somebody[] {
  const chosen = [first];
  for (let tries = 0; tries < size * 2 && chosen.length < size; tries++) {
    const other = world.one(world.people);
    const isApart = chosen.every(({ groups }) => groups.every((group) => !other.groups.includes(group)));
    if (isApart) chosen.push(other);
  }
  return chosen;
}

function deed(world: World, person: Somebody): Deed | undefined {
  const dice = world.random();
  const { buttons, who, last } = person;
  // Most people go on with what they were just asked.
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

/** Presses what was offered. What the page offers by itself types a command. */
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

/** Photos without a word, as their next message. */
function sendsPhotos(world: World, person: Somebody): Deed {
  const { who, groups, platform } = person;
  if (platform === 'discord') return commands(world, person);
  const photos = [photoOf([{ of: who, shot: Math.floor(world.random() * 4) }])].map((photo) => world.sent(photo));
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

function says(world: World, person: Somebody): Deed | undefined {
  switch (person.platform) {
    case 'telegram':
      return world.chance(0.45) ? saysInTelegramGroup(world, person) : saysInPrivate(world, person);
    case 'discord':
      return commands(world, person);
    case 'page':
      return saysOnPage(world, person);
  }
}

/** What is expected of words that are heard, with photos perhaps. */
function heard(
  world: World,
  { words, means, isNear, isAll, isGreeting }: Utterance,
  ask: Omit<Asked, 'command'>,
): Expected {
  const { ledger } = world;
  const { who } = ask;
  if (words.startsWith('/')) ledger.awaiting.delete(who);
  if (isGreeting) return { claims: ['help.title', 'intent.greeting'], offers: { for: 'command', ask, commands: [] } };
  if (isNear && means) {
    return { claims: ['intent.near'], offers: { for: 'command', ask, commands: [means] } };
  }
  if (means) {
    ledger.awaiting.delete(who);
    return ledger.answer({ ...ask, command: means, ...(isAll && { isAll }) });
  }
  if (ask.photos.length > 0 && !words.startsWith('/')) return shownPhotos(world, ask);
  return { claims: ['failures.bad_command'], offers: { for: 'command', ask, commands: [] } };
}

/** A photo without a known purpose. After a /me in private it may be one of those that follow. */
function whatFor({ ledger }: World, ask: Omit<Asked, 'command'>): Expected {
  const or = ask.group === undefined && ledger.series.has(ask.who) ? { or: ['series.found'] } : {};
  return { claims: ['intent.photo'], offers: { for: 'command', ask, commands: [] }, ...or };
}

/** Photos without words complete an ask that waits for some. */
function shownPhotos(world: World, ask: Omit<Asked, 'command'>): Expected {
  const { ledger } = world;
  const waiting = ledger.awaiting.get(ask.who) ?? [];
  const latest = ask.group === undefined ? waiting.at(-1) : waiting.findLast((one) => one.ask.group === ask.group);
  if (!latest) return whatFor(world, ask);
  ledger.awaiting.set(
    ask.who,
    waiting.filter((one) => one !== latest),
  );
  const question = latest.notice as Question | undefined;
  if (!question) {
    const group = ask.group ?? latest.ask.group;
    const asked = { ...latest.ask, ...ask, group };
    const expected = ledger.answer(asked);
    const isMore = expected.offers?.for === 'consent' && asked.command === 'enroll' && ask.photos.length < 3;
    return isMore ? { ...expected, awaits: asked } : expected;
  }
  if (question.isUsed || question.isLost) return whatFor(world, ask);
  const photos = [...question.offer.ask.photos, ...ask.photos].slice(0, 3);
  question.offer = { ...question.offer, ask: { ...question.offer.ask, photos } } as Offer;
  if (photos.length < 3) ledger.awaiting.set(ask.who, [...(ledger.awaiting.get(ask.who) ?? []), latest]);
  return { claims: ['enroll.collected'], told: { photos: photos.length } };
}

function said(world: World, person: Somebody, words: Said, expected: Expected, what: string): Deed {
  const photos = words.photos.map(({ faces, isBroken }) =>
    isBroken ? 'broken' : faces.map(({ of, shot }) => `${of}.${shot}`).join('+'),
  );
  return {
    person,
    what,
    told: `in ${words.group ?? 'private'}: ${JSON.stringify({ ...words, photos })} (${expected.claims.join(' ')})`,
    act: () => world.boothOf(person).says(person.who, words),
    expected: [expected],
    room: person.platform === 'telegram' ? undefined : words.group,
    isRepeated: world.chance(0.1),
  };
}

function saysInPrivate(world: World, person: Somebody): Deed {
  const { who } = person;
  const dice = world.random();
  world.started.add(who);
  if (dice < 0.12) {
    const media = world.one(['video', 'video_note', 'animation', 'voice', 'audio', 'sticker'] as const);
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

/** What is asked in a group and answered in private, without a link there. */
const SAID_AT_ONCE: readonly CommandName[] = ['find', 'me', 'blur', 'invite', 'settings'];

function saysInTelegramGroup(world: World, person: Somebody): Deed | undefined {
  const { who, groups } = person;
  const group = world.one(groups);
  if (!world.ledger.members[group]?.has(who)) return undefined;
  const command = world.one(OFTEN);
  const words = `/${command}${world.chance(0.3) ? '@finder_test_bot' : ''}`;
  const isAtOnce = SAID_AT_ONCE.includes(command);
  const photos = isAtOnce || world.chance(0.2) ? photosBy(world, person) : [];
  // Of an album, a bot that is no admin gets only the photo under which the command stands.
  const ask = { who, group, command, photos: photos.slice(0, 1) };
  const message = { words, photos, group };
  if (!isAtOnce) {
    const isOpen = command === 'help' || command === 'privacy';
    const offers: Offer = { for: 'opening', ask: { ...ask, photos: [], ...(isOpen && { group: undefined }) } };
    return said(world, person, message, { claims: ['telegram.inPrivate'], offers }, 'group command');
  }
  if (world.started.has(who)) {
    return said(world, person, message, heard(world, { words, means: command }, ask), 'group command');
  }
  // The answer comes outside the group, and its offer asks for the same.
  world.ledger.awaiting.delete(who);
  if (photos.length === 0) world.ledger.answer(ask);
  return said(
    world,
    person,
    message,
    { claims: ['telegram.openOnce'], offers: { for: 'opening', ask } },
    'first command',
  );
}

function commands(world: World, person: Somebody): Deed {
  const { who, groups } = person;
  const here = world.one(groups);
  const command = world.one(OFTEN);
  const isIn = world.ledger.members[here]?.has(who) === true;
  // Discord shows what is for admins in servers alone.
  const isForAdmins = command === 'invite' || command === 'settings';
  const group = isIn && (isForAdmins || world.chance(0.75)) ? here : undefined;
  if (isForAdmins && group === undefined) return commands(world, person);
  const most = PHOTOS[command] ?? 0;
  const sent = most > 0 ? photosBy(world, person).slice(0, most) : [];
  const isEmpty = most > 0 && command !== 'enroll' && sent.length === 0;
  const photos = isEmpty ? [photoOf([{ of: who, shot: 0 }])] : sent;
  const isAll = command === 'blur' && world.chance(0.3);
  const ask = { who, group, command, photos };
  const message = { words: `/${command}${isAll ? ' all' : ''}`, photos, group };
  if (command === 'enroll' && photos.length === 0) return formed(world, person, ask, message);
  return said(world, person, message, heard(world, { words: '', means: command, isAll }, ask), 'slash');
}

/** So many photos a slash command takes. */
const PHOTOS: Partial<Record<CommandName, number>> = { enroll: 3, find: 1, me: 10, blur: 10 };

/** A form asks for selfies and consent at once, where it is clear which group is meant. */
function formed(world: World, person: Somebody, ask: Asked, message: Said): Deed {
  const { ledger } = world;
  const { who } = ask;
  const [only, ...others] = ask.group === undefined ? ledger.groupsOf(who) : [ask.group];
  if (only === undefined || others.length > 0) {
    return said(world, person, message, heard(world, { words: '', means: 'enroll' }, ask), 'slash');
  }
  const photos = photosBy(world, person).slice(0, 3);
  const selfies = photos.length > 0 ? photos : [photoOf([{ of: who, shot: 2 }])];
  const isShown = world.chance(0.3);
  return {
    ...said(world, person, message, { claims: [] }, 'form'),
    onward([form]) {
      const { submits } = world.boothOf(person);
      if (!form?.isForm || !submits) throw new Error('no form was shown');
      ledger.awaiting.delete(who);
      const asked = { ...ask, group: only, photos: selfies };
      const isIn = ledger.members[only]?.has(who) === true;
      if (isIn) ledger.agree(asked, 'enrol');
      const expected = isIn ? ledger.photos(asked) : ledger.enter(asked);
      const sent = { ...message, photos: selfies };
      return {
        ...said(world, person, sent, expected, 'form'),
        act: () => submits(who, form, selfies, ask.group, isShown),
      };
    },
  };
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
  // The page marks no commands.
  const meant = utterance.isMarked ? { ...utterance, isNear: true } : utterance;
  return said(world, person, { words: utterance.words, photos, group }, heard(world, meant, ask), 'words');
}
