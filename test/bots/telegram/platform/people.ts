import type { InlineKeyboardButton, Message, MessageOrigin, Update, User } from 'grammy/types';
import type { BotApi } from './server.ts';
import { ANONYMOUS, asMessage, BOT, type Group, keyOf, type MemberStatus, type Posted } from './world.ts';

export interface Sending {
  readonly photos?: readonly Uint8Array[];
  /** As files instead of photos, to keep the quality. */
  readonly asDocument?: boolean;
  readonly replyTo?: Posted;
  readonly forwarded?: boolean;
  /** The number of bytes that Telegram states for each photo, if it is not the real one. */
  readonly statedSize?: number;
  /** In this topic of a forum. */
  readonly topic?: number;
  /** Sent in the group's own name. */
  readonly anonymously?: boolean;
}

/** Someone with a Telegram account. */
export interface Account {
  readonly id: number;
  readonly user: User;
  /**
   * Writes to the bot in private. From the first time on, the bot may write back. Gives the
   * update's id.
   */
  readonly says: (text: string, sending?: Sending) => number;
  /**
   * Writes in one of their groups. In privacy mode, the bot only gets messages that are meant for
   * it. Gives the update's id; 0 when the bot gets none.
   */
  readonly saysIn: (group: Group, text: string, sending?: Sending) => number;
  /** Presses the first button with this label or data. */
  readonly presses: (message: Posted, label: string | RegExp) => number;
  /** Follows a deep link under a message. */
  readonly opens: (message: Posted) => number;
  /** Messages of the bot in their private chat, oldest first. */
  readonly inbox: () => Posted[];
}

const pin = (value: object) => value as Record<string, unknown>;

