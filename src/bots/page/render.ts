import type { Action, Picture, PresencePhoto, Reply } from '../../chat/reply.ts';
import { tellMoments, writtenMoment } from '../../text/moment.ts';
import type { Scale } from './scale.ts';

/**
 * A reply in the page's HTTP interface. It is like the chat's reply, but each picture is a URL with
 * its alternative text beside it.
 */
export type WireReply =
  | Exclude<Reply, { kind: 'result' | 'blurred' | 'presence' }>
  | (Omit<Extract<Reply, { kind: 'presence' }>, 'photos'> & {
      readonly photos: readonly (Omit<PresencePhoto, 'picture'> & {
        readonly picture?: string;
        readonly alt?: string;
      })[];
    })
  | (Omit<Extract<Reply, { kind: 'blurred' }>, 'picture'> & { readonly picture?: string; readonly alt?: string })
  | (Omit<Extract<Reply, { kind: 'result' }>, 'picture' | 'show'> & {
      readonly picture?: string;
      readonly alt?: string;
      /**
       * Size of the upright photo in pixels, for the boxes of its faces. The picture may be
       * smaller.
       */
      readonly size?: readonly [width: number, height: number];
      /**
       * The largest distance that is a match, and the largest that is a `possible`, when as much is
       * compared as for this result.
       */
      readonly limits?: { readonly match: number; readonly possible: number };
    });

/**
 * A reply in its form for HTTP. Two buttons of a result are left out: the one that shows it to a
 * group, because nobody else is on the page, and the one for an explanation, because the page has
 * one itself. Times are in this machine's zone, which is the reader's.
 * @param keepPicture keeps a JPEG and gives its URL; undefined without room for it
 */
export function renderReply(
  { text, ...untold }: Reply,
  locale: string,
  keepPicture: (jpeg: Uint8Array) => string | undefined,
  scale: Scale | undefined,
): WireReply {
  const reply: Reply = { ...untold, text: tellMoments(text, (at, unit) => writtenMoment(at, unit, locale)) };
  if (reply.kind === 'info') {
    const { joins: _, ...info } = reply;
    return info;
  }
  if (reply.kind === 'blurred') return withAddress(reply, keepPicture);
  if (reply.kind === 'presence') {
    return { ...reply, photos: reply.photos.map((photo) => withAddress(photo, keepPicture)) };
  }
  if (reply.kind !== 'result') return reply;
  const { picture, show: _, details: __, ...rest } = reply;
  const url = picture && keepPicture(picture.jpeg);
  return {
    ...rest,
    ...(picture &&
      url !== undefined && { picture: url, alt: picture.alt, ...(picture.size && { size: picture.size }) }),
    ...(scale && reply.compared && { limits: scale.limits(reply.compared) }),
  };
}

function withAddress<T extends { readonly picture?: Picture }>(
  { picture, ...rest }: T,
  keepPicture: (jpeg: Uint8Array) => string | undefined,
) {
  const url = picture && keepPicture(picture.jpeg);
  return { ...rest, ...(picture && url !== undefined && { picture: url, alt: picture.alt }) };
}

/**
 * The ids of the buttons that may need the photos that were just sent, when they are pressed: the
 * buttons of this reply, and the buttons of an earlier answer that stand for these photos from now
 * on.
 */
export function buttonsOf(reply: Reply): string[] {
  const actions: readonly Action[] = 'actions' in reply ? (reply.actions ?? []) : [];
  const joined = reply.kind === 'info' ? (reply.joins ?? []) : [];
  return [...actions.map((action) => action.id), ...joined];
}
