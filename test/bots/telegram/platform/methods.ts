import { createHash } from 'node:crypto';
import type { InlineKeyboardButton } from 'grammy/types';
import { badRequest, forbidden, Refusal } from './refusals.ts';
import { asMessage, BOT, type Group, keyOf, type Posted, type World } from './world.ts';

/** A call's fields as JSON values. Uploads are bytes. */
export type Params = Readonly<Record<string, unknown>>;
type Method = (world: World, params: Params) => unknown;

const MAX_FILE = 20_000_000;

const NO_RIGHTS = { is_anonymous: false, can_manage_chat: false, can_delete_messages: false };

/**
 * The methods that act on the world. They refuse what Telegram refuses. The methods about updates
 * are in server.ts.
 */
export const METHODS: Readonly<Record<string, Method>> = {
  getMe: () => ({ ...BOT, can_join_groups: true, can_read_all_group_messages: false, supports_inline_queries: false }),

  getMyCommands: (world, params) => world.commands.get(commandsKey(params)) ?? [],
  setMyCommands(world, params) {
    world.commands.set(commandsKey(params), params.commands);
    return true;
  },

  getMyDescription: (world, params) => ({ description: world.profile.get(`long ${params.language_code ?? ''}`) ?? '' }),
  getMyShortDescription: (world, params) => ({
    short_description: world.profile.get(`short ${params.language_code ?? ''}`) ?? '',
  }),
  setMyDescription(world, params) {
    world.profile.set(`long ${params.language_code ?? ''}`, text(params.description, 'description', 512));
    return true;
  },
  setMyShortDescription(world, params) {
    world.profile.set(`short ${params.language_code ?? ''}`, text(params.short_description, 'short description', 120));
    return true;
  },

  getMyDefaultAdministratorRights: (world, params) => world.rights.get(params.for_channels === true) ?? NO_RIGHTS,
  setMyDefaultAdministratorRights(world, params) {
    world.rights.set(params.for_channels === true, params.rights ?? NO_RIGHTS);
    return true;
  },

  getChat: (world, params) => groupOf(world, number(params, 'chat_id')).chat,
  getChatMember(world, params) {
    const user = number(params, 'user_id');
    const group = groupOf(world, number(params, 'chat_id'));
    if (!group.isPublic) assertInside(group);
    assertTold(group, user);
    const status = group.members.get(user) ?? 'left';
    // For a deleted account Telegram still gives a user, without a name.
    const account = world.users.get(user) ?? { id: user, is_bot: false, first_name: '' };
    const restricted = { is_member: true, can_send_photos: group.sparesPhotos ?? false };
    return { status, user: account, ...(status === 'restricted' && restricted) };
  },

  getFile(world, params) {
    const id = String(params.file_id);
    const file = world.files.get(id);
    if (!file) throw badRequest('wrong file_id or the file is temporarily unavailable');
    if (file.size > MAX_FILE) throw badRequest('file is too big');
    return { file_id: id, file_unique_id: `u${id}`, file_size: file.size };
  },

  sendMessage(world, params) {
    return asMessage(world, post(world, params, { text: text(params.text, 'message text', 4096) }));
  },
  sendPhoto(world, params) {
    const photo = fileOf(world, params.photo, 'photo');
    return asMessage(world, post(world, params, { photo, ...caption(params), spoiler: params.has_spoiler === true }));
  },
  sendDocument(world, params) {
    const document = { file: fileOf(world, params.document, 'document'), name: fileName(params.document) };
    return asMessage(world, post(world, params, { document, ...caption(params) }));
  },
  sendMediaGroup(world, params) {
    const media = params.media as Params[];
    if (media.length < 2 || media.length > 10) throw badRequest('wrong number of media in the album');
    // If one photo cannot be sent, the whole album is refused.
    const all = media.map((one) => content(world, one, params));
    return all.map((what) => asMessage(world, post(world, params, what)));
  },

  editMessageText(world, params) {
    const posted = ownMessage(world, params);
    if (posted.text === undefined) throw badRequest('there is no text in the message to edit');
    return change(world, posted, { text: text(params.text, 'message text', 4096) }, params);
  },
  editMessageMedia(world, params) {
    const posted = ownMessage(world, params);
    const next = content(world, params.media as Params, params);
    delete posted.text;
    delete posted.caption;
    delete posted.photo;
    delete posted.document;
    return change(world, posted, next, params);
  },
  editMessageReplyMarkup: (world, params) => change(world, ownMessage(world, params), {}, params),

  /**
   * Deletes a message of any age. Telegram refuses this after 48 hours, which a test imitates by a
   * fault.
   */
  deleteMessage(world, params) {
    const chat = number(params, 'chat_id');
    if (chat < 0) assertInside(groupOf(world, chat));
    const key = keyOf(chat, number(params, 'message_id'));
    const posted = world.messages.get(key);
    if (!posted) throw badRequest('message to delete not found');
    if (posted.from !== BOT.id) throw badRequest("message can't be deleted");
    world.messages.delete(key);
    return true;
  },

  sendChatAction(world, params) {
    const chat = number(params, 'chat_id');
    if (chat < 0) assertInside(groupOf(world, chat));
    return true;
  },
  setMessageReaction(world, params) {
    const posted = world.messages.get(keyOf(number(params, 'chat_id'), number(params, 'message_id')));
    if (!posted) throw badRequest('message to react not found');
    posted.reaction = (params.reaction as { emoji: string }[])[0]?.emoji ?? '';
    return true;
  },
  answerCallbackQuery: () => true,
};

type Content = Pick<Posted, 'text' | 'caption' | 'photo' | 'document'> & { spoiler?: boolean };

