import type { Words } from '../../src/text/words.ts';
import { type Asked, type Expected, type Held, unique, unread } from './expected.ts';
import type { Photo } from './faces.ts';
import { titleOf } from './telegram.ts';

const MOST = 10;

/**
 * For /me: on which of the photos the asker is, by the face that they enrolled. For people who are
 * not enrolled, `by` is the selfie that came first.
 */
export function present(ask: Asked, held: Held, by?: Photo): Expected {
  const { photos, taken = [] } = ask;
  if (held.isChallenger && !by) return { claims: ['me.hidden'] };
  const face = by ? by.faces[0]?.of : held.face;
  const looked = photos.slice(0, MOST);
  const numbered = looked.map((photo, index) => ({ photo, number: index + 1 })).slice(by ? 1 : 0);
  const wrong = unique(numbered.flatMap(({ photo }) => unread(photo) ?? []));
  const seen = numbered.filter(({ photo }) => unread(photo) === undefined);
  if (seen.length === 0) return { claims: wrong };
  const showing = seen.filter(({ photo }) => photo.faces.some(({ of }) => of === face));
  const found = showing.map(({ number }) => number).filter((number) => !taken.includes(number));
  const of = found.length > 0 ? looked.length : seen.length;
  const says = (words: Words) => [
    words.me.found({ found: found.length, photos: inWords(words, found), seen: of }),
    ...(by ? [words.me.bySelfie] : []),
    ...(taken.length > 0 ? [takenOut(words, taken, looked.length)] : []),
  ];
  const offers = found.length > 0 && { offers: { for: 'me', ask } as const };
  return { claims: ['me.found', ...wrong], says, ...offers };
}

function takenOut(words: Words, taken: readonly number[], seen: number): string {
  const photos = inWords(
    words,
    taken.toSorted((a, b) => a - b),
  );
  return words.me.takenOut({ found: taken.length, photos, seen });
}

/**
 * For /blur: how many faces were blurred on each photo. With `held`, the asker's own face is not
 * blurred.
 */
export function blurred(ask: Asked, held: Held | undefined): Expected {
  const looked = ask.photos.slice(0, MOST);
  const wrong = looked.flatMap((photo) => unread(photo) ?? []);
  const seen = looked.filter((photo) => unread(photo) === undefined);
  const [empty, full] = [seen.filter(isEmpty), seen.filter((photo) => !isEmpty(photo))];
  const says = ({ blur, place }: Words) => [
    ...empty.map(() => blur.none({ again: ask.isAgain ?? false })),
    ...full.map((photo) => {
      const isKept = held !== undefined && !held.isChallenger && shows(photo, held);
      const others = ask.isAll || ask.isAllLater ? 'other' : 'unknown';
      const you = held ? (isKept ? 'kept' : 'missed') : others;
      const group = place.titled({ title: titleOf(ask.group ?? 0) });
      return blur.done({ sure: photo.faces.length - (isKept ? 1 : 0), unsure: 0, you, group });
    }),
  ];
  const none = empty.length > 0 ? ['blur.none'] : [];
  const offers = seen.length > 0 && { offers: { for: 'blur', ask } as const };
  return { claims: [...unique(wrong), ...none, ...(full.length > 0 ? ['blur.done'] : [])], says, ...offers };
}

const isEmpty = ({ faces }: Photo) => faces.length === 0;

function shows(photo: Photo, { face }: Held): boolean {
  return unread(photo) === undefined && photo.faces.some(({ of }) => of === face);
}

function inWords({ listed }: Words, numbers: readonly number[]): string {
  const [last, ...before] = numbers.toReversed();
  if (before.length === 0) return String(last ?? '');
  return listed({ before: before.toReversed().join(', '), last: String(last) });
}
