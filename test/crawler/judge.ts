import { COMMANDS } from '../../commands/index.ts';
import { wordsFor } from '../../src/text/words.ts';
import type { Shown } from './booth.ts';
import type { Expected } from './expected.ts';
import type { Somebody } from './somebody.ts';
import { claimsIn, type Said } from './texts.ts';

/** Any answer that tells of no failure. */
export const ANYTHING = 'anything';

/** Sentences that by themselves say what to do next: what to send, or to wait. */
const INVITES = [
  'intent.onlyPhotos',
  'enroll.collected',
  'enroll.alreadyKnown',
  'enroll.gesture.newer',
  'failures.no_photo',
  'failures.photo_gone',
  'failures.not_an_image',
  'failures.no_face',
  'failures.several_faces',
  'failures.rate_limited',
  'failures.in_progress',
  'failures.expired',
  'failures.not_allowed',
  'failures.not_a_member',
  'shown.not_yours',
  'telegram.asYourself',
];

/**
 * After one of these sentences a person has what they wanted. Such an answer needs no buttons but
 * those for their rights.
 */
const SETTLED = [
  'notice.declined',
  'forget.kept',
  'forget.nothing',
  'forget.receipt',
  'mydata.nothing',
  'mydata.title',
  'mydata.selfies.dropped',
  'mydata.selfies.kept',
  'blur.none',
  'enroll.disputed',
  'enroll.gesture.stopped',
  'find.summary',
  'me.found',
  'blur.done',
  'wrong.noted',
  'wrong.known',
  'invite.posted',
  'settings.title',
  'settings.erase.done',
  'telegram.shown',
  'shown.nobody',
  'shown.off',
];

/** The whole text of an answer. */
export function textOf(shown: readonly Shown[]): string {
  const texts = shown.map(({ text }) => text);
  return texts.join('\n\n').replaceAll('\u2060', '');
}

/**
 * Whether an answer announces a final receipt, which comes once the erased bytes have left the
 * disk.
 */
export function announcesReceipt(text: string, language: string): boolean {
  return claimsIn(text, language).some(({ key }) => key === 'forget.receipt:other');
}

/** What was shown, without final receipts. */
export function withoutFinal(shown: readonly Shown[], language: string): readonly Shown[] {
  return shown.filter(({ text }) => {
    const isFinal = claimsIn(text, language).some(({ key }) => key === 'forget.receipt:gone');
    return !isFinal || announcesReceipt(text, language);
  });
}

/** What is wrong with an answer, in words. Undefined if it was expected and leads on. */
export function wrongWith(
  shown: readonly Shown[],
  person: Somebody,
  expected: readonly Expected[],
  people: readonly Somebody[],
): string | undefined {
  const text = textOf(shown);
  const said = claimsIn(text, person.language);
  const named = people.filter(({ name }) => text.includes(name)).map(({ who }) => who);
  const whole = expected.flatMap((one) => [one, ...(one.or ?? []).map((claim): Expected => ({ claims: [claim] }))]);
  const words = wordsFor(person.language);
  const wrong = whole.map((one) => [
    ...wrongClaims(said, one),
    ...wrongTold(said, one),
    ...wrongNames(said, named, one),
    ...(one.says?.(words) ?? [])
      .filter((sentence) => !text.includes(sentence))
      .map((sentence) => `does not say “${sentence}”`),
  ]);
  if (!wrong.some((one) => one.length === 0)) return wrong.map((one) => one.join(', ')).join(' / or ');
  for (const [, name = ''] of text.matchAll(/(?<![\p{L}\p{N}/:.])\/([a-z]+)/gu)) {
    if (!COMMANDS.some((command) => command.name === name)) return `names a command that there is not: /${name}`;
  }
  return shown.some((one) => goesOn(one, person)) ? undefined : `a dead end: ${text}`;
}

function wrongClaims(said: readonly Said[], { claims, maybe = [] }: Expected): string[] {
  const keys = said.map(({ key }) => key);
  const isFree = claims.includes(ANYTHING);
  const missing = isFree ? [] : claims.filter((claim) => !keys.some((key) => isOf(key, claim)));
  const invented = keys
    .filter((key) => ![...claims, ...maybe].some((claim) => isOf(key, claim)))
    .filter((key) => !isFree || key.startsWith('failures.'));
  return [...missing.map((key) => `does not say ${key}`), ...invented.map((key) => `says ${key}`)];
}

function wrongTold(said: readonly Said[], { told = {} }: Expected): string[] {
  const args: Readonly<Record<string, string>> = Object.assign({}, ...said.map((one) => one.told));
  return Object.entries(told).flatMap(([name, value]) => {
    const figure = args[name] ?? /\d+/.exec(args[`${name}In`] ?? '')?.[0];
    return Number(figure) === value ? [] : [`says ${figure} ${name}, not ${value}`];
  });
}

/**
 * What is wrong with the people whom an answer names. Nothing is wrong if the answer refuses
 * because of a limit.
 */
function wrongNames(said: readonly Said[], named: readonly number[], { names, areAtMost }: Expected): string[] {
  const isLimited = said.some(({ key }) => key.startsWith('failures.rate_limited'));
  const isSame =
    names === undefined ||
    (areAtMost ? named.every((who) => names.includes(who)) : named.toSorted().join() === names.toSorted().join());
  return isLimited || isSame ? [] : [`names ${named.join()}, not ${names.join()}`];
}

/**
 * Whether a sentence's key fits a claim. A claim without a case fits every case: `forget.receipt`
 * fits `forget.receipt:gone`.
 */
function isOf(key: string, claim: string): boolean {
  return key === claim || key.startsWith(`${claim}:`);
}

/** Whether something can be done next: a button, a command, or a request in the answer. */
function goesOn({ at, isForm, isGone, buttons, text }: Shown, { platform, language }: Somebody): boolean {
  // A Telegram alert leaves the buttons of its message where they are.
  if (isForm || isGone || (platform === 'telegram' && at === undefined)) return true;
  const said = claimsIn(text, language);
  const says = (claims: readonly string[]) => said.some(({ key }) => claims.some((claim) => isOf(key, claim)));
  // Buttons for rights are below every answer. They do not count as a next step.
  const isMore = buttons.some(({ id }) => !id.startsWith('right:'));
  return (
    isMore ||
    /(?<!\S)\/[a-z]{4,}/.test(text) ||
    says(platform === 'discord' ? [...INVITES, 'place.none'] : INVITES) ||
    (buttons.length > 0 && says(SETTLED))
  );
}
