import type { Api } from 'grammy';
import type { Message, UserFromGetMe } from 'grammy/types';
import type { Ask } from '../../../chat/ask.ts';
import type { Chat } from '../../../chat/chat.ts';
import type { Declaration } from '../../../chat/command.ts';
import type { Courier } from '../../../chat/courier.ts';
import type { TelegramAddress } from '../address.ts';
import type { Advice } from '../out/advice.ts';
import type { Signposts } from '../out/signpost.ts';
import type { Heard } from './heard.ts';
import type { Receipts } from './receipts.ts';
import { personOf } from './who.ts';

/** The parts that the handlers of all kinds of updates work with. */
export interface ListenerContext {
  readonly api: Api;
  readonly me: UserFromGetMe;
  readonly chat: Chat;
  readonly commands: readonly Declaration[];
  readonly courier: Courier;
  readonly advice: Advice;
  readonly receipts: Pick<Receipts, 'at'>;
  readonly signposts: Signposts;
}

/**
 * How long we try to deliver an answer. Telegram would take it even after days, but nobody waits so
 * long.
 */
const DELIVERABLE_MS = 10 * 60_000;

/** The address of a person's private chat. Its id is the id of the person's account. */
export function privately(user: { readonly id: number; readonly language_code?: string }): TelegramAddress {
  return { platform: 'telegram', chat: user.id, locale: user.language_code ?? 'en' };
}

type Sender = NonNullable<Message['from']>;

/** The fields that an ask and a press share. */
export function request({ receipts }: Pick<ListenerContext, 'receipts'>, update: number, from: Sender) {
  return {
    id: `telegram:${update}`,
    person: personOf(from),
    locale: from.language_code ?? 'en',
    deadline: Date.now() + DELIVERABLE_MS,
    askedAt: receipts.at(update),
  };
}

/** A person's message to the bot as an ask without a place. */
export function askOf(context: Pick<ListenerContext, 'receipts'>, update: number, heard: Heard, from: Sender): Ask {
  const { command, args, photos, oneOfAlbum } = heard;
  const given = { command, args, photos, ...(oneOfAlbum && { oneOfAlbum }) };
  return { ...request(context, update, from), ...given, place: undefined, address: privately(from) };
}
