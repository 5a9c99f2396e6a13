import type { Said } from './booth.ts';
import type { Deed, Question } from './deed.ts';
import type { Asked, Expected, Offer } from './expected.ts';
import type { Somebody } from './somebody.ts';
import type { Utterance } from './utterances.ts';
import type { World } from './world.ts';

/** What must come of words that the bot hears, perhaps with photos. */
export function heard(
  world: World,
  { words, means, isNear, isAll, isGreeting, isHello }: Utterance,
  ask: Omit<Asked, 'command'>,
): Expected {
  const { ledger } = world;
  const { who } = ask;
  if (words.startsWith('/')) ledger.awaiting.delete(who);
  if (isGreeting) {
    return {
      claims: [ledger.helpTitle(ask.group), 'intent.greeting'],
      offers: { for: 'command', ask, commands: [] },
    };
  }
  const isOff = means === 'find' && ledger.isFindOff(ask.group);
  if (isNear && means && !isOff) {
    return { claims: ['intent.near'], offers: { for: 'command', ask, commands: [means] } };
  }
  if (isHello && ask.photos.length > 0) return shownPhotos(world, ask);
  if (means && !isNear) {
    ledger.awaiting.delete(who);
    return ledger.answer({ ...ask, command: means, ...(isAll && { isAll }) });
  }
  if (ask.photos.length > 0 && !words.startsWith('/')) return shownPhotos(world, ask);
  return { claims: ['failures.bad_command'], offers: { for: 'command', ask, commands: [] } };
}

/**
 * What must come of a photo whose purpose is unknown. After a /me in private it may belong to the
 * series, or wait until its sender has answered what the /me asks.
 */
function whatFor({ ledger }: World, ask: Omit<Asked, 'command'>): Expected {
  const or = ask.group === undefined && ledger.series.has(ask.who) ? { or: ['series.found', 'series.held'] } : {};
  return { claims: ['intent.photo'], offers: { for: 'command', ask, commands: [] }, ...or };
}

/** What must come of photos without words. They complete an ask that waits for photos. */
export function shownPhotos(world: World, ask: Omit<Asked, 'command'>): Expected {
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
  // On the page nobody knows whether the notice was seen, so it comes again.
  const again = world.people[ask.who]?.platform === 'page' ? ['notice.enrol.title'] : [];
  return { claims: ['enroll.collected', ...again], told: { photos: photos.length } };
}

/** Somebody's message, and what must come of it. */
export function said(world: World, person: Somebody, words: Said, expected: Expected, what: string): Deed {
  const photos = words.photos.map(({ faces, isBroken }) =>
    isBroken ? 'broken' : faces.map(({ of, shot, gesture = '' }) => `${of}.${shot}${gesture}`).join('+'),
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
