import type { Message } from 'grammy/types';
import type { Ask } from '../../../chat/ask.ts';
import type { AskInPlace } from '../../../chat/chat.ts';
import { type CommandName, type Words, wordsFor } from '../../../text/words.ts';
import { telegramFailure } from '../out/refusal.ts';
import { SIGNPOST_MS } from '../out/signpost.ts';
import { askOf, type ListenerContext } from './context.ts';
import type { Heard } from './heard.ts';
import { commandNamed, meantInGroup } from './meant.ts';
import { linkTo, openToAll } from './private.ts';
import { placeOf } from './who.ts';

/** The id of the topic *General* in links. */
const GENERAL = 1;

/**
 * Takes in a message in a group. The bot is silent unless somebody addresses it. It answers in
 * private. If it cannot write to the sender yet, a signpost in the group leads to the private chat.
 */
export async function inGroup(context: ListenerContext, update: number, heard: Heard): Promise<void> {
  const { message } = heard;
  const { from, sender_chat: asChat } = message;
  // When somebody adds the bot by a link, Telegram sends `/start`. The bot's greeting is the answer
  // to it.
  if (heard.command === 'start') return;
  const meant = meantInGroup(context, heard);
  if (!meant || message.is_automatic_forward || !from || (from.is_bot && !asChat)) return;
  const { typed, command } = meant;
  const words = wordsFor(from.language_code ?? 'en');
  if (asChat) return await answerHere(context, message, words, command, words.telegram.asYourself);

  const place = placeOf(message.chat);
  const isSelfie = isOfSender(context, command);
  // A selfie sent here is not used: people enrol in private, where nobody else reads.
  const { oneOfAlbum: _, ...withoutAlbum } = heard;
  const said = isSelfie ? { ...withoutAlbum, photos: [] } : heard;
  const ask = { ...askOf(context, update, { ...said, command: typed }, from), place, ...topicOf(message) };
  await answerInPrivate(context, message, ask, isSelfie && (await context.advice.isDue(place, ask.person.id)));
}

/**
 * Takes in a post of a channel. The post has no person as its sender, so no command can be run for
 * it. One of our commands gets a link or a sentence as its answer; other posts get none.
 */
export async function inChannel(context: ListenerContext, { message, command, to }: Heard): Promise<void> {
  const named = to === 'other' ? undefined : commandNamed(context.commands, command);
  if (!named) return;
  const words = wordsFor('en');
  await answerHere(context, message, words, named, words.telegram.notInChannels);
}

/** Whether the photos of this command show its sender. */
function isOfSender({ commands }: ListenerContext, command: CommandName): boolean {
  return commands.some((one) => one.name === command && one.kind === 'photos' && one.photos.of === 'sender');
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
 * Passes the ask on, so that its answer comes in private. If the bot cannot write to the asker yet,
 * the ask waits, and goes on by itself when they open the private chat.
 */
async function answerInPrivate(
  context: ListenerContext,
  message: Message,
  ask: AskInPlace,
  advises: boolean,
): Promise<void> {
  const { api, chat, courier, signposts } = context;
  const spot = { chat: message.chat.id, topic: ask.topic, below: message.message_id };
  const words = wordsFor(ask.locale);
  let isLed = false;
  const unreached = async () => {
    if (isLed || !courier.isDead?.(ask.address)) return;
    await chat.park(ask, SIGNPOST_MS);
    await signposts.post(spot, words, { leads: true, advises });
    isLed = true;
  };
  await chat.ask(ask, unreached);
  await unreached();
  if (advises && !isLed) await signposts.post(spot, words, { leads: false, advises });
  // A reaction shows quietly that the bot has heard the message. Groups may have reactions switched
  // off.
  await api.setMessageReaction(spot.chat, spot.below, [{ type: 'emoji', emoji: '👀' }]).catch(() => undefined);
}

/**
 * Answers a message that no person sent, where it was sent. The answer is a link that anybody may
 * open, if the command has one, else the text `instead`. Where the bot may not write, it says
 * nothing and does not throw.
 */
async function answerHere(
  context: ListenerContext,
  message: Message,
  { telegram: { inPrivate, open } }: Words,
  command: CommandName,
  instead: string,
): Promise<void> {
  const { message_id, message_thread_id, is_topic_message } = message;
  const start = openToAll(context, command);
  const keyboard = start && { inline_keyboard: [[{ text: open, url: linkTo(context.me, start) }]] };
  try {
    await context.api.sendMessage(message.chat.id, start ? inPrivate : instead, {
      reply_parameters: { message_id, allow_sending_without_reply: true },
      ...(is_topic_message && message_thread_id !== undefined && { message_thread_id }),
      ...(keyboard && { reply_markup: keyboard }),
    });
  } catch (error) {
    const failure = telegramFailure(error);
    if (failure.code !== 'expired') throw failure;
  }
}
