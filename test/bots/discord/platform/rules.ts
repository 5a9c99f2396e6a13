import { allParts, BUTTON, COMPONENTS, EPHEMERAL, ROW, referencesIn, TEXT } from './reading.ts';
import type { ShownPart } from './shown.ts';

const MAX_PARTS = 40;
const MAX_TEXT = 4000;
const DEFERRED = 5;

/** A message's JSON. A field that an edit omits stays as it was. */
export interface Sent {
  readonly custom_id?: string;
  readonly flags?: number | null;
  readonly content?: string | null;
  readonly embeds?: readonly { readonly description?: string }[] | null;
  readonly components?: readonly ShownPart[] | null;
  readonly attachments?: readonly { readonly id: string; readonly filename?: string }[];
  readonly allowed_mentions?: { readonly parse?: readonly string[] };
}

/** The message that an edit changes. */
export type Before = Required<Pick<Sent, 'content' | 'embeds' | 'components' | 'attachments'>> & {
  readonly flags: number;
};

/**
 * The rules of Discord's documentation that the body breaks. They are not in Discord's OpenAPI
 * description, against which conformance.ts checks the body as well.
 */
export function beyondSchemas(body: unknown, files: readonly Blob[], before?: Before): string[] {
  const callback = body as { readonly type?: number; readonly data?: Sent };
  const isCallback = callback.type !== undefined;
  const sent = (isCallback ? callback.data : (body as Sent)) ?? {};
  if (callback.type === DEFERRED) return (sent.flags ?? 0) & ~EPHEMERAL ? ['deferred with more than EPHEMERAL'] : [];
  if (sent.custom_id !== undefined || Array.isArray(body)) return [];
  const whole = { ...before, ...sent };
  const isOfComponents = (flagsOf(sent) ?? before?.flags ?? 0) & COMPONENTS;
  return [
    ...(isOfComponents ? wrongWithComponents(whole) : wrongWithoutComponents(whole)),
    ...(before && before.flags & COMPONENTS && !isOfComponents ? ['IS_COMPONENTS_V2 cannot be removed'] : []),
    ...wrongButtons(whole.components ?? []),
    ...wrongFiles(sent, files, before),
    ...(whole.allowed_mentions?.parse?.length ? ['mentions are allowed'] : []),
  ];
}

const flagsOf = ({ flags }: Sent) => flags ?? undefined;

function wrongWithComponents({ content, embeds, components, attachments = [] }: Sent): string[] {
  const parts = allParts(components ?? []);
  const length = parts.reduce((sum, part) => sum + (part.type === TEXT ? (part.content ?? '').length : 0), 0);
  const shown = referencesIn(components ?? []).map(({ filename }) => filename);
  const named = attachments.flatMap(({ filename }) => filename ?? []);
  return [
    ...(content ? ['content beside IS_COMPONENTS_V2'] : []),
    ...(embeds?.length ? ['embeds beside IS_COMPONENTS_V2'] : []),
    ...(parts.length > MAX_PARTS ? [`${parts.length} components`] : []),
    ...(length > MAX_TEXT ? [`${length} characters of text`] : []),
    ...(parts.length === 0 ? ['an empty message'] : []),
    ...shown.filter((name) => !named.includes(name)).map((name) => `a component shows ${name}, which is not attached`),
    ...attachments
      .filter(({ filename = '' }) => !shown.includes(filename))
      .map(() => 'no component shows an attachment'),
    ...(new Set(named).size < named.length ? ['two attachments with one name'] : []),
    ...named.filter((name) => !/^[\w.-]+$/.test(name)).map(() => 'a name that Discord changes when it stores the file'),
  ];
}

function wrongWithoutComponents({ embeds, components }: Sent): string[] {
  const rows = components ?? [];
  return [
    ...(rows.some(({ type }) => type !== ROW) ? ['a component that needs IS_COMPONENTS_V2'] : []),
    ...(rows.length > 5 ? ['more than 5 rows'] : []),
    ...((embeds ?? []).reduce((sum, { description = '' }) => sum + description.length, 0) > 6000
      ? ['embeds too long']
      : []),
  ];
}

function wrongButtons(components: readonly ShownPart[]): string[] {
  const rows = allParts(components).filter(({ type }) => type === ROW);
  const ids = allParts(components).flatMap((part) => (part.type === BUTTON ? [part.custom_id] : []));
  return [
    ...(rows.some((row) => (row.components?.length ?? 0) > 5) ? ['more than 5 buttons in a row'] : []),
    ...(new Set(ids).size < ids.length ? ['two buttons with one custom_id'] : []),
  ];
}

/**
 * What is wrong with a request's files: their size, or `attachments`, which must name each of them.
 */
function wrongFiles({ attachments }: Sent, files: readonly Blob[], before?: Before): string[] {
  const earlier = new Set(before?.attachments?.map(({ id }) => id));
  const named = (attachments ?? []).filter(({ id }) => !earlier.has(id));
  return [
    ...(named.length === files.length ? [] : ['attachments do not match the files']),
    ...(files.reduce((sum, { size }) => sum + size, 0) > 10 * 1024 * 1024 ? ['more than 10 MiB of files'] : []),
  ];
}