/** People and groups of a loopback Telegram, and what they do there. */
export function peopleOf(api: BotApi) {
  const { world, updates } = api;
  let ids = 1000;

  function person(first_name: string, more: Partial<User> = {}): Account {
    ids += 1;
    const user: User = { id: ids, is_bot: false, first_name, language_code: 'en', ...more };
    world.users.set(user.id, user);
    const account: Account = {
      id: user.id,
      user,
      says(text, sending) {
        world.started.add(user.id);
        world.blocked.delete(user.id);
        return say(user, user.id, text, sending);
      },
      saysIn: (group, text, sending) => say(user, group.chat.id, text, sending),
      presses(message, label) {
        const data = buttons(message).find((button) => fits(button, label));
        if (!data || !('callback_data' in data)) throw new Error(`no button ${label} under: ${message.text}`);
        return press(user, message, data.callback_data);
      },
      opens(message) {
        const link = buttons(message).find((button) => 'url' in button);
        const start = link && 'url' in link ? /\?start=(.+)$/.exec(link.url)?.[1] : undefined;
        if (start === undefined) throw new Error(`no deep link under: ${message.text}`);
        return account.says(`/start ${start}`);
      },
      inbox: () => inChat(user.id),
    };
    return account;
  }

  function group(
    title: string,
    members: readonly Account[],
    more: { admin?: boolean; basic?: boolean; forum?: boolean } = {},
  ): Group {
    ids += 1;
    const chat = more.basic
      ? ({ id: -ids, type: 'group', title } as const)
      : ({
          id: -1_000_000_000_000 - ids,
          type: 'supergroup',
          title,
          ...(more.forum && { is_forum: true as const }),
        } as const);
    const statuses: [number, MemberStatus][] = [
      [BOT.id, more.admin ? 'administrator' : 'member'],
      ...members.map(({ id }): [number, MemberStatus] => [id, 'member']),
    ];
    const made: Group = { chat, members: new Map(statuses) };
    world.groups.set(chat.id, made);
    return made;
  }

  function say(user: User, chat: number, text: string, sending: Sending = {}): number {
    const { photos = [], replyTo, asDocument = false, statedSize } = sending;
    const album = photos.length > 1 ? `album${Math.random()}` : undefined;
    const messages = (photos.length > 0 ? photos : [undefined]).map((photo, index) => {
      const written = index === 0 && text !== '' ? { [photo ? 'caption' : 'text']: text } : {};
      const file = photo && keep(photo, statedSize);
      const shown = file && (asDocument ? { document: { file, name: 'picture.jpg' } } : { photo: file });
      return put(user, chat, {
        ...written,
        ...shown,
        ...(album && { album }),
        ...(replyTo && { replyTo: replyTo.id }),
        ...(sending.topic !== undefined && { topic: sending.topic }),
      });
    });
    // A bot in privacy mode gets only the parts of an album that are meant for it.
    const delivered = messages.map((posted) => deliver(posted, sending)).filter((update) => update > 0);
    return delivered.length > 0 ? Math.min(...delivered) : 0;
  }

  function deliver(posted: Posted, { forwarded, anonymously }: Sending): number {
    const group = world.groups.get(posted.chat);
    const message = {
      ...asMessage(world, posted),
      ...(forwarded && { forward_origin: { type: 'hidden_user', sender_user_name: 'X', date: 1 } as MessageOrigin }),
      ...(anonymously && group && { from: ANONYMOUS, sender_chat: group.chat }),
    } as Message & Update.NonChannel;
    return isMeantForBots(posted, group) ? updates.add({ message }) : 0;
  }

  /**
   * Whether the bot gets the message. In privacy mode it gets commands, mentions of it and replies
   * to it. An admin bot gets everything.
   */
  function isMeantForBots(posted: Posted, group: Group | undefined): boolean {
    if (!group || group.members.get(BOT.id) === 'administrator') return true;
    const words = posted.text ?? posted.caption ?? '';
    const replied = posted.replyTo === undefined ? undefined : world.messages.get(keyOf(posted.chat, posted.replyTo));
    return words.startsWith('/') || words.includes(`@${BOT.username}`) || replied?.from === BOT.id;
  }

  function put(user: User, chat: number, what: Partial<Posted>): Posted {
    const ids = [...world.messages.values()].filter((one) => one.chat === chat).map(({ id }) => id);
    const posted: Posted = {
      keyboard: [],
      spoiler: false,
      protect: false,
      edits: 0,
      ...what,
      chat,
      id: Math.max(0, ...ids) + 1,
      from: user.id,
    };
    world.messages.set(keyOf(chat, posted.id), posted);
    return posted;
  }

  function keep(bytes: Uint8Array, size = bytes.length): string {
    const id = `photo${world.files.size}`;
    world.files.set(id, { bytes, size });
    return id;
  }

  function press(user: User, message: Posted, data: string): number {
    const query = { id: `q${Math.random()}`, from: user, message: asMessage(world, message), chat_instance: 'c', data };
    return updates.add({ callback_query: query } as never);
  }

  function inChat(chat: number): Posted[] {
    return [...world.messages.values()].filter((one) => one.chat === chat && one.from === BOT.id);
  }

  /**
   * Changes somebody's status in a group. Gives the id of the update about it; 0 when the bot gets
   * none.
   */
  function become(group: Group, user: User, status: MemberStatus): number {
    const before = group.members.get(user.id) ?? 'left';
    group.members.set(user.id, status);
    const isBot = user.id === BOT.id;
    if (!isBot && group.members.get(BOT.id) !== 'administrator') return 0;
    const change = {
      chat: group.chat,
      from: user,
      date: 1,
      old_chat_member: pin({ user, status: before }),
      new_chat_member: pin({ user, status }),
    };
    return updates.add({ [isBot ? 'my_chat_member' : 'chat_member']: change } as never);
  }

  /**
   * A basic group becomes a supergroup with another id. The bot gets one update in each of the two.
   */
  function upgrade(old: Group): Group {
    const members = new Map(old.members);
    const chat = { id: -1_000_000_000_000 + old.chat.id, type: 'supergroup', title: old.chat.title ?? '' } as const;
    const made: Group = { chat, members };
    world.groups.set(chat.id, made);
    old.movedTo = chat.id;
    const said = { message_id: 1, date: 1, from: BOT };
    updates.add({ message: { ...said, chat: old.chat, migrate_to_chat_id: chat.id } } as never);
    updates.add({ message: { ...said, chat, migrate_from_chat_id: old.chat.id } } as never);
    return made;
  }

  return { person, group, inChat, press, become, upgrade };
}

export type People = ReturnType<typeof peopleOf>;

export function buttons(message: Posted): InlineKeyboardButton[] {
  return message.keyboard.flat();
}

function fits(button: InlineKeyboardButton, label: string | RegExp): boolean {
  const data = 'callback_data' in button ? button.callback_data : '';
  if (typeof label === 'string') return button.text === label || data.endsWith(`:${label}`);
  return label.test(button.text);
}
