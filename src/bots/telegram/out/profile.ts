import type { Api } from 'grammy';
import type { LanguageCode } from 'grammy/types';
import { LOCALES, wordsFor } from '../../../text/words.ts';

/** The language of a text. English has none here: Telegram then shows it in all other languages. */
const where = (locale: string) => (locale === 'en' ? {} : { language_code: locale as LanguageCode });

/**
 * Describes the bot in its profile, in every language. If something is written there already, the
 * operator's own words stay. For a language without a description, Telegram may give the English
 * one.
 */
export async function setProfile(api: Api): Promise<void> {
  const english = wordsFor('en').telegram;
  for (const locale of LOCALES) {
    const { description, shortDescription } = wordsFor(locale).telegram;
    const long = await said(api, locale, 'long');
    if (long === '' || (locale !== 'en' && long === english.description)) {
      await api.setMyDescription(description, where(locale));
    }
    const short = await said(api, locale, 'short');
    if (short === '' || (locale !== 'en' && short === english.shortDescription)) {
      await api.setMyShortDescription(shortDescription, where(locale));
    }
  }
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
