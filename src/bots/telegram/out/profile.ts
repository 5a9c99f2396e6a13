import type { Api } from 'grammy';
import type { LanguageCode } from 'grammy/types';
import { type Declaration, isOffered } from '../../../chat/command.ts';
import { LOCALES, wordsFor } from '../../../text/words.ts';
import { setAdminRights } from './admin-rights.ts';

/**
 * The option that gives the language of a text. English has none: Telegram shows a text without a
 * language to readers of all languages that have no text.
 */
const where = (locale: string) => (locale === 'en' ? {} : { language_code: locale as LanguageCode });

/** The text of a profile in one language, for a bot that finds others and for one that does not. */
function textsOf(locale: string, which: 'long' | 'short') {
  const { description, shortDescription, descriptionSelf, shortDescriptionSelf } = wordsFor(locale).telegram;
  return which === 'long'
    ? { other: description, self: descriptionSelf }
    : { other: shortDescription, self: shortDescriptionSelf };
}

/**
 * Describes the bot in its profile, in every language, and sets the rights that it asks for as an
 * admin. If an operator wrote or chose something there, it stays. For a language without a text,
 * Telegram may give the English one; if that is ours, it is not taken for an operator's.
 */
export async function setProfile(api: Api, commands: readonly Declaration[]): Promise<void> {
  const finds = commands.some((one) => one.name === 'find' && isOffered(one)) ? 'other' : 'self';
  for (const locale of LOCALES) {
    for (const which of ['long', 'short'] as const) {
      const text = textsOf(locale, which)[finds];
      const ours = ['', ...Object.values(textsOf(locale, which)), ...Object.values(textsOf('en', which))];
      const stands = await said(api, locale, which);
      if (stands === text || !ours.includes(stands)) continue;
      await (which === 'long'
        ? api.setMyDescription(text, where(locale))
        : api.setMyShortDescription(text, where(locale)));
    }
  }
  await setAdminRights(api);
}

/** The languages with an empty profile. */
export async function languagesWithoutProfile(api: Api): Promise<string[]> {
  const silent: string[] = [];
  for (const locale of LOCALES) {
    if ((await said(api, locale, 'long')) === '' || (await said(api, locale, 'short')) === '') silent.push(locale);
  }
  return silent;
}

async function said(api: Api, locale: string, which: 'long' | 'short'): Promise<string> {
  return which === 'long'
    ? (await api.getMyDescription(where(locale))).description
    : (await api.getMyShortDescription(where(locale))).short_description;
}
