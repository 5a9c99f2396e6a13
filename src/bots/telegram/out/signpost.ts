import type { Api } from 'grammy';
import { LRUCache } from 'lru-cache';
import type { Place } from '../../../consent/who.ts';
import type { Words } from '../../../text/words.ts';
import { lanes } from '../../../timing/lanes.ts';
import { telegramFailure } from './refusal.ts';

/**
 * How long a signpost leads back to what somebody asked in the group. After that people have to ask
 * again, and a signpost that does not advise is deleted.
 */
export const SIGNPOST_MS = 60 * 60_000;

/** The most groups whose signposts this process remembers. */
const MAX_GROUPS = 10_000;

/** What a signpost says. */
export interface Signs {
  /** It leads people into the private chat. */
  readonly leads: boolean;
  /** It advises the admins to make the bot an admin. */
  readonly advises: boolean;
}

/** Where a signpost is posted, and below which message. */
export interface Spot {
  readonly chat: number;
  readonly topic: number | undefined;
  readonly below: number;
}

/**
 * The signposts of groups: messages that lead people into the private chat when the bot cannot
 * write to them yet. A group has at most one, and so has each topic of a forum. A new signpost
 * replaces the old one, and also says what the old one still has to say. It leads each person back
 * to their own request.
 */
export interface Signposts {
  /**
   * Posts a signpost below a message. Where the bot may not write, it posts nothing.
   * @throws Failure that another try may mend
   */
  readonly post: (spot: Spot, words: Words, signs: Signs) => Promise<void>;
  /** Call it when the bot left the group. */
  readonly forget: (place: Place) => void;
}

interface Standing extends Signs {
  readonly message: number;
  /** Signposts before this one that Telegram did not delete yet. */
  readonly left: readonly number[];
}

/**
 * The signposts of the bot with this username. Only this process remembers which messages they are,
 * so a signpost from before a restart is never deleted. `isAdmin`: whether the bot is an admin of a
 * group by now.
 */
export function signposts(api: Api, username: string, isAdmin: (chat: number) => Promise<boolean>): Signposts {
  const standing = new LRUCache<string, Standing>({ max: MAX_GROUPS });
  const inLane = lanes();

  async function replace(key: string, spot: Spot, words: Words, signs: Signs): Promise<void> {
    const before = standing.get(key);
    const leads = signs.leads || before?.leads === true;
    const advises = signs.advises || (before?.advises === true && !(await isAdmin(spot.chat)));
    const message = await send(api, username, spot, words, { leads, advises });
    if (message === undefined) return;
    const old = before ? [...before.left, before.message] : [];
    standing.set(key, { message, leads, advises, left: await undeleted(api, spot.chat, old) });
    setTimeout(() => void expire(key, spot.chat, message), SIGNPOST_MS).unref();
  }

  async function expire(key: string, chat: number, message: number): Promise<void> {
    const last = standing.get(key);
    if (last?.message !== message || last.advises) return;
    standing.delete(key);
    await undeleted(api, chat, [...last.left, message]);
  }

  return {
    post(spot, words, signs) {
      const key = `${spot.chat} ${spot.topic ?? ''}`;
      return inLane(key, () => replace(key, spot, words, signs));
    },
    forget({ id }) {
      for (const key of standing.keys()) if (key.startsWith(`${id} `)) standing.delete(key);
    },
  };
}

/** The link of a group's signposts. It is no secret: each person gets only their own request. */
function linkOf(username: string, chat: number): string {
  return `https://t.me/${username}?start=${GOES_ON}${chat}`;
}

const GOES_ON = 'on_';
const START = new RegExp(`^${GOES_ON}(-\\d{1,20})$`);

/** The group id in a signpost's link; undefined for other links. */
export function signedFrom(start: string): string | undefined {
  return START.exec(start)?.[1];
}

/** Sends a signpost, and gives its id. Undefined when the bot may not write there. */
async function send(
  api: Api,
  username: string,
  { chat, topic, below }: Spot,
  { telegram: { openOnce, makeAdmin, open } }: Words,
  { leads, advises }: Signs,
): Promise<number | undefined> {
  const text = [...(leads ? [openOnce] : []), ...(advises ? [makeAdmin] : [])].join('\n\n');
  const keyboard = { inline_keyboard: [[{ text: open, url: linkOf(username, chat) }]] };
  try {
    const { message_id } = await api.sendMessage(chat, text, {
      reply_parameters: { message_id: below, allow_sending_without_reply: true },
      ...(topic !== undefined && { message_thread_id: topic }),
      ...(leads && { reply_markup: keyboard }),
    });
    return message_id;
  } catch (error) {
    const failure = telegramFailure(error);
    if (failure.code !== 'expired') throw failure;
    return undefined;
  }
}

/** Deletes messages. Gives those that could not be deleted now, but may be later. */
async function undeleted(api: Api, chat: number, messages: readonly number[]): Promise<number[]> {
  const left: number[] = [];
  for (const message of messages) {
    await api.deleteMessage(chat, message).catch((error) => {
      if (telegramFailure(error).again) left.push(message);
    });
  }
  return left;
}
