import type { Api } from 'grammy';
import type { BotCommand, BotCommandScope, LanguageCode } from 'grammy/types';
import { type Declaration, isOffered } from '../../../chat/command.ts';
import { LOCALES, wordsFor } from '../../../text/words.ts';

/**
 * Admin commands are only shown to admins, and in private, where menus are the same for everybody.
 */
const MENUS: readonly { readonly scope: BotCommandScope; readonly isForAdmins: boolean }[] = [
  { scope: { type: 'all_private_chats' }, isForAdmins: true },
  { scope: { type: 'all_group_chats' }, isForAdmins: false },
  { scope: { type: 'all_chat_administrators' }, isForAdmins: true },
];

/** Sets the menus that Telegram shows at a slash, in every language. Only changed ones are sent. */
export async function setMenus(api: Api, declared: readonly Declaration[]): Promise<void> {
  for (const { scope, isForAdmins } of MENUS) {
    const shown = declared.filter(({ kind }) => isForAdmins || kind !== 'admins');
    for (const locale of LOCALES) {
      const commands = menuOf(shown, locale);
      // English is for languages without a menu of their own.
      const where = { scope, ...(locale !== 'en' && { language_code: locale as LanguageCode }) };
      if (!isSame(await api.getMyCommands(where), commands)) await api.setMyCommands(commands, where);
    }
  }
}

/** The menu in one language, in the order of the list. */
export function menuOf(declared: readonly Declaration[], locale: string): BotCommand[] {
  const words = wordsFor(locale).commands;
  return declared.filter(isOffered).map(({ name }) => ({ command: name, description: words[name].what }));
}

function isSame(shown: readonly BotCommand[], wanted: readonly BotCommand[]): boolean {
  return (
    shown.length === wanted.length &&
    wanted.every(
      ({ command, description }, index) =>
        shown[index]?.command === command && shown[index].description === description,
    )
  );
}
