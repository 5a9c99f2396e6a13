import type { Chat, InlineKeyboardButton, Message, User } from 'grammy/types';
import type { Refusal } from './refusals.ts';

export const BOT: User = { id: 7000, is_bot: true, first_name: 'Finder', username: 'finder_test_bot' };
/** Telegram's account for admins who post anonymously. */
export const ANONYMOUS: User = { id: 1087968824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' };

/** A message's present state in a chat, with facts that only Telegram knows. */
export interface Posted {
  readonly chat: number;
  readonly id: number;
  readonly from: number;
  text?: string;
  caption?: string;
  photo?: string;
  document?: { file: string; name: string };
  keyboard: InlineKeyboardButton[][];
  spoiler: boolean;
  readonly protect: boolean;
  /** The forum's topic that it is in. */
  readonly topic?: number;
  readonly replyTo?: number;
  readonly album?: string;
  reaction?: string;
  /** How often the bot changed it. */
  edits: number;
}

export type MemberStatus = 'creator' | 'administrator' | 'member' | 'restricted' | 'left' | 'kicked';

export interface Group {
  readonly chat: Chat;
  readonly members: Map<number, MemberStatus>;
  /** Whether outsiders can read it too. */
  isPublic?: boolean;
  /** Whether restricted members may still send photos. */
  sparesPhotos?: boolean;
  /**
   * How Telegram refuses when a bot that is no admin asks whether a person is in the group.
   * `about`: the people about whom it refuses; default: everybody.
   */
  silence?: { readonly refusal: Refusal; readonly about?: ReadonlySet<number> };
  /** The id of the supergroup that it became. */
  movedTo?: number;
}

/** Everything that exists on this Telegram. */
export interface World {
  readonly users: Map<number, User>;
  /** People who started the bot, also those who blocked it since. */
  readonly started: Set<number>;
  readonly blocked: Set<number>;
  readonly groups: Map<number, Group>;
  readonly messages: Map<string, Posted>;
  readonly files: Map<string, { readonly bytes: Uint8Array; readonly size: number }>;
  readonly commands: Map<string, unknown>;
  /** The texts of the bot's profile, by `long` or `short` and the language: `long de`. */
  readonly profile: Map<string, string>;
  /** The admin rights that the bot asks for: in channels (true), and in groups (false). */
  readonly rights: Map<boolean, unknown>;
}

export function newWorld(): World {
  return {
    users: new Map([[BOT.id, BOT]]),
    started: new Set(),
    blocked: new Set(),
    groups: new Map(),
    messages: new Map(),
    files: new Map(),
    commands: new Map(),
    profile: new Map(),
    rights: new Map(),
  };
}

export const keyOf = (chat: number, id: number): string => `${chat}/${id}`;

/**
 * Marks commands as Telegram does. A command starts with a slash that follows no letter, and ends
 * before the first sign that a name cannot have.
 */
function marked(field: string, said: string) {
  const commands = [...said.matchAll(/(?<![\p{L}\p{N}_/])\/\w{1,64}(?:@\w+)?/gu)];
  const entities = commands.map(({ 0: { length }, index }) => ({ type: 'bot_command', offset: index, length }));
  return entities.length > 0 ? { [field]: entities } : {};
}

/** A posted message as the Bot API describes it, with the message that it replies to. */
export function asMessage(world: World, posted: Posted, depth = 0): Message {
  const replied = posted.replyTo === undefined ? undefined : world.messages.get(keyOf(posted.chat, posted.replyTo));
  const file = (id: string) => ({
    file_id: id,
    file_unique_id: `u${id}`,
    file_size: world.files.get(id)?.size ?? 0,
  });
  return {
    message_id: posted.id,
    date: 1_700_000_000,
    chat: world.groups.get(posted.chat)?.chat ?? { id: posted.chat, type: 'private', first_name: 'Somebody' },
    from: world.users.get(posted.from),
    ...(posted.text !== undefined && { text: posted.text, ...marked('entities', posted.text) }),
    ...(posted.caption !== undefined && { caption: posted.caption, ...marked('caption_entities', posted.caption) }),
    ...(posted.photo !== undefined && {
      photo: [
        { file_id: `${posted.photo}-small`, file_unique_id: 's', width: 90, height: 90, file_size: 900 },
        { ...file(posted.photo), width: 1280, height: 960 },
      ],
    }),
    ...(posted.document && { document: { ...file(posted.document.file), file_name: posted.document.name } }),
    ...(posted.album !== undefined && { media_group_id: posted.album }),
    ...(posted.topic !== undefined && { is_topic_message: true, message_thread_id: posted.topic }),
    ...(replied && depth === 0 && { reply_to_message: asMessage(world, replied, 1) }),
  } as unknown as Message;
}
