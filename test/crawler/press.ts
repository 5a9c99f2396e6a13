import type { CommandName } from '../../src/text/words.ts';
import type { Coming } from './booth.ts';
import { ANYTHING } from './judge.ts';
import type { Asked, Expected } from './ledger.ts';
import type { Offered, Somebody } from './somebody.ts';
import { ASKED } from './utterances.ts';
import { commandLabelled, type Deed, type Question, questionOf, type World } from './world.ts';

/** Buttons outside their question: a result is deleted or shown. */
const ELSEWHERE = /^(delete|shown):|:show$/;

/** Somebody presses any earlier button, perhaps twice at once. */
export function press(world: World, person: Somebody, offered: Offered): Deed | undefined {
  const { shown, button, room } = offered;
  const isIn = room === undefined || world.ledger.members[room]?.has(person.who);
  if (ELSEWHERE.test(button.id) || !isIn) return undefined;
  world.started.add(person.who);
  const expected = pressed(world, person, offered);
  const isTwice = world.chance(0.1) && !button.isLink && !/^(right|wrong):/.test(button.id);
  const act = () => world.boothOf(person).presses(person.who, shown, button, room);
  // An erasure removes even that.
  const maybe = ['failures.in_progress', 'failures.expired:used', 'failures.expired:lost'];
  return {
    person,
    what: `press ${world.questions.get(questionOf(button.id) ?? '')?.offer.for ?? button.id.split('-', 1)[0]}`,
    told: `presses “${button.label}”${isTwice ? ' twice' : ''} in ${room ?? 'private'}: ${button.id} (${expected.map(({ claims }) => claims.join(' ')).join(' / ')})`,
    act: isTwice ? () => together(act(), act()) : act,
    expected: isTwice ? expected.map((one) => ({ ...one, maybe: [...(one.maybe ?? []), ...maybe] })) : expected,
    room,
    isRepeated: !isTwice && world.chance(0.1),
  };
}

/** The answers to two presses in either order. */
function together(one: Coming, other: Coming): Coming {
  return {
    first: Promise.all([one.first, other.first]).then(() => undefined),
    all: () => [...new Map([...one.all(), ...other.all()].map((shown) => [shown.text, shown])).values()],
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

function pressed(world: World, person: Somebody, { button, room }: Offered): Expected[] {
  const { ledger } = world;
  const { who } = person;
  const [prefix = '', choice = ''] = button.id.split(':', 2);
  if (prefix === 'right') {
    ledger.awaiting.delete(who);
    return [ledger.answer({ who, group: room, command: choice as CommandName, photos: [] })];
  }
  if (prefix === 'wrong') return [{ claims: ['wrong.noted'] }, { claims: ['wrong.known'] }];
  const question = world.questions.get(questionOf(button.id) ?? '');
  if (!question) {
    const command = ASKED.find((name) => name === button.id);
    if (button.isLink && command) {
      ledger.awaiting.delete(who);
      return [ledger.answer({ who, group: undefined, command, photos: [] })];
    }
    throw new Error(`nobody knows what is behind “${button.label}” ${button.id}`);
  }
  const over = (why: string) => ({ claims: [`failures.expired:${why}`] });
  if (question.isUsed) return [over('used'), ...(question.isLost ? [over('lost')] : [])];
  if (question.isLost) return [over('lost')];
  question.isUsed = true;
  return [chosen(world, person, question, button.label, choice)];
}

function chosen(world: World, person: Somebody, question: Question, label: string, choice: string): Expected {
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
      ledger.agree(ask);
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
    case 'opening':
      return offer.ask.group === undefined ? ledger.answer(offer.ask) : ledger.enter(offer.ask);
    case 'claim':
      return ledger.photos({ ...now(world, offer.ask), choice: 'dispute' });
    case 'other':
      return { claims: [ANYTHING], maybe: KINDS_OF_MYDATA, offers: { for: 'other', ask: offer.ask } };
  }
}

/** Uploads to the page end with the program. */
function now(world: World, ask: Asked): Asked {
  if (world.people[ask.who]?.platform !== 'page') return ask;
  return { ...ask, photos: ask.photos.map((photo) => ({ ...photo, isGone: photo.starts !== world.starts })) };
}
