/** Telegram takes and gives so many pictures as one album. */
export const MAX_ALBUM = 10;
/** An album arrives as one update for each photo; it is whole when none came for this long, or at its largest. */
const ALBUM_QUIET_MS = 600;

/** Joins what belongs to one album. */
export interface Albums<Part> {
  /**
   * Adds a part. Resolves or rejects for all parts alike, with what `whole` made of them, in the order of `sortKey`.
   * `whole` is that of the first part.
   */
  readonly join: (album: string, part: Part, whole: (parts: readonly Part[]) => Promise<void>) => Promise<void>;
}

export function albums<Part>(sortKey: (part: Part) => number): Albums<Part> {
  interface Open {
    readonly parts: Part[];
    readonly done: Promise<void>;
    readonly touch: () => void;
  }
  const open = new Map<string, Open>();

  function begin(album: string, whole: (parts: readonly Part[]) => Promise<void>): Open {
    const parts: Part[] = [];
    const { promise: quiet, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ALBUM_QUIET_MS);
    const done = quiet.then(() => {
      clearTimeout(timer);
      open.delete(album);
      return whole(parts.toSorted((a, b) => sortKey(a) - sortKey(b)));
    });
    const begun = { parts, done, touch: () => (parts.length < MAX_ALBUM ? timer.refresh() : resolve()) };
    open.set(album, begun);
    return begun;
  }

  return {
    join(album, part, whole) {
      const { parts, done, touch } = open.get(album) ?? begin(album, whole);
      parts.push(part);
      touch();
      return done;
    },
  };
}
