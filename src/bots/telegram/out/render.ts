import { InputFile } from 'grammy';
import type { InlineKeyboardButton, InlineKeyboardMarkup, InputMediaDocument, InputMediaPhoto } from 'grammy/types';
import type { Action, Picture, Reply } from '../../../chat/reply.ts';
import { receiptFile } from '../../../chat/rights/receipt-file.ts';
import { rightsOf } from '../../../chat/rights/rights.ts';
import { TAKE_BACK } from '../../../chat/showing/shown.ts';
import type { Words } from '../../../text/words.ts';
import { type Written, written } from '../in/moments.ts';
import { cut } from './cut.ts';

/** Telegram's limits in characters, for a message, and for the caption of a picture or file. */
export const MAX_TEXT = 4096;
export const MAX_CAPTION = 1024;
/** The most bytes of a photo. A larger one is sent as a file. */
const MAX_SENT_PHOTO_BYTES = 10_000_000;

/** A picture or document of an answer. */
export interface Attachment {
  readonly kind: 'photo' | 'document';
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The attachment's own text. It is used when the answer's text is in another message. */
  readonly caption: string;
  /** The entities of the caption. */
  readonly entities?: Written['entities'];
  /** Set when the asker may pass it on. It shows no face of anybody who did not want that. */
  readonly isToShare?: true;
}

/**
 * An answer in Telegram's form: a text of at most {@link MAX_TEXT} characters, and its attachments.
 */
export interface Message extends Written {
  readonly keyboard: InlineKeyboardMarkup;
  /**
   * Whether Telegram keeps people from forwarding and saving the message. This stays so when an
   * edit changes what the message shows.
   */
  readonly protect: boolean;
  readonly attachments: readonly Attachment[];
  /**
   * Attachments that always come in messages of their own, below the answer, so that a person can
   * keep them.
   */
  readonly below: readonly Attachment[];
}

/**
 * Puts an answer into one message. Several pictures or files, and texts that are too long, come
 * below it. `isPublic`: a whole group reads it, and not only the asker. Then its buttons only
 * delete it or lead to a right.
 */
export function render(
  replies: readonly Reply[],
  words: Words,
  { isPublic = false, locale = 'en' }: { readonly isPublic?: boolean; readonly locale?: string } = {},
): Message {
  const kept = replies.filter(isKeptApart);
  const answer = replies.filter((reply) => !isKeptApart(reply));
  const said = replies.filter((reply) => reply.kind === 'blurred' || !isKeptApart(reply));
  const { text, entities } = written(said.map((reply) => reply.text).join('\n\n'), locale);
  const shown = cut(text, MAX_TEXT, words.telegram.inFile);
  const whole = text.length > MAX_TEXT ? [textFile(text)] : [];
  return {
    text: shown,
    entities: entities.filter(({ offset, length }) => shown.startsWith(text.slice(offset, offset + length), offset)),
    keyboard: keyboard(isPublic ? [] : replies.flatMap(actionsOf), words, isPublic),
    // Answers that show faces are protected. A notice is protected too, because such an answer may
    // replace it. A receipt or an export belongs to its person, who may pass it on.
    protect: replies.some(({ kind }) => kind === 'result' || kind === 'presence' || kind === 'consent'),
    attachments: [...whole, ...answer.flatMap((reply) => attachmentsOf(reply, words))],
    below: kept.flatMap((reply) => attachmentsOf(reply, words)),
  };
}

/**
 * Whether a reply's files come below the answer, in messages of their own: those of a receipt of
 * consent, because it comes with another answer, and a photo to pass on, because it must not be in
 * a protected message.
 */
function isKeptApart(reply: Reply): boolean {
  return reply.kind === 'blurred' || (reply.kind === 'receipt' && reply.of === 'consent');
}

function textFile(text: string): Attachment {
  return { kind: 'document', name: 'facefinder.txt', bytes: Buffer.from(text), caption: '' };
}

/**
 * The one picture or file that has the whole text as its caption. Undefined when one message is not
 * enough.
 */
