import type { InlineKeyboardMarkup, Message } from 'grammy/types';
import type { Ask } from '../../../chat/ask.ts';
import { isOffered } from '../../../chat/command.ts';
import { type CommandName, type Words, wordsFor } from '../../../text/words.ts';
import { telegramFailure } from '../out/refusal.ts';
import { askOf, type ListenerContext } from './context.ts';
import type { Heard } from './heard.ts';
import { FALLBACK, linkTo, openToAll } from './private.ts';
import { placeOf } from './who.ts';

/** How long a deep link in a group works. After that, people ask again. */
const LINK_MS = 60 * 60_000;

/** The id of the topic *General* in links. */
const GENERAL = 1;

/** The commands that a photo with the bot's name may mean. The first one that is offered counts. */
const OF_A_PHOTO: readonly CommandName[] = ['find', 'me'];

/**
 * Takes in a message in a group. The bot is silent unless somebody addresses it. It answers in
 * private. The group sees at most a sentence with a link. A link to a parked ask works only for its
 * asker.
 */
export async function inGroup(context: ListenerContext, update: number, heard: Heard): Promise<void> {
  const { message } = heard;
  const { from, sender_chat: asChat } = message;
  // When somebody adds the bot by a link, Telegram sends `/start`. The bot's greeting is the answer
  // to it.
  if (heard.command === 'start') return;
  const isForMe = heard.to === 'me' || (heard.to === 'anyone' && isKnown(context, heard.command));
  if (!isForMe || message.is_automatic_forward || !from || (from.is_bot && !asChat)) return;

  const words = wordsFor(from.language_code ?? 'en');
  const command = meant(context, heard);
  const open = openToAll(context, command);
  if (open) return await offer(context, message, words, open);
  if (asChat) return await say(context, message, words.telegram.asYourself);

  const place = placeOf(message.chat);
  const ask: Ask = { ...askOf(context, update, { ...heard, command }, from), place, ...topicOf(message) };
  const isSaidAtOnce = photosOf(context, command) === 'anybody' || isForAdmins(context, command);
  if (isSaidAtOnce) return await answerInPrivate(context, message, words, ask);
  // A selfie sent here is not used: people enrol in private, where nobody else reads.
  const start = await context.chat.park({ ...ask, photos: [] }, LINK_MS);
  const isAdvised = photosOf(context, command) === 'sender' && (await context.advice.isDue(place, ask.person.id));
  const { inPrivate, makeAdmin } = words.telegram;
  await offer(context, message, words, start, isAdvised ? `${inPrivate}\n\n${makeAdmin}` : inPrivate);
}

/**
 * Takes in a post of a channel. The post has no person as its sender, so no command can be run for
 * it. One of our commands gets a link or a sentence as its answer; other posts get none.
 */
export async function inChannel(context: ListenerContext, { message, command, to }: Heard): Promise<void> {
  if (to === 'other' || !isKnown(context, command)) return;
  const words = wordsFor('en');
  const open = openToAll(context, command);
  if (open) await offer(context, message, words, open);
  else await say(context, message, words.telegram.notInChannels);
}

function isKnown({ commands }: ListenerContext, command: string): boolean {
  return commands.some(({ name }) => name === command);
}

/** Whom the photos of this command show; undefined for a command without photos. */
function photosOf({ commands }: ListenerContext, command: string): 'sender' | 'anybody' | undefined {
  const declared = commands.find(({ name }) => name === command);
  return declared?.kind === 'photos' ? declared.photos.of : undefined;
}

function isForAdmins({ commands }: ListenerContext, command: string): boolean {
  return commands.some(({ name, kind }) => name === command && kind === 'admins');
}

/** The topic of a message in a forum. Its first topic, *General*, has no id in messages. */
function topicOf({ chat, is_topic_message, message_thread_id }: Message): Pick<Ask, 'topic' | 'channel'> {
  const topic = is_topic_message ? message_thread_id : undefined;
  return {
    ...(topic !== undefined && { topic }),
    ...(chat.is_forum && { channel: String(topic ?? GENERAL) }),
  };
}

/**
 * The command that a message with the bot's name means. On a photo the name asks who is on it. In
 * any other message it asks for help.
 */
function meant(context: ListenerContext, { command, photos }: Heard): string {
  if (isKnown(context, command)) return command;
  const offered = context.commands.filter(isOffered).map(({ name }) => name);
  return (command === '' && photos.length > 0 && OF_A_PHOTO.find((name) => offered.includes(name))) || FALLBACK;
}

/**
 * Passes the ask on, so that its answer comes in private. If the bot cannot write to the asker yet,
 * the group gets a link. When the asker opens the private chat by it, the ask goes on by itself.
 */
async function answerInPrivate(context: ListenerContext, message: Message, words: Words, ask: Ask): Promise<void> {
  const { api, chat, courier } = context;
  let isOffered = false;
  const unreached = async () => {
    if (isOffered || !courier.isDead?.(ask.address)) return;
    await offer(context, message, words, await chat.park(ask, LINK_MS), words.telegram.openOnce);
    isOffered = true;
  };
  await chat.ask(ask, unreached);
  await unreached();
  if (isOffered) return;
  // A reaction shows quietly that the answer is in private. Groups may have reactions switched off.
  await api
    .setMessageReaction(message.chat.id, message.message_id, [{ type: 'emoji', emoji: '👀' }])
    .catch(() => undefined);
}

async function offer(
  context: ListenerContext,
  message: Message,
  words: Words,
  start: string,
  text = words.telegram.inPrivate,
) {
  const url = linkTo(context.me, start);
  await say(context, message, text, { inline_keyboard: [[{ text: words.telegram.open, url }]] });
}

/** Says something in the group. Where the bot may not write, it says nothing and does not throw. */
async function say(
  { api }: ListenerContext,
  message: Message,
  text: string,
  keyboard?: InlineKeyboardMarkup,
): Promise<void> {
  const { message_id, message_thread_id, is_topic_message } = message;
  try {
    await api.sendMessage(message.chat.id, text, {
      reply_parameters: { message_id, allow_sending_without_reply: true },
      ...(is_topic_message && message_thread_id !== undefined && { message_thread_id }),
      ...(keyboard && { reply_markup: keyboard }),
    });
  } catch (error) {
    const failure = telegramFailure(error);
    if (failure.code !== 'expired') throw failure;
  }
}
