import type { Shown, ShownButton, ShownPart } from './shown.ts';

/** The flag of a message that consists of components alone. */
export const COMPONENTS = 1 << 15;
/** The flag of a message that only its asker sees. */
export const EPHEMERAL = 1 << 6;

export const [ROW, BUTTON, TEXT, LINE] = [1, 2, 10, 14] as const;

/** All parts of a message in their order, parts within parts included. */
export function allParts(parts: readonly ShownPart[]): ShownPart[] {
  return parts.flatMap((part) => [part, ...allParts(part.components ?? [])]);
}

/**
 * A message's text as people read it: escapes are resolved, and commands have their names. It
 * includes `content` and embeds, in which older versions of the bot wrote.
 */
export function textOf({ content, embeds, components }: Pick<Shown, 'content' | 'embeds' | 'components'>): string {
  const older = [content, ...embeds.map(({ description = '' }) => description)].filter(Boolean).join('\n');
  const texts = allParts(components).flatMap((part) => (part.type === TEXT ? [part.content ?? ''] : []));
  return [...(older ? [older] : []), ...texts]
    .join('\n\n')
    .replaceAll(/(?<!\\)<(\/\w+):\d+>/g, '$1')
    .replaceAll(/\\([\\*_~`|<[#>-])/g, '$1');
}

export function buttonsOf({ components }: Pick<Shown, 'components'>): ShownButton[] {
  return allParts(components).filter((part): part is ShownButton => part.type === BUTTON);
}

/** How a component shows a file of its message. */
export interface Reference {
  readonly filename: string;
  readonly description?: string;
  readonly isHidden: boolean;
}

/** The files that the components show. */
export function referencesIn(components: readonly ShownPart[]): Reference[] {
  return allParts(components).flatMap(({ items = [], file }) => [
    ...items.map(({ media, description, spoiler = false }) => ({
      filename: nameIn(media.url),
      isHidden: spoiler,
      ...(description && { description }),
    })),
    ...(file ? [{ filename: nameIn(file.url), isHidden: false }] : []),
  ]);
}

/** The name of the file that a component refers to. */
export function nameIn(url: string): string {
  return url.replace(/^attachment:\/\//, '');
}
