import type { Api } from 'grammy';
import type { Place } from '../../consent/who.ts';
import type { Words } from '../../text/words.ts';
import type { TelegramAddress } from './address.ts';
import { deliver, editText } from './deliver.ts';
import { movedTo, telegramFailure } from './refusal.ts';
import { type Message, render } from './render.ts';

interface Clients {
  /** Writes to the asker. */
  readonly answering: Api;
  /** Writes to the group, and gives up early enough for the asker to be told. */
  readonly posting: Api;
}

/**
 * Shows a result to a whole group and says so at `to`, the asker's private chat. What is said there is written first: found
 * unchanged, it tells that the group has the result already.
 */
export async function showInPlace(
  { answering, posting }: Clients,
  to: TelegramAddress,
  message: Message,
  place: Place,
  words: Words,
): Promise<void> {
  const { keyboard } = render([], words);
  const said = await editText(answering, to, { text: words.telegram.shown, keyboard });
  if (said === 'same') return;
  try {
    await post(posting, Number(place.id), to.locale, message);
  } catch (error) {
    const isFinal = !telegramFailure(error).again;
    await editText(answering, to, isFinal ? { text: words.telegram.notShown, keyboard } : { text: words.find.looking });
    if (!isFinal) throw error;
  }
}

async function post(api: Api, chat: number, locale: string, message: Message): Promise<void> {
  try {
    await deliver(api, { platform: 'telegram', chat, locale }, message);
  } catch (error) {
    const supergroup = movedTo(error);
    if (supergroup === undefined || supergroup === chat) throw error;
    await deliver(api, { platform: 'telegram', chat: supergroup, locale }, message);
  }
}
