import { Composer, type Context, type Filter } from 'grammy';
import type { CallbackQuery } from 'grammy/types';
import type { Press } from '../../../chat/ask.ts';
import { isAnsweredBeside } from '../../../chat/buttons/beside.ts';
import { failureText } from '../../../chat/failure.ts';
import { rightOf } from '../../../chat/rights/rights.ts';
import { TAKE_BACK } from '../../../chat/showing/shown.ts';
import { type CommandName, wordsFor } from '../../../text/words.ts';
import { postOf } from '../out/take-back.ts';
import { type ListenerContext, privately, request } from './context.ts';
import { inChannel, inGroup } from './group.ts';
import { hear } from './heard.ts';
import { botChanged, botLeft, memberChanged } from './member-changes.ts';
import type { Part } from './order.ts';
import { picked } from './pick.ts';
import { inPrivate, linkTo } from './private.ts';
import { personOf, placeOf } from './who.ts';

/**
 * The most characters that an alert may have:
 * https://core.telegram.org/bots/api#answercallbackquery
 */
const MAX_ALERT = 200;

/**
 * Handles each update by its kind, except albums. Kinds without a route here, such as edits, are
 * ignored.
 */
export function routes(context: ListenerContext): Composer<Context> {
  const composer = new Composer<Context>();

  composer.on('my_chat_member', (ctx) => botChanged(context, ctx.myChatMember));
  composer.on('chat_member', (ctx) => memberChanged(context, ctx.chatMember));

  composer.on('message:migrate_to_chat_id', ({ chat, message }) =>
    context.chat.moved(placeOf(chat), placeOf({ ...chat, id: message.migrate_to_chat_id })),
  );
  composer.on('message:migrate_from_chat_id', ({ chat, message }) =>
    context.chat.moved(placeOf({ ...chat, id: message.migrate_from_chat_id }), placeOf(chat)),
  );
  composer.on('message:left_chat_member', async ({ chat, message }) => {
    const who = message.left_chat_member;
    if (who.id === context.me.id) await botLeft(context, chat);
    else if (!who.is_bot) await context.chat.left(placeOf(chat), personOf(who));
  });

  composer.on('callback_query:data', (ctx) => pressed(context, ctx));

  composer.on('message:chat_shared', ({ message, update }) => picked(context, update.update_id, message));
  composer.on('message', ({ message, update }) => said(context, [{ update: update.update_id, message }]));
  composer.on('channel_post', ({ channelPost }) => inChannel(context, hear([channelPost], context.me)));
  return composer;
}

/** Handles a message or a whole album as one ask, with the id of its first update. */
export async function said(context: ListenerContext, parts: readonly Part[]): Promise<void> {
  const [first, ...others] = parts;
  if (!first) return;
  const heard = hear([first.message, ...others.map(({ message }) => message)], context.me);
  const isPrivate = first.message.chat.type === 'private';
  await (isPrivate ? inPrivate : inGroup)(context, first.update, heard);
}

/**
 * Handles a pressed button. The answer goes to the button's chat. Telegram is told at once that the
 * press arrived.
 */
async function pressed(context: ListenerContext, ctx: Filter<Context, 'callback_query:data'>): Promise<void> {
  const { id, from, data, message } = ctx.callbackQuery;
  const right = rightOf(data);
  if (right !== undefined) return await exercised(context, ctx.update.update_id, ctx.callbackQuery, right);
  if (data === TAKE_BACK) return await deleted(context, ctx.callbackQuery);
  if (!message) return;
  const isMedia = message.date !== 0 && (message.photo ?? message.document) !== undefined;
  // A result stays, so the answer is a new message below it.
  const replaced = isAnsweredBeside(data) ? {} : { message: message.message_id, ...(isMedia && { media: true }) };
  const locale = from.language_code ?? 'en';
  const press: Press = {
    ...request(context, ctx.update.update_id, from),
    action: data,
    place: message.chat.type === 'private' ? undefined : placeOf(message.chat),
    address: { platform: 'telegram', chat: message.chat.id, locale, ...replaced },
  };
  const told = await secondPress(context, press);
  const seen = context.api.answerCallbackQuery(id, told).catch(() => undefined);
  if (!told) await context.chat.press(press);
  await seen;
}

/**
 * The answer to a second press. It is an alert, so that the message still shows the result of the
 * first press. Undefined when the press is to be handled.
 */
async function secondPress({ chat }: ListenerContext, press: Press) {
  const refusal = await chat.refusal(press);
  if (!refusal || refusal.code === 'not_yours' || refusal.code === 'internal') return undefined;
  const text = failureText(wordsFor(press.locale), refusal.code, refusal.details);
  return { text: text.slice(0, MAX_ALERT), show_alert: true };
}

/**
 * Deletes a result that a group was shown, for people who may delete it. Everybody else gets an
 * alert that says why it stays.
 */
async function deleted({ api, chat }: ListenerContext, { id, from, message }: CallbackQuery): Promise<void> {
  const post = message && postOf([message]);
  if (!post) return;
  const outcome = await chat.deleteShown(personOf(from), post);
  const { shown } = wordsFor(from.language_code ?? 'en');
  const text = outcome === 'gone' ? shown.deleted : shown[outcome];
  await api.answerCallbackQuery(id, { text, show_alert: outcome !== 'gone' }).catch(() => undefined);
}

/**
 * Does what a right's button asks for. The message with the button stays, and a new message answers
 * in private. A press in a group opens the private chat.
 */
async function exercised(
  context: ListenerContext,
  update: number,
  { id, from, message }: CallbackQuery,
  command: CommandName,
): Promise<void> {
  const { api, chat, me } = context;
  const isPrivate = message?.chat.type === 'private';
  const seen = api.answerCallbackQuery(id, isPrivate ? {} : { url: linkTo(me, command) }).catch(() => undefined);
  if (isPrivate) {
    await chat.ask({
      ...request(context, update, from),
      command,
      args: '',
      photos: [],
      place: undefined,
      address: privately(from),
    });
  }
  await seen;
}
