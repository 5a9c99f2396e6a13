import type { RawFile } from '@discordjs/rest';
import type { Picture, Reply } from '../../chat/reply.ts';
import { receiptFile } from '../../chat/rights/receipt-file.ts';
import { rightsOf } from '../../chat/rights/rights.ts';
import type { Words } from '../../text/words.ts';
import { buttonRows, deleteButton, takeBackButton } from './buttons.ts';
import {
  attached,
  count,
  type FileOf,
  file,
  gallery,
  line,
  MAX_CHARACTERS,
  MAX_PARTS,
  message,
  type Part,
  text,
} from './layout.ts';
import { GAP, markdownOf, portion } from './markdown.ts';
import type { CommandIds } from './mentions.ts';

/** Discord's limits for one message: https://docs.discord.com/developers/resources/message */
const MAX_FILES = 10;
const MAX_ALT = 1024;

/** A message's JSON and its files, as `REST` takes them in `body` and `files`. */
export interface Message {
  readonly body: ReturnType<typeof message> & { readonly attachments: readonly FileOf[] };
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
 * Puts all of `replies` into one message, which mentions nobody. Pictures and files stand below the
 * text that they belong to, and buttons at the end. If the texts are too long, they are cut, and a
 * file with all of them is added. Files that are too large or too many are left out. In both cases
 * the message says so.
 */
export function render(replies: readonly Reply[], setting: Setting): Message {
  const { words, commandIds, isPublic = false } = setting;
  const files = withPlainNames(replies.flatMap(filesOf));
  const kept = within(files, setting.maxBytes);
  const { leftOut, cut } = words.discord;
  const { texts, isCut } = portion(
    replies.map((reply) => markdownOf(reply.text, commandIds)),
    MAX_CHARACTERS - [leftOut, cut].join(GAP).length,
  );
  const notes = [...(kept.length < files.length ? [leftOut] : []), ...(isCut ? [cut] : [])];
  const whole = replies.map((reply) => reply.text).join(GAP);
  const shown = isCut ? [...kept, textFile(replies.length, 'facefinder.txt', 'text/plain', whole)] : kept;
  const sections = sectionsOf([...texts, notes.join(GAP)], shown);
  const rows = buttonRows(buttonsOf(replies, setting), rightsOf(words, { isPublic }));
  return {
    body: {
      ...message(...apart(sections, MAX_PARTS - count(rows)), ...rows),
      attachments: shown.map(({ name }, index) => ({ id: String(index), filename: name })),
    },
    files: shown.map(({ name, data, contentType }) => ({ name, data, contentType })),
  };
}

interface Attachment {
  readonly name: string;
  readonly data: Uint8Array;
  readonly contentType: string;
  /** The index of the text that it belongs to. */
  readonly of: number;
  /** Set if the file is a picture. */
  readonly picture?: { readonly alt: string; readonly isHidden: boolean };
}

/** Sections of texts and their files. A section ends after a text that has files. */
function sectionsOf(texts: readonly string[], files: readonly Attachment[]): Part[][] {
  const sections: Part[][] = [];
  let said: string[] = [];
  const close = (own: readonly Attachment[]) => {
    const parts = [...(said.length > 0 ? [text(said.join(GAP))] : []), ...filesAsParts(own)];
    if (parts.length > 0) sections.push(parts);
    said = [];
  };
  texts.forEach((one, index) => {
    if (one) said.push(one);
    const own = files.filter(({ of }) => of === index);
    if (own.length > 0) close(own);
  });
  close([]);
  return sections;
}

function filesAsParts(files: readonly Attachment[]): Part[] {
  const items = files.flatMap(({ name, picture }) =>
    picture
      ? [
          {
            media: { url: attached(name) },
            spoiler: picture.isHidden,
            ...(picture.alt && { description: picture.alt.slice(0, MAX_ALT) }),
          },
        ]
      : [],
  );
  const others = files.filter(({ picture }) => !picture);
  return [...(items.length > 0 ? [gallery(items)] : []), ...others.map(({ name }) => file(name))];
}

/** The sections with a line between them, if the message has room for lines. */
function apart(sections: readonly Part[][], room: number): Part[] {
  const parted = sections.flatMap((section, index) => (index > 0 ? [line(), ...section] : section));
  return count(parted) <= room ? parted : sections.flat();
}

function filesOf(reply: Reply, of: number): Attachment[] {
  const jpeg = (name: string, { jpeg: data, alt }: Picture, isHidden: boolean): Attachment => {
    return { name, data, contentType: 'image/jpeg', of, picture: { alt, isHidden } };
  };
  switch (reply.kind) {
    case 'result':
      return reply.picture ? [jpeg(`faces-${of + 1}.jpg`, reply.picture, true)] : [];
    case 'presence':
      return reply.photos.flatMap(({ number, picture }) =>
        picture ? [jpeg(`photo-${number}.jpg`, picture, true)] : [],
      );
    case 'blurred':
      return [jpeg(`blurred-${of + 1}.jpg`, reply.picture, false)];
    case 'receipt':
      return [textFile(of, receiptFile(reply), 'application/jose', reply.receipt)];
    case 'info': {
      if (reply.data === undefined) return [];
      const json = JSON.stringify(reply.data, null, 2);
      return [textFile(of, `facefinder-data-${of + 1}.json`, 'application/json', json)];
    }
    default:
      return [];
  }
}

function textFile(of: number, name: string, contentType: string, content: string): Attachment {
  return { name, contentType, data: Buffer.from(content), of };
}

/**
 * Gives every file a name of its own, in letters that Discord leaves as they are, because a
 * component refers to its file by the name.
 */
function withPlainNames(files: readonly Attachment[]): Attachment[] {
  const taken = new Set<string>();
  return files.map((one) => {
    const [, stem = '', ending = ''] = /^(.*)\.(\w+)$/.exec(one.name) ?? [];
    const plain = stem
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .replaceAll(/[^\w-]+/g, '-')
      .replace(/-+$/, '');
    let name = `${plain}.${ending}`;
    for (let next = 2; taken.has(name); next += 1) name = `${plain}-${next}.${ending}`;
    taken.add(name);
    return { ...one, name };
  });
}

/** The files that fit into one message. One place stays free for the file with all texts. */
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
  // Every press of a show button does the whole search again. So the message has only one, which
  // shows the results of all photos.
  const show = results.find((result) => result.show)?.show;
  return [
    ...actions,
    ...(show && !isPublic && !isSilenced ? [{ ...show, role: 'show' as const, isDanger: false }] : []),
    ...(results.length > 0 ? [isPublic ? takeBackButton(words) : deleteButton(words, asker)] : []),
  ];
}
