import type { Api } from 'grammy';
import type { BotCommand, BotCommandScope, LanguageCode } from 'grammy/types';
import { type Declaration, isOffered } from '../../../chat/command.ts';
import { LOCALES, wordsFor } from '../../../text/words.ts';

/**
 * The menus to set. Commands for admins are in the menu that only admins see, and in the private
 * chat, where one menu is for everybody.
 */
const MENUS: readonly { readonly scope: BotCommandScope; readonly isForAdmins: boolean }[] = [
  { scope: { type: 'all_private_chats' }, isForAdmins: true },
  { scope: { type: 'all_group_chats' }, isForAdmins: false },
  { scope: { type: 'all_chat_administrators' }, isForAdmins: true },
];

/**
 * Sets the menus that Telegram shows when somebody types a slash, in every language. Only menus
 * that have changed are sent.
 */
export async function setMenus(api: Api, declared: readonly Declaration[]): Promise<void> {
  for (const { scope, isForAdmins } of MENUS) {
    const shown = declared.filter(({ kind }) => isForAdmins || kind !== 'admins');
    for (const locale of LOCALES) {
      const commands = menuOf(shown, locale);
      // The English menu has no language here, so it is also for languages without a menu of their
      // own.
      const where = { scope, ...(locale !== 'en' && { language_code: locale as LanguageCode }) };
      if (!isSame(await api.getMyCommands(where), commands)) await api.setMyCommands(commands, where);
    }
  }
}

/** The menu in one language: the commands that are offered, in the order of `declared`. */
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