function post(world: World, params: Params, what: Content): Posted {
  const chat = number(params, 'chat_id');
  mayWrite(world, chat);
  const ids = [...world.messages.values()].filter((one) => one.chat === chat).map(({ id }) => id);
  const replied = (params.reply_parameters as { message_id?: number } | undefined)?.message_id;
  const posted: Posted = {
    chat,
    id: Math.max(0, ...ids) + 1,
    from: BOT.id,
    spoiler: false,
    edits: 0,
    ...what,
    keyboard: keyboard(params),
    protect: params.protect_content === true,
    ...(replied !== undefined && { replyTo: replied }),
    ...(params.message_thread_id !== undefined && { topic: number(params, 'message_thread_id') }),
  };
  world.messages.set(keyOf(chat, posted.id), posted);
  return posted;
}

function change(world: World, posted: Posted, next: Content, params: Params) {
  const buttons = keyboard(params);
  const looks = (one: Posted) => JSON.stringify([one.text, one.caption, one.photo, one.document, one.keyboard]);
  const before = looks(posted);
  Object.assign(posted, next, { keyboard: buttons });
  if (looks(posted) === before) {
    throw badRequest(
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    );
  }
  posted.edits += 1;
  return asMessage(world, posted);
}

function ownMessage(world: World, params: Params): Posted {
  const chat = number(params, 'chat_id');
  if (chat < 0) assertInside(groupOf(world, chat));
  const posted = world.messages.get(keyOf(chat, number(params, 'message_id')));
  if (!posted) throw badRequest('message to edit not found');
  if (posted.from !== BOT.id) throw badRequest("message can't be edited");
  return posted;
}

function mayWrite(world: World, chat: number): void {
  if (chat < 0) {
    assertInside(groupOf(world, chat));
    return;
  }
  if (!world.users.has(chat)) throw badRequest('chat not found');
  if (world.blocked.has(chat)) throw forbidden('bot was blocked by the user');
  if (!world.started.has(chat)) throw forbidden("bot can't initiate conversation with a user");
}

/** Refuses a call about a group that the bot left, or was removed from, in Telegram's words. */
function assertInside({ chat, members }: Group): void {
  const me = members.get(BOT.id) ?? 'left';
  if (me === 'kicked') throw forbidden(`bot was kicked from the ${chat.type} chat`);
  if (me === 'left') throw forbidden(`bot is not a member of the ${chat.type} chat`);
}

/**
 * Refuses to tell about a person if the group is silent about them. Telegram promises to tell only
 * admins about people other than the bot.
 */
function assertTold({ members, silence }: Group, user: number): void {
  if (!silence || user === BOT.id || members.get(BOT.id) === 'administrator') return;
  if (silence.about?.has(user) ?? true) throw silence.refusal;
}

function groupOf(world: World, chat: number) {
  const group = world.groups.get(chat);
  if (!group) throw badRequest('chat not found');
  if (group.movedTo === undefined) return group;
  const description = 'Bad Request: group chat was upgraded to a supergroup chat';
  throw new Refusal(400, description, { migrate_to_chat_id: group.movedTo });
}

function content(world: World, media: Params, files: Params): Content {
  const name = /^attach:\/\/(.+)$/.exec(String(media.media))?.[1];
  const bytes = name === undefined ? media.media : files[name];
  const file = fileOf(world, bytes, media.type === 'photo' ? 'photo' : 'document');
  const under = caption(media);
  if (media.type === 'photo') return { photo: file, ...under, spoiler: media.has_spoiler === true };
  return { document: { file, name: fileName(bytes) }, ...under };
}

/**
 * An upload, or a file that the bot knows by its id. As on Telegram, a known photo can be sent only
 * as a photo, and a known document only as a document.
 */
function fileOf(world: World, given: unknown, kind: 'photo' | 'document'): string {
  if (typeof given !== 'string') return upload(world, given);
  const known = [...world.messages.values()].find(({ photo, document }) => [photo, document?.file].includes(given));
  if (!known) throw badRequest('wrong file identifier/HTTP URL specified');
  if ((known.photo === given ? 'photo' : 'document') !== kind) throw badRequest(`can't use file as ${kind}`);
  return given;
}

/**
 * The same bytes are another upload each time, as on Telegram: an edit with a new upload always
 * changes a message.
 */
function upload(world: World, bytes: unknown): string {
  if (!(bytes instanceof Uint8Array)) throw badRequest('there is no file in the request');
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const id = `up${world.files.size}-${digest}`;
  world.files.set(id, { bytes, size: bytes.length });
  return id;
}

function fileName(bytes: unknown): string {
  return bytes instanceof Uint8Array && 'fileName' in bytes ? String(bytes.fileName) : '';
}

function caption(params: Params): { caption?: string } {
  return params.caption === undefined ? {} : { caption: text(params.caption, 'message caption', 1024) };
}

function text(value: unknown, what: string, max: number): string {
  const written = String(value ?? '');
  if (written.trim() === '') throw badRequest(`${what} is empty`);
  if (written.length > max) throw badRequest(`${what} is too long`);
  return written;
}

function keyboard(params: Params): InlineKeyboardButton[][] {
  const markup = params.reply_markup as { inline_keyboard?: InlineKeyboardButton[][] } | undefined;
  const rows = markup?.inline_keyboard ?? [];
  for (const button of rows.flat()) {
    if ('callback_data' in button && Buffer.byteLength(button.callback_data) > 64)
      throw badRequest('BUTTON_DATA_INVALID');
  }
  return rows;
}

function number(params: Params, name: string): number {
  const value = Number(params[name]);
  if (!Number.isSafeInteger(value)) throw badRequest(`${name} is missing`);
  return value;
}

function commandsKey({ scope, language_code }: Params): string {
  return JSON.stringify([scope ?? 'default', language_code ?? '']);
}
