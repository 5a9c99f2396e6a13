/** The most pictures of one album on Telegram. */
export const MAX_ALBUM = 10;
/**
 * An album arrives as one update for each photo. It is complete when no further update came for
 * this long, or when it has {@link MAX_ALBUM} photos.
 */
const ALBUM_QUIET_MS = 600;

type Whole<Part> = (complete: Promise<readonly Part[]>) => Promise<void>;

/** Joins the parts of an album. */
export interface Albums<Part> {
  /**
   * Adds a part. The `whole` of an album's first part is called at once, with a promise of all
   * parts in the order of `sortKey`, which resolves when the album is complete. Every call settles
   * as that `whole` does. The `whole` of later parts is not used.
   */
  readonly join: (album: string, part: Part, whole: Whole<Part>) => Promise<void>;
}

export function albums<Part>(sortKey: (part: Part) => number): Albums<Part> {
  interface Open {
    readonly parts: Part[];
    readonly done: Promise<void>;
    readonly touch: () => void;
  }
  const open = new Map<string, Open>();

  function begin(album: string, whole: Whole<Part>): Open {
    const parts: Part[] = [];
    const { promise: quiet, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ALBUM_QUIET_MS);
    const complete = quiet.then(() => {
      clearTimeout(timer);
      open.delete(album);
      return parts.toSorted((a, b) => sortKey(a) - sortKey(b));
    });
    const done = whole(complete);
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
