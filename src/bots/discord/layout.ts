import {
  type APIComponentInMessageActionRow,
  type APIMediaGalleryItem,
  type APIMessageTopLevelComponent,
  ComponentType,
  MessageFlags,
} from 'discord-api-types/v10';

/**
 * A part of a message: a text, a gallery, a file, a line or a row of buttons. A reader sees the
 * parts in their order: https://docs.discord.com/developers/components/reference
 */
export type Part = APIMessageTopLevelComponent;

/** A file of a message: requests refer to it by `id`, the message's components by `filename`. */
export interface FileOf {
  readonly id: string;
  readonly filename: string;
}

/** Discord's limits for one message. Buttons count as parts, and all texts share the characters. */
export const MAX_PARTS = 40;
export const MAX_CHARACTERS = 4000;

export function text(content: string): Part {
  return { type: ComponentType.TextDisplay, content };
}

export function gallery(items: APIMediaGalleryItem[]): Part {
  return { type: ComponentType.MediaGallery, items };
}

/** The part that shows a file of the same message. */
export function file(name: string): Part {
  return { type: ComponentType.File, file: { url: attached(name) } };
}

export function line(): Part {
  return { type: ComponentType.Separator };
}

/** The address of a file that comes with the message. */
export function attached(name: string): string {
  return `attachment://${name}`;
}

/** How many of {@link MAX_PARTS} these take. */
export function count(parts: readonly (Part | APIComponentInMessageActionRow)[]): number {
  return parts.reduce((sum, part) => sum + 1 + ('components' in part ? count(part.components as Part[]) : 0), 0);
}

/** The JSON of a new message, which mentions nobody. */
export function message(...parts: readonly Part[]) {
  return {
    components: [...parts],
    flags: MessageFlags.IsComponentsV2 as const,
    allowed_mentions: { parse: [] },
  };
}

/**
 * The JSON of an edit that replaces everything in a message. It empties `content` and `embeds`:
 * older versions of facefinder put text there, and while it is there, Discord refuses components.
 */
export function edit(parts: readonly Part[], attachments: readonly FileOf[] = []) {
  return { ...message(...parts), content: null, embeds: [], attachments: [...attachments] };
}
