import type { Api } from 'grammy';
import type { Message } from 'grammy/types';
import type { Showing } from '../../../chat/courier.ts';
import type { Place } from '../../../consent/who.ts';
import type { Words } from '../../../text/words.ts';
import type { TelegramAddress } from '../address.ts';
import { deliver, editText } from './deliver.ts';
import { isRefusal, isShutOut, isTopicGone, movedTo, telegramFailure } from './refusal.ts';
import { type Message as Rendered, render } from './render.ts';
import { postOf, type TelegramPost, takeBack } from './take-back.ts';

interface Clients {
  /** Writes to the asker. */
  readonly answering: Api;
  /** Writes to the group. Its calls are aborted in time, so that the asker can still be told. */
  readonly posting: Api;
  readonly showing: Showing;
}

/**
 * Shows a result to a whole group. A repeated call shows nothing twice. The asker is told the
 * outcome in their private chat, `to`.
 */
export async function showInPlace(
  { answering, posting, showing }: Clients,
  to: TelegramAddress,
  message: Rendered,
  where: { readonly place: Place; readonly topic: number | undefined },
  words: Words,
): Promise<void> {
  const { keyboard } = render([], words);
  const say = async (text: string) => {
    await editText(answering, to, { text, keyboard });
  };
  const at = Number(where.place.id);
  try {
    if (!(await mayPost(posting, at, to.chat))) return await say(words.shown.mayNotPost);
  } catch (error) {
    if (telegramFailure(error).again) throw error;
    return await say(words.telegram.notShown);
  }
  const begun = await showing.begin();
  if (begun !== 'go') return await say(begun === 'shown' ? words.telegram.shown : words.shown.unknown);
  const sent = sentBy(posting);
  try {
    await post(posting, at, { locale: to.locale, topic: where.topic }, message);
  } catch (error) {
    return await say(await notAllThere(error, { posted: sent(), answering, showing }, words));
  }
  const outcome = await showing.end(sent());
  await say(outcome === 'stays' ? words.telegram.shown : words.shown.gone);
}

/**
 * Deletes what is there of a post that failed, and gives the sentence that tells the asker.
 * @throws the failure, when certainly nothing is posted and another try may mend it
 */
async function notAllThere(
  error: unknown,
  {
    posted,
    answering,
    showing,
  }: Pick<Clients, 'answering' | 'showing'> & { readonly posted: TelegramPost | undefined },
  words: Words,
): Promise<string> {
  const left = posted && (await takeBack(answering, posted).catch(() => undefined)) !== 'gone' ? posted : undefined;
  // The messages that were sent before the failure are known, and can be deleted later. Nobody
  // knows whether more were posted.
  if (left) await showing.end(left);
  if (left || !isRefusal(error)) return words.shown.unknown;
  await showing.end(undefined);
  const failure = telegramFailure(error);
  if (failure.again) throw failure;
  return isTopicGone(error) ? words.telegram.topicClosed : words.telegram.notShown;
}

/**
 * Records the messages that `api` sends from now on, all to one chat. The function that it returns
 * gives them as a post.
 */
function sentBy(api: Api): () => TelegramPost | undefined {
  const sent: Message[] = [];
  api.config.use(async (prev, method, payload, signal) => {
    const given = await prev(method, payload, signal);
    const results: readonly unknown[] = given.ok ? [given.result].flat() : [];
    sent.push(...results.filter(isMessage));
    return given;
  });
  return () => postOf(sent);
}

function isMessage(result: unknown): result is Message {
  return typeof result === 'object' && result !== null && 'message_id' in result && 'chat' in result;
}

async function post(
  api: Api,
  chat: number,
  { locale, topic }: { readonly locale: string; readonly topic: number | undefined },
  message: Rendered,
): Promise<void> {
  try {
    await deliver(api, { platform: 'telegram', chat, locale, ...(topic !== undefined && { topic }) }, message);
  } catch (error) {
    const supergroup = movedTo(error);
    if (supergroup === undefined || supergroup === chat) throw error;
    await deliver(api, { platform: 'telegram', chat: supergroup, locale }, message);
  }
}

/**
 * Whether Telegram says that somebody may send photos to a group. False when it refuses to say.
 * @throws Failure when Telegram is not reached, or when the bot is no longer in the group
 */
async function mayPost(api: Api, chat: number, person: number): Promise<boolean> {
  try {
    const member = await api.getChatMember(chat, person);
    if (member.status === 'administrator' || member.status === 'creator') return true;
    const isSpared = member.status === 'restricted' && member.is_member && member.can_send_photos;
    if (member.status !== 'member' && !isSpared) return false;
    // A restricted member may do no more than all members may do.
    const { permissions } = await api.getChat(chat);
    return permissions?.can_send_photos !== false;
  } catch (error) {
    const supergroup = movedTo(error);
    if (supergroup !== undefined && supergroup !== chat) return await mayPost(api, supergroup, person);
    const failure = telegramFailure(error);
    // A bot that is no longer in the group cannot find out what the person may do there.
    if (failure.again || isShutOut(error)) throw failure;
    return false;
  }
}
