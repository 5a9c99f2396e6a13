import type { Api } from 'grammy';
import type { BotCommand, BotCommandScope, LanguageCode } from 'grammy/types';
import type { Declaration } from '../../chat/command.ts';
import { LOCALES, wordsFor } from '../../text/words.ts';

const SCOPES: readonly BotCommandScope[] = [{ type: 'all_private_chats' }, { type: 'all_group_chats' }];

/**
 * Sets the menus that Telegram shows at a slash, in every language there is; only those that
 * changed.
 */
export async function setMenus(api: Api, declared: readonly Declaration[]): Promise<void> {
  for (const scope of SCOPES) {
    for (const locale of LOCALES) {
      const commands = menuOf(declared, locale);
      // English is for everybody whose language has no menu of its own.
      const where = { scope, ...(locale !== 'en' && { language_code: locale as LanguageCode }) };
      if (!isSame(await api.getMyCommands(where), commands)) await api.setMyCommands(commands, where);
    }
  }
}

/** The menu in one language, in the order of the list. */
export function menuOf(declared: readonly Declaration[], locale: string): BotCommand[] {
  const words = wordsFor(locale).commands;
  return declared.map(({ name }) => ({ command: name, description: words[name].what }));
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
