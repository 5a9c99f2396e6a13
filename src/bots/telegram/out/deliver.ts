import { type Api, InputFile } from 'grammy';
import type { InlineKeyboardMarkup } from 'grammy/types';
import type { SentMessages } from '../../../chat/courier.ts';
import type { TelegramAddress } from '../address.ts';
import { MAX_ALBUM } from '../in/albums.ts';
import { isMediaMessage, isNoPhotoForTelegram, isNotModified } from './refusal.ts';
import { type Attachment, asDocument, asMedia, asOne, asPhoto, captionOf, type Message } from './render.ts';

const WITHOUT_PREVIEW = { link_preview_options: { is_disabled: true } } as const;

/**
 * Says that work goes on, in a message that the answer will replace. Gives the address with that
 * message.
 */
export async function placeholder(api: Api, to: TelegramAddress, text: string): Promise<TelegramAddress> {
  if (to.message !== undefined && (await editText(api, to, { text })) !== 'impossible') return to;
  const target = await below(api, to);
  const message = await api.sendMessage(target.chat, text, { ...WITHOUT_PREVIEW, ...options(target, true) });
  return { ...target, message: message.message_id };
}

/** Counts what was sent, for one call alone. */
function uncounted(): SentMessages {
  return { count: async () => 0, note: async () => {} };
}

/**
 * Shows an answer. It replaces the message at `to` if Telegram can change that message; otherwise
 * it comes below. If Telegram refuses a picture as a photo, all pictures that are not sent yet go
 * as files. A repeated call sends only what `messages` says is not there.
 */
export async function deliver(
  api: Api,
  to: TelegramAddress,
  message: Message,
  messages: SentMessages = uncounted(),
): Promise<void> {
  const one = asOne(message);
  const below = inOrder(one ? message.below : [...message.attachments, ...message.below]);
  let sent = below.length === 0 ? 0 : await messages.count();
  const note = async (count: number) => {
    sent = count;
    if (below.length > 0) await messages.note(count);
  };
  let beneath: TelegramAddress | undefined;
  const show = async (as: (attachment: Attachment) => Attachment) => {
    beneath ??= await showFirst(api, to, message, { one: one && as(one), isSent: sent > 0 });
    if (sent === 0) await note(1);
    for (const album of albumsOf(below.slice(sent - 1).map(as))) {
      await sendAlbum(api, beneath, album);
      await note(sent + album.length);
    }
  };
  try {
    await show((attachment) => attachment);
  } catch (error) {
    if (!isNoPhotoForTelegram(error)) throw error;
    await show(asDocument);
  }
}

/**
 * Shows an answer's first message. An edit may be repeated, because it changes nothing then. A new
 * message is sent only if an earlier call has not sent it. Gives where the others come.
 */
async function showFirst(
  api: Api,
  to: TelegramAddress,
  message: Message,
  { one, isSent }: { readonly one: Attachment | undefined; readonly isSent: boolean },
): Promise<TelegramAddress> {
  if (to.message === undefined) return isSent ? to : await send(api, to, message, one);
  if (one) await editMedia(api, to, one, message);
  else if ((await editText(api, to, message)) === 'impossible') {
    const beneath = await below(api, to);
    return isSent ? beneath : await send(api, beneath, message, one);
  }
  return { ...to, replyTo: to.message };
}

/** Sends an answer's first message, which replaces no message. Gives where the others come. */
async function send(
  api: Api,
  to: TelegramAddress,
  message: Message,
  one: Attachment | undefined,
): Promise<TelegramAddress> {
  const extras = { reply_markup: message.keyboard, ...options(to, message.protect) };
  if (one) {
    await sendOne(api, to, one, extras);
    return to;
  }
  const { message_id } = await api.sendMessage(to.chat, message.text, {
    ...WITHOUT_PREVIEW,
    ...marked(message),
    ...extras,
  });
  return { ...to, replyTo: message_id };
}

