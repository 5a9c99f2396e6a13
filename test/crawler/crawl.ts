import type { Said } from './booth.ts';
import { photoOf } from './faces.ts';
import type { Asked, Expected, Offer } from './ledger.ts';
import { photosBy } from './photos.ts';
import { press } from './press.ts';
import type { Somebody } from './somebody.ts';
import { ASKED, PLAIN, typed, type Utterance } from './utterances.ts';
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
  if (dice < 0.6 && ways.length > 0) return press(world, person, world.one(ways));
  const others = buttons.filter(({ button }) => world.chance(button.id.startsWith('right:') ? 0.1 : 1));
  if (dice < 0.7 && others.length > 0) return press(world, person, world.one(others));
  return says(world, person);
}

/** Photos without words, as the next message. */
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

/** The expected answer to words, perhaps with photos. */
function heard(world: World, { words, means, isNear }: Utterance, ask: Omit<Asked, 'command'>): Expected {
  const { ledger } = world;
  const { who } = ask;
  if (words.startsWith('/')) ledger.awaiting.delete(who);
  if (isNear && means) {
    return { claims: ['intent.near'], offers: { for: 'command', ask, commands: [means] } };
  }
  if (means) {
    ledger.awaiting.delete(who);
    return ledger.answer({ ...ask, command: means });
  }
  if (ask.photos.length > 0 && !words.startsWith('/')) return shownPhotos(world, ask);
  return { claims: ['failures.bad_command'], offers: { for: 'command', ask, commands: [] } };
}

/** A photo without a known purpose. */
function whatFor(ask: Omit<Asked, 'command'>): Expected {
  return { claims: ['intent.photo'], offers: { for: 'command', ask, commands: [] } };
}

/** Photos without words complete an ask that waits for some. */
function shownPhotos(world: World, ask: Omit<Asked, 'command'>): Expected {
  const { ledger } = world;
  const waiting = ledger.awaiting.get(ask.who) ?? [];
  const latest = ask.group === undefined ? waiting.at(-1) : waiting.findLast((one) => one.ask.group === ask.group);
  if (!latest) return whatFor(ask);
  ledger.awaiting.set(
    ask.who,
    waiting.filter((one) => one !== latest),
  );
  const question = latest.notice as Question | undefined;
  if (!question) {
    const group = ask.group ?? latest.ask.group;
    const asked = { ...ask, command: latest.ask.command, group };
    const expected = ledger.answer(asked);
    const isMore = expected.offers?.for === 'consent' && asked.command === 'enroll' && ask.photos.length < 3;
    return isMore ? { ...expected, awaits: asked } : expected;
  }
  if (question.isUsed || question.isLost) return whatFor(ask);
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
  const utterance = world.chance(0.6) ? world.one(typed(world.one(ASKED))) : world.one(PLAIN);
  const words = { words: utterance.words, photos, group: undefined, asFiles };
  return said(world, person, words, heard(world, utterance, ask), 'words');
}

function saysInTelegramGroup(world: World, person: Somebody): Deed | undefined {
  const { who, groups } = person;
  const group = world.one(groups);
  if (!world.ledger.members[group]?.has(who)) return undefined;
  const command = world.one(ASKED);
  const words = `/${command}${world.chance(0.3) ? '@finder_test_bot' : ''}`;
  const photos = command === 'find' || world.chance(0.2) ? photosBy(world, person) : [];
  const ask = { who, group, command, photos };
  const message = { words, photos, group };
  if (command !== 'find') {
    const isOpen = command === 'help' || command === 'privacy';
    const offers: Offer = { for: 'opening', ask: { ...ask, photos: [], ...(isOpen && { group: undefined }) } };
    return said(world, person, message, { claims: ['telegram.inPrivate'], offers }, 'group command');
  }
  if (world.started.has(who)) {
    return said(world, person, message, heard(world, { words, means: command }, ask), 'group find');
  }
  // The answer comes outside the group, and its offer asks for the same.
  world.ledger.awaiting.delete(who);
  if (photos.length === 0) world.ledger.answer(ask);
  return said(world, person, message, { claims: ['telegram.openOnce'], offers: { for: 'opening', ask } }, 'first find');
}

function commands(world: World, person: Somebody): Deed {
  const { who, groups } = person;
  const here = world.one(groups);
  const group = world.chance(0.75) && world.ledger.members[here]?.has(who) ? here : undefined;
  const command = world.one(ASKED);
  const takes = command === 'enroll' || command === 'find';
  const sent = takes ? photosBy(world, person).slice(0, command === 'find' ? 1 : 3) : [];
  const photos = command === 'find' && sent.length === 0 ? [photoOf([{ of: who, shot: 0 }])] : sent;
  const ask = { who, group, command, photos };
  const message = { words: `/${command}`, photos, group };
  if (command === 'enroll' && photos.length === 0) return formed(world, person, ask, message);
  return said(world, person, message, heard(world, { words: '', means: command }, ask), 'slash');
}

/** A form asks for selfies and consent at once, if the group is clear. */
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
      if (isIn) ledger.agree(asked);
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
  const utterance = world.chance(0.6) ? world.one(typed(world.one(ASKED))) : world.one(PLAIN);
  // The page marks no commands.
  const meant = utterance.isMarked ? { ...utterance, isNear: true } : utterance;
  return said(world, person, { words: utterance.words, photos, group }, heard(world, meant, ask), 'words');
}

/** The bot hears of people leaving. A returning person starts anew. */
async function comesOrGoes(world: World, person: Somebody): Promise<string> {
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
  await booth.settled();
  await world.erased(person, group);
  return 'leave';
}

function moves(world: World, person: Somebody): string {
  world.boothOf(person).moves?.(world.one(person.groups));
  world.tell(`a group of ${person.name} gets another id`);
  return 'move';
}
