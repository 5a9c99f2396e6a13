import type { CommandName } from '../../src/text/words.ts';
import type { Button, Coming } from './booth.ts';
import { commandLabelled, isSignpost, questionOf } from './buttons.ts';
import type { Deed, Question } from './deed.ts';
import type { Asked, Expected } from './expected.ts';
import { ANYTHING } from './judge.ts';
import { formed } from './slash.ts';
import type { Offered, Somebody } from './somebody.ts';
import { ASKED } from './utterances.ts';
import type { World } from './world.ts';

/** Buttons that this file does not press: they delete a result, or belong to a series. */
const ELSEWHERE = /^(delete|shown|series):/;

/** Somebody presses a button that they saw earlier, perhaps twice at the same time. */
export function press(world: World, person: Somebody, offered: Offered): Deed | undefined {
  const { shown, room } = offered;
  const isPick = offered.button.id.startsWith('pick-');
  const button = isPick ? { ...offered.button, picks: world.one(person.groups) } : offered.button;
  const isIn = room === undefined || world.ledger.members[room]?.has(person.who);
  if (ELSEWHERE.test(button.id) || !isIn) return undefined;
  // A signpost enrols when no request waits behind it. Whether an erasure left a used request there
  // is unknown, and so is the right answer.
  const waits = world.questions.get(questionOf(button.id, person.who) ?? '');
  if (isSignpost(button.id) && waits?.isLost) return undefined;
  world.started.add(person.who);
  const chosen = enrolsIn(world, person, button);
  if (chosen !== undefined) {
    const ask: Asked = { who: person.who, group: chosen, command: 'enroll', photos: [] };
    const form = formed(world, person, ask, { words: button.label, photos: [], group: room }, undefined);
    return { ...form, act: () => world.boothOf(person).presses(person.who, shown, button, room) };
  }
  const expected = pressed(world, person, { ...offered, button });
  const isTwice = world.chance(0.1) && !button.isLink && !isPick && !/^(right|wrong|details):/.test(button.id);
  const act = () => world.boothOf(person).presses(person.who, shown, button, room);
  // Of two presses at once, one may be told this. An erasure also removes what waits behind the
  // button.
  const maybe = ['failures.in_progress', 'failures.expired:used', 'failures.expired:lost'];
  return {
    person,
    what: `press ${world.questions.get(questionOf(button.id, person.who) ?? '')?.offer.for ?? button.id.split('-', 1)[0]}`,
    told: `presses “${button.label}”${isTwice ? ' twice' : ''} in ${room ?? 'private'}: ${button.id} (${expected.map(({ claims }) => claims.join(' ')).join(' / ')})`,
    act: isTwice ? () => together(act(), act()) : act,
    expected: isTwice ? expected.map((one) => ({ ...one, maybe: [...(one.maybe ?? []), ...maybe] })) : expected,
    room,
    isRepeated: !isTwice && world.chance(0.1),
    isTwice,
    pressed: button.id,
  };
}

/**
 * The group that a press on Discord chooses for an enrolment. The press opens a form, and the
 * question can be answered again. Undefined for other presses.
 */
function enrolsIn({ questions }: World, { who, platform }: Somebody, { id, label }: Button): number | undefined {
  const { offer, isUsed, isLost } = questions.get(questionOf(id, who) ?? '') ?? {};
  if (platform !== 'discord' || offer?.for !== 'place' || isUsed || isLost) return undefined;
  const { command, photos } = offer.ask;
  if (command !== 'enroll' || photos.length > 0) return undefined;
  return offer.groups.find((one) => label === `Club ${one}`);
}

/** Makes two presses one: all that comes of both of them, and each text only once. */
function together(one: Coming, other: Coming): Coming {
  return {
    first: Promise.all([one.first, other.first]).then(() => undefined),
    all: () => [...new Map([...one.all(), ...other.all()].map((shown) => [shown.text, shown])).values()],
    isHeard: () => one.isHeard() && other.isHeard(),
  };
}

const KINDS_OF_MYDATA = [
  'mydata.nothing',
  'mydata.title',
  'mydata.enrolled',
  'mydata.selfies.which',
  'mydata.selfies.kept',
  'wrong.which',
  'wrong.noted',
  'wrong.known',
];

function pressed(world: World, person: Somebody, { button, room, group }: Offered): Expected[] {
  const { ledger } = world;
  const { who } = person;
  const [prefix = '', choice = ''] = button.id.split(':', 2);
  if (prefix === 'right') {
    ledger.awaiting.delete(who);
    return [ledger.answer({ who, group: room, command: choice as CommandName, photos: [] })];
  }
  if (prefix === 'wrong') return [{ claims: ['wrong.noted'] }, { claims: ['wrong.known'] }];
  if (prefix === 'details') return [{ claims: ['find.details.how'] }];
  const question = world.questions.get(questionOf(button.id, who) ?? '');
  if (button.isLink && prefix.startsWith('enroll_')) {
    ledger.awaiting.delete(who);
    return [ledger.enter({ who, group, command: 'enroll', photos: [] })];
  }
  if (!question) {
    const command = ASKED.find((name) => name === button.id);
    if (button.isLink && command) {
      ledger.awaiting.delete(who);
      return [ledger.answer({ who, group: undefined, command, photos: [] })];
    }
    throw new Error(`nobody knows what is behind “${button.label}” ${button.id}`);
  }
  const over = (why: string) => ({ claims: [`failures.expired:${why}`] });
  // Telegram's list of groups leaves nothing behind that could tell why it is over.
  const lost = over(button.picks === undefined ? 'lost' : 'other');
  if (question.isUsed) return [over('used'), ...(question.isLost ? [lost] : [])];
  if (question.isLost) return [lost];
  question.isUsed = true;
  return [chosen(world, person, question, button, choice)];
}