/**
 * Changes the text at `to`. `same`: the text was there already. `impossible`: there is no message,
 * or it has no text that could be changed.
 */
export async function editText(
  api: Api,
  { chat, message, media }: TelegramAddress,
  { text, entities = [], keyboard }: Pick<Message, 'text'> & Partial<Message>,
): Promise<'edited' | 'same' | 'impossible'> {
  if (message === undefined || media) return 'impossible';
  try {
    const markup = keyboard && { reply_markup: keyboard };
    await api.editMessageText(chat, message, text, { ...WITHOUT_PREVIEW, ...marked({ entities }), ...markup });
    return 'edited';
  } catch (error) {
    if (isNotModified(error)) return 'same';
    if (isMediaMessage(error)) return 'impossible';
    throw error;
  }
}

/** Changes the picture or file at `to`, unless the message has it already. */
async function editMedia(api: Api, to: TelegramAddress, one: Attachment, { keyboard }: Message): Promise<void> {
  if (to.message === undefined) return;
  const markup = keyboard && { reply_markup: keyboard };
  await api.editMessageMedia(to.chat, to.message, asMedia(one), markup).catch(unlessNotModified);
}

/**
 * Takes the buttons off the message at `to`, because that message must stay. Gives the address at
 * which the answer comes below it.
 */
async function below(api: Api, { message, media: _, ...to }: TelegramAddress): Promise<TelegramAddress> {
  if (message === undefined) return to;
  await api.editMessageReplyMarkup(to.chat, message).catch(unlessNotModified);
  return { ...to, replyTo: message };
}

function unlessNotModified(error: unknown): void {
  if (!isNotModified(error)) throw error;
}

/** Attachments as they are sent: photos first, then photos to pass on, then files. */
function inOrder(attachments: readonly Attachment[]): Attachment[] {
  const rank = ({ kind, isToShare }: Attachment) => (kind === 'document' ? 2 : isToShare ? 1 : 0);
  return attachments.toSorted((a, b) => rank(a) - rank(b));
}

/** Attachments that come in one message or album: photos of one kind together, each file alone. */
function albumsOf(attachments: readonly Attachment[]): Attachment[][] {
  const albums: Attachment[][] = [];
  for (const one of attachments) {
    const last = albums.at(-1);
    const [first] = last ?? [];
    const isJoined = one.kind === 'photo' && first?.kind === 'photo' && first.isToShare === one.isToShare;
    if (last && isJoined && last.length < MAX_ALBUM) last.push(one);
    else albums.push([one]);
  }
  return albums;
}

async function sendAlbum(api: Api, to: TelegramAddress, [only, ...more]: readonly Attachment[]): Promise<void> {
  if (!only) return;
  const extras = options(to, only.kind === 'photo' && !only.isToShare);
  if (more.length === 0) await sendOne(api, to, only, extras);
  else await api.sendMediaGroup(to.chat, [only, ...more].map(asPhoto), extras);
}

async function sendOne(api: Api, to: TelegramAddress, one: Attachment, extras: Extras): Promise<void> {
  const file = new InputFile(one.bytes, one.name);
  const caption = captionOf(one);
  if (one.kind === 'photo') {
    await api.sendPhoto(to.chat, file, { ...caption, ...extras, ...(!one.isToShare && { has_spoiler: true }) });
  } else await api.sendDocument(to.chat, file, { ...caption, ...extras });
}

function marked({ entities }: Pick<Message, 'entities'>) {
  return entities.length > 0 ? { entities: [...entities] } : {};
}

interface Extras {
  readonly reply_markup?: InlineKeyboardMarkup;
  readonly protect_content?: true;
  readonly message_thread_id?: number;
  readonly reply_parameters?: { readonly message_id: number; readonly allow_sending_without_reply: true };
}

function options({ replyTo, topic }: TelegramAddress, protect: boolean): Extras {
  return {
    ...(topic !== undefined && { message_thread_id: topic }),
    ...(protect && { protect_content: true }),
    ...(replyTo !== undefined && { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }),
  };
}
