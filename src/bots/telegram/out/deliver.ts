import { type Api, InputFile } from 'grammy';
import type { InlineKeyboardMarkup } from 'grammy/types';
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

/**
 * Shows an answer. It replaces the message at `to` if Telegram can change that message; otherwise
 * it comes below. If Telegram refuses a picture as a photo, all pictures go as files. If the
 * message at `to` shows this answer's text already, a call changes nothing: it takes the text as a
 * sign that everything below is there too.
 */
export async function deliver(api: Api, to: TelegramAddress, message: Message): Promise<void> {
  try {
    await show(api, to, message);
  } catch (error) {
    if (!isNoPhotoForTelegram(error)) throw error;
    const { attachments, below } = message;
    await show(api, to, { ...message, attachments: attachments.map(asDocument), below: below.map(asDocument) });
  }
}

async function show(api: Api, to: TelegramAddress, message: Message): Promise<void> {
  if (to.message === undefined) return await send(api, to, message);
  const beneath = { ...to, replyTo: to.message };
  const one = asOne(message);
  if (one) {
    if (await editMedia(api, to, one, message)) await sendAttachments(api, beneath, message.below);
    return;
  }
  const outcome = await editText(api, to, message);
  if (outcome === 'impossible') return await send(api, await below(api, to), message);
  if (outcome === 'edited') await sendAttachments(api, beneath, [...message.attachments, ...message.below]);
}

/** Sends an answer that replaces no message. */
async function send(api: Api, to: TelegramAddress, message: Message): Promise<void> {
  const markup = message.keyboard && { reply_markup: message.keyboard };
  const one = asOne(message);
  if (one) {
    await sendOne(api, to, one, { ...markup, ...options(to, message.protect) });
    return await sendAttachments(api, to, message.below);
  }
  const extras = { ...WITHOUT_PREVIEW, ...marked(message), ...markup, ...options(to, message.protect) };
  const { message_id } = await api.sendMessage(to.chat, message.text, extras);
  await sendAttachments(api, { ...to, replyTo: message_id }, [...message.attachments, ...message.below]);
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

/** Changes the picture or file at `to`. False when the message has this picture or file already. */
async function editMedia(api: Api, to: TelegramAddress, one: Attachment, { keyboard }: Message): Promise<boolean> {
  if (to.message === undefined) return false;
  const markup = keyboard && { reply_markup: keyboard };
  try {
    await api.editMessageMedia(to.chat, to.message, asMedia(one), markup);
    return true;
  } catch (error) {
    unlessNotModified(error);
    return false;
  }
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

/** Sends pictures as albums, and then each file on its own. */
async function sendAttachments(api: Api, to: TelegramAddress, attachments: readonly Attachment[]): Promise<void> {
  const photos = attachments.filter((attachment) => attachment.kind === 'photo');
  const isToShare = (photo: Attachment) => photo.isToShare === true;
  await sendPhotos(
    api,
    to,
    photos.filter((photo) => !isToShare(photo)),
    options(to, true),
  );
  await sendPhotos(api, to, photos.filter(isToShare), options(to, false));
  for (const file of attachments.filter((attachment) => attachment.kind === 'document')) {
    await sendOne(api, to, file, options(to, false));
  }
}

async function sendPhotos(api: Api, to: TelegramAddress, photos: readonly Attachment[], extras: Extras): Promise<void> {
  for (let start = 0; start < photos.length; start += MAX_ALBUM) {
    const [only, ...more] = photos.slice(start, start + MAX_ALBUM);
    if (!only) break;
    if (more.length === 0) await sendOne(api, to, only, extras);
    else await api.sendMediaGroup(to.chat, [only, ...more].map(asPhoto), extras);
  }
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
