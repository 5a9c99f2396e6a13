import type { Api } from 'grammy';
import type { Message } from 'grammy/types';
import type { Place } from '../../consent/who.ts';
import type { Words } from '../../text/words.ts';
import type { TelegramAddress } from './address.ts';
import { deliver, editText } from './deliver.ts';
import { isShutOut, movedTo, telegramFailure } from './refusal.ts';
import { type Message as Rendered, render } from './render.ts';
import { postOf, type TelegramPost, takeBack } from './take-back.ts';

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
  message: Rendered,
  where: { readonly place: Place; readonly topic: number | undefined },
  words: Words,
): Promise<TelegramPost | undefined> {
  const { keyboard } = render([], words);
  const said = await editText(answering, to, { text: words.telegram.shown, keyboard });
  if (said === 'same') return undefined;
  const sent = sentBy(posting);
  try {
    const at = Number(where.place.id);
    if (!(await mayPost(posting, at, to.chat))) {
      await editText(answering, to, { text: words.shown.mayNotPost, keyboard });
      return undefined;
    }
    await post(posting, at, { locale: to.locale, topic: where.topic }, message);
    return sent();
  } catch (error) {
    // Of what is not all there nobody would know the rest.
    const part = sent();
    if (part) await takeBack(answering, part).catch(() => undefined);
    const isFinal = !telegramFailure(error).again;
    await editText(answering, to, isFinal ? { text: words.telegram.notShown, keyboard } : { text: words.find.looking });
    if (!isFinal) throw error;
    return undefined;
  }
}

/** Gives what was sent by `api` since then, all to one chat. */
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

/** Whether Telegram says that somebody may send photos to a group. Where it does not say, nobody posts through the bot. */
async function mayPost(api: Api, chat: number, person: number): Promise<boolean> {
  try {
    const member = await api.getChatMember(chat, person);
    if (member.status === 'administrator' || member.status === 'creator') return true;
    const isSpared = member.status === 'restricted' && member.is_member && member.can_send_photos;
    if (member.status !== 'member' && !isSpared) return false;
    // What all members may not do, somebody who is restricted otherwise may not do either.
    const { permissions } = await api.getChat(chat);
    return permissions?.can_send_photos !== false;
  } catch (error) {
    const supergroup = movedTo(error);
    if (supergroup !== undefined && supergroup !== chat) return await mayPost(api, supergroup, person);
    const failure = telegramFailure(error);
    // Where the bot itself is out, its post says so.
    if (failure.again || isShutOut(error)) throw failure;
    return false;
  }
}