function chosen(
  world: World,
  person: Somebody,
  question: Question,
  { label, picks }: Button,
  choice: string,
): Expected {
  const { ledger } = world;
  const { offer } = question;
  const { who } = person;
  const isDecline = offer.for === 'consent' && choice === 'decline';
  ledger.awaiting.delete(who);
  if (isDecline) return { claims: ['notice.declined'] };
  switch (offer.for) {
    case 'consent': {
      const { ask } = offer;
      if (!ledger.members[ask.group ?? 0]?.has(who)) return { claims: ['failures.not_a_member:other'] };
      ledger.agree(ask, offer.purpose, choice === 'shown');
      return ledger.photos(now(world, ask));
    }
    case 'leaving': {
      if (choice === 'cancel') return { claims: ['forget.kept'] };
      const where = choice === 'everywhere' ? undefined : offer.ask.group;
      const held = where === undefined ? ledger.groupsOf(who) : [where].filter((one) => ledger.of(who, one));
      const [only, ...others] = held;
      const shots = only === undefined || others.length > 0 ? undefined : ledger.of(who, only)?.shots.length;
      ledger.erase(who, where);
      if (only === undefined) return { claims: ['forget.nothing'] };
      return { claims: ['forget.receipt'], ...(shots && { told: { templates: shots } }) };
    }
    case 'command': {
      const command = commandLabelled(label, person.language);
      if (!command) throw new Error(`“${label}” is no command`);
      return ledger.answer(now(world, { ...offer.ask, command }));
    }
    case 'place': {
      const group = offer.groups.find((one) => label === `Club ${one}`);
      if (group === undefined) throw new Error(`“${label}” is no group`);
      return ledger.enter({ ...offer.ask, group });
    }
    case 'pick':
      return ledger.enter({ ...offer.ask, group: picks });
    case 'opening':
      return isForAll(offer.ask) ? ledger.answer(offer.ask) : ledger.enter(offer.ask);
    case 'claim':
      return ledger.photos({ ...now(world, offer.ask), choice: 'dispute' });
    case 'gesture':
      return ledger.photos({ ...now(world, offer.ask), choice, request: offer.request });
    case 'setting':
      return ledger.setting(offer.ask, choice);
    case 'find':
      return ledger.show(offer.ask);
    case 'me':
      return ledger.photos(now(world, { ...offer.ask, taken: numbersIn(choice) }));
    case 'blur':
      return ledger.photos(now(world, { ...offer.ask, ...afterBlur(choice) }));
    case 'other':
      return aboutData(world, offer.ask, label, choice);
  }
}

/** Whether the answer is about no person, so that nobody has to be a member. */
function isForAll({ group, command }: Asked): boolean {
  return group === undefined || command === 'help' || command === 'privacy';
}

/** The right answer to a button below /mydata: a selfie is dropped, or a find was wrong. */
function aboutData({ ledger }: World, ask: Asked, label: string, choice: string): Expected {
  const [what] = choice.split('-', 1);
  const { group } = ask;
  if (what === 'drop' && group !== undefined) {
    const [number] = /\d+/.exec(label) ?? [];
    const left = ledger.dropShot(ask.who, group, Number(number));
    if (left !== undefined) return { claims: ['mydata.selfies.dropped'], told: { left } };
    const leaving: Asked = { ...ask, command: 'forget' };
    return { claims: ['mydata.selfies.last', 'forget.ask'], offers: { for: 'leaving', ask: leaving } };
  }
  const of = what === 'of' ? Number(/\d+$/.exec(label)?.[0]) : group;
  return { claims: [ANYTHING], maybe: KINDS_OF_MYDATA, offers: { for: 'other', ask: { ...ask, group: of } } };
}

/** What the buttons below a blurred photo ask for. */
function afterBlur(choice: string): Pick<Asked, 'isAllLater' | 'isAgain'> {
  return { ...(choice.startsWith('all') && { isAllLater: true }), isAgain: choice.endsWith('more') };
}

/**
 * The ask as the program can still do it. A restart loses the photos that were uploaded to the
 * page.
 */
function now(world: World, ask: Asked): Asked {
  if (world.people[ask.who]?.platform !== 'page') return ask;
  return { ...ask, photos: ask.photos.map((photo) => ({ ...photo, isGone: photo.starts !== world.starts })) };
}

/** The photos that a choice names. */
function numbersIn(choice: string): number[] {
  return (choice.match(/\d+/g) ?? []).map(Number);
}