export function asOne({ text, entities, attachments }: Message): Attachment | undefined {
  const [only, ...others] = attachments;
  return only && others.length === 0 && text.length <= MAX_CAPTION ? { ...only, caption: text, entities } : undefined;
}

/** An attachment in Telegram's form. */
export function asMedia(attachment: Attachment): InputMediaPhoto | InputMediaDocument {
  return attachment.kind === 'photo' ? asPhoto(attachment) : { type: 'document', ...file(attachment) };
}

/**
 * An attachment as a photo. Telegram covers it until somebody taps it, unless it may be passed on.
 */
export function asPhoto(attachment: Attachment): InputMediaPhoto {
  return { type: 'photo', ...file(attachment), ...(!attachment.isToShare && { has_spoiler: true }) };
}

function file(attachment: Attachment): { media: InputFile; caption?: string } {
  return { media: new InputFile(attachment.bytes, attachment.name), ...captionOf(attachment) };
}

/** The caption of an attachment, if any. */
export function captionOf({ caption, entities = [] }: Attachment) {
  if (caption === '') return {};
  return { caption, ...(entities.length > 0 && { caption_entities: [...entities] }) };
}

/** The attachment as a file. Telegram accepts as a file what it refuses as a photo. */
export function asDocument(attachment: Attachment): Attachment {
  return { ...attachment, kind: 'document' };
}

function actionsOf(reply: Reply): readonly Action[] {
  const actions = 'actions' in reply ? (reply.actions ?? []) : [];
  if (reply.kind !== 'result') return actions;
  return [reply.show, reply.details, ...actions].filter((action) => action !== undefined);
}

/**
 * The buttons, one in each row, because labels are sentences and phones are narrow. The first one
 * that agrees stands out. Rights share the last row, because their labels are short.
 */
function keyboard(actions: readonly Action[], words: Words, isPublic: boolean): InlineKeyboardMarkup {
  const primary = actions.find(({ role }) => role === 'agree');
  return {
    inline_keyboard: [
      ...actions.map((action): InlineKeyboardButton[] => [
        { text: action.label, callback_data: action.id, ...(action === primary && { style: 'primary' as const }) },
      ]),
      ...(isPublic ? [[{ text: words.shown.delete, callback_data: TAKE_BACK }]] : []),
      rightsOf(words, { isPublic }).map(({ id, label }) => ({ text: label, callback_data: id })),
    ],
  };
}

function attachmentsOf(reply: Reply, words: Words): Attachment[] {
  if (reply.kind !== 'presence') return [attachmentOf(reply, words) ?? []].flat();
  return reply.photos.flatMap(({ picture }) =>
    picture ? [{ ...pictureOf(picture), caption: cut(picture.alt, MAX_CAPTION, words.telegram.cut) }] : [],
  );
}

function attachmentOf(reply: Reply, words: Words): Attachment | undefined {
  switch (reply.kind) {
    case 'result': {
      if (!reply.picture) return undefined;
      // With several photos, the answer's text stands once above all of them. So a caption
      // describes only its own photo.
      return { ...pictureOf(reply.picture), caption: cut(reply.picture.alt, MAX_CAPTION, words.telegram.cut) };
    }
    case 'blurred':
      return { ...pictureOf(reply.picture), caption: '', isToShare: true };
    case 'receipt':
      return {
        kind: 'document',
        name: receiptFile(reply),
        bytes: Buffer.from(reply.receipt),
        caption: isKeptApart(reply) ? reply.text : '',
      };
    case 'info':
      if (reply.data === undefined) return undefined;
      return { kind: 'document', name: 'data.json', bytes: json(reply.data), caption: '' };
    default:
      return undefined;
  }
}

function pictureOf({ jpeg }: Picture): Omit<Attachment, 'caption'> {
  return { kind: jpeg.length > MAX_SENT_PHOTO_BYTES ? 'document' : 'photo', name: 'faces.jpg', bytes: jpeg };
}

function json(data: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(data, null, 2)}\n`);
}
