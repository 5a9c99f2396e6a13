import type { RawFile } from '@discordjs/rest';
import type { RESTPatchAPIWebhookWithTokenMessageJSONBody } from 'discord-api-types/v10';
import type { Reply } from '../../chat/reply.ts';
import { receiptFile } from '../../chat/rights/receipt-file.ts';
import { rightsOf } from '../../chat/rights/rights.ts';
import type { Words } from '../../text/words.ts';
import { buttonRows, deleteButton, takeBackButton } from './buttons.ts';
import { markdownOf, portion } from './markdown.ts';
import type { CommandIds } from './mentions.ts';

/** Discord's limits for one message: https://docs.discord.com/developers/resources/message */
const MAX_FILES = 10;
const MAX_ALT = 1024;

/** A message's JSON and its files, as `REST` takes them in `body` and `files`. */
export interface Message {
  readonly body: RESTPatchAPIWebhookWithTokenMessageJSONBody;
  readonly files: RawFile[];
}

export interface Setting {
  readonly words: Words;
  /** Discord id of the person who may delete what is shown. */
  readonly asker: string;
  readonly commandIds: CommandIds;
  /** The most bytes of all files together. */
  readonly maxBytes: number;
  /** Whether everybody sees the message. Then it needs no button that shows it to the channel. */
  readonly isPublic?: boolean;
  /**
   * Whether the asker may not post in the channel. Then the message has no button that shows it to
   * the channel.
   */
  readonly isSilenced?: boolean;
}

/**
 * Puts all of `replies` into one message, which mentions nobody. It replaces everything that the
 * message showed before. A text that is too long becomes a file. Files that are too large or too
 * many are left out, and the text says so.
 */
export function render(replies: readonly Reply[], setting: Setting): Message {
  const { words, commandIds } = setting;
  const files: Attachment[] = replies.flatMap(filesOf);
  const kept = within(files, setting.maxBytes);
  const texts = replies.map(({ text }) => markdownOf(text, commandIds));
  if (kept.length < files.length) texts.push(words.discord.leftOut);
  const { content, embeds, isCut } = portion(texts.join('\n\n'), words.discord.cut);
  if (isCut) kept.push(textFile('facefinder.txt', 'text/plain', replies.map(({ text }) => text).join('\n\n')));

  return {
    body: {
      content,
      embeds: embeds.map((description) => ({ description })),
      components: buttonRows(buttonsOf(replies, setting), rightsOf(words, { isPublic: setting.isPublic ?? false })),
      attachments: kept.map(({ alt, ...file }, index) => ({
        id: String(index),
        filename: file.name,
        ...(alt && { description: alt.slice(0, MAX_ALT) }),
      })),
      allowed_mentions: { parse: [] },
    },
    files: kept.map(({ alt: _, ...file }) => file),
  };
}

type Attachment = RawFile & { readonly data: Uint8Array; readonly alt?: string };

function filesOf(reply: Reply, index: number): Attachment[] {
  switch (reply.kind) {
    case 'result': {
      if (!reply.picture) return [];
      const { jpeg, alt } = reply.picture;
      // The prefix SPOILER_ makes Discord hide a picture until it is clicked.
      return [{ name: `SPOILER_faces-${index + 1}.jpg`, data: jpeg, contentType: 'image/jpeg', alt }];
    }
    case 'presence':
      return reply.photos.flatMap(({ number, picture }) => {
        if (!picture) return [];
        const { jpeg, alt } = picture;
        return [{ name: `SPOILER_photo-${number}.jpg`, data: jpeg, contentType: 'image/jpeg', alt }];
      });
    case 'blurred': {
      const { jpeg, alt } = reply.picture;
      return [{ name: `blurred-${index + 1}.jpg`, data: jpeg, contentType: 'image/jpeg', alt }];
    }
    case 'receipt':
      return [textFile(receiptFile(reply), 'application/jose', reply.receipt)];
    case 'info':
      return reply.data === undefined
        ? []
        : [textFile(`facefinder-data-${index + 1}.json`, 'application/json', JSON.stringify(reply.data, null, 2))];
    default:
      return [];
  }
}

function textFile(name: string, contentType: string, text: string): Attachment {
  return { name, contentType, data: Buffer.from(text) };
}

/** The files that fit into one message. One place stays free for a text that may become a file. */
function within(files: readonly Attachment[], maxBytes: number): Attachment[] {
  let left = maxBytes;
  const fitting = files.filter(({ data }) => {
    if (data.length > left) return false;
    left -= data.length;
    return true;
  });
  return fitting.slice(0, MAX_FILES - 1);
}

function buttonsOf(replies: readonly Reply[], { words, asker, isPublic, isSilenced }: Setting) {
  const results = replies.filter((reply) => reply.kind === 'result');
  const actions = replies.flatMap((reply) => {
    const details = reply.kind === 'result' && reply.details ? [reply.details] : [];
    const offered = [...details, ...('actions' in reply ? (reply.actions ?? []) : [])];
    // A question with a cancel button is about something that cannot be undone.
    const isGrave = reply.kind === 'confirm' && offered.some(({ role }) => role === 'cancel');
    return offered.map((action) => ({ ...action, isDanger: isGrave && action.role === 'confirm' }));
  });
  // Every press of a button that shows a result does the whole search again. So one button shows
  // the results of all photos.
  const show = results.find((result) => result.show)?.show;
  return [
    ...actions,
    ...(show && !isPublic && !isSilenced ? [{ ...show, role: 'show' as const, isDanger: false }] : []),
    ...(results.length > 0 ? [isPublic ? takeBackButton(words) : deleteButton(words, asker)] : []),
  ];
}
