import { type Api, GrammyError, InputFile } from 'grammy';
import type { Message } from 'grammy/types';
import type { Post, TakenBack } from '../../../chat/courier.ts';
import { Failure } from '../../../failure.ts';
import { isNotModified, telegramFailure } from './refusal.ts';

/**
 * A result that a group was shown, or a photo that was given back to its asker. A result has one
 * message or several, one below the other. The first has the buttons.
 */
export interface TelegramPost extends Post {
  readonly platform: 'telegram';
  readonly chat: number;
  /** Ids of the messages, separated by spaces. */
  readonly messages: string;
}

/**
 * A picture of 64 by 64 grey pixels. It replaces a picture in a message that Telegram does not
 * delete.
 */
const NOTHING = Buffer.from(
  '/9j/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2Nj' +
    'Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCABAAEADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAb/xAAUEAEAAAAAAAAAAAAA' +
    'AAAAAAAA/8QAFgEBAQEAAAAAAAAAAAAAAAAAAAID/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAwDAQACEQMRAD8AqgGiAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAH/2Q==',
  'base64',
);

/**
 * The post that these messages of one chat make up. The first message has the buttons, and names
 * the post. Undefined without messages.
 */
export function postOf(messages: readonly Pick<Message, 'chat' | 'message_id'>[]): TelegramPost | undefined {
  const [first] = messages;
  if (!first) return undefined;
  const { id: chat } = first.chat;
  const ids = messages.map(({ message_id }) => message_id).join(' ');
  return { platform: 'telegram', id: `${chat}/${first.message_id}`, chat, messages: ids };
}

/**
 * Deletes a post. Telegram lets a bot delete a message only for 48 hours, but edit it at any time.
 * So an older message is edited, and loses its picture, words and buttons.
 * @throws Failure `unavailable`; `internal` for a post of another platform
 */
export async function takeBack(api: Api, { platform, chat, messages }: Post): Promise<TakenBack> {
  if (platform !== 'telegram' || typeof chat !== 'number' || typeof messages !== 'string') {
    throw new Failure('internal', { cause: new TypeError('not a post of Telegram') });
  }
  let outcome: TakenBack = 'gone';
  for (const message of messages.split(' ').map(Number)) {
    const isGone = (await isDone(api.deleteMessage(chat, message))) || (await isDone(emptied(api, chat, message)));
    if (!isGone) outcome = 'out_of_reach';
  }
  return outcome;
}

function emptied(api: Api, chat: number, message: number): Promise<unknown> {
  return api.editMessageMedia(chat, message, { type: 'photo', media: new InputFile(NOTHING, 'deleted.jpg') });
}

/**
 * Whether the call did its work, or nothing is left to do because the message is missing or already
 * is as it should be. False when Telegram refuses the call.
 * @throws Failure that another try may mend
 */
async function isDone(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    const failure = telegramFailure(error);
    if (failure.again) throw failure;
    return isNotModified(error) || isNoMessage(error);
  }
}

function isNoMessage(error: unknown): boolean {
  return error instanceof GrammyError && /message to (delete|edit) not found/i.test(error.description);
}
