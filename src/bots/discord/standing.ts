import type { Message } from 'discord.js';
import { type APIUnfurledMediaItem, ComponentType } from 'discord-api-types/v10';
import { attached, type FileOf, file, gallery, line, MAX_CHARACTERS, type Part, text } from './layout.ts';
import { portion } from './markdown.ts';

/**
 * A message as Discord gives it. `attachments` may lack files that components show. Messages that
 * older versions of facefinder sent have their text in `content` and `embeds`.
 */
interface Standing {
  readonly content: string;
  readonly embeds: readonly { readonly description?: string | null | undefined }[];
  readonly components?: readonly Part[] | undefined;
  readonly attachments: readonly (FileOf & { readonly description?: string | null | undefined })[];
}

/** What a message shows, in the form in which an edit sends it again. */
export interface Shown {
  /** All parts but the rows of buttons. */
  readonly parts: readonly Part[];
  readonly rows: readonly Part[];
  readonly attachments: readonly FileOf[];
}

/** Reads a message so that an edit can keep it and change only its buttons. */
export function shownIn({ content, embeds, components = [], attachments }: Standing): Shown {
  const held = new Map<string, string>();
  const hold = ({ attachment_id: id, url }: APIUnfurledMediaItem) => {
    if (id === undefined) return { url };
    const filename = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
    held.set(id, filename);
    return { url: attached(filename) };
  };
  const parts = components.flatMap((part): Part[] => {
    switch (part.type) {
      case ComponentType.TextDisplay:
        return [text(part.content)];
      case ComponentType.MediaGallery:
        return [gallery(part.items.map((item) => ({ ...item, media: hold(item.media) })))];
      case ComponentType.File:
        return [{ type: part.type, file: hold(part.file) }];
      case ComponentType.Separator:
        return [line()];
      default:
        return [];
    }
  });
  const older = attachments.filter(({ id }) => !held.has(id));
  for (const { id, filename } of older) held.set(id, filename);
  return {
    parts: [
      ...olderTexts([content, ...embeds.map(({ description }) => description ?? '')]),
      ...olderFiles(older),
      ...parts,
    ],
    rows: components.filter(({ type }) => type === ComponentType.ActionRow),
    attachments: [...held].map(([id, filename]) => ({ id, filename })),
  };
}

/** As {@link shownIn}, for a message as discord.js gives it. */
export function shownUnder({ content, embeds, components, attachments }: Message): Shown {
  return shownIn({
    content,
    embeds: embeds.map(({ description }) => ({ description })),
    components: components.map((part) => part.toJSON()),
    attachments: attachments.map(({ id, name, description }) => ({ id, filename: name, description })),
  });
}

function olderTexts(texts: readonly string[]): Part[] {
  return portion(texts, MAX_CHARACTERS).texts.filter(Boolean).map(text);
}

function olderFiles(files: Standing['attachments']): Part[] {
  const isPicture = (name: string) => name.endsWith('.jpg');
  const pictures = files.filter(({ filename }) => isPicture(filename));
  const items = pictures.map(({ filename, description }) => ({
    media: { url: attached(filename) },
    // Older versions hid a picture by a name with this beginning.
    spoiler: filename.startsWith('SPOILER_'),
    ...(description && { description }),
  }));
  const others = files.filter(({ filename }) => !isPicture(filename));
  return [...(items.length > 0 ? [gallery(items)] : []), ...others.map(({ filename }) => file(filename))];
}
