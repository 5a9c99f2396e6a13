import type { PhotoTurn } from '../src/chat/command.ts';
import { photoReply } from '../src/chat/failure.ts';
import type { Reply } from '../src/chat/reply.ts';
import { type Heads, SHOWN_SIDE } from '../src/face/face.ts';
import { Failure } from '../src/failure.ts';

/** What `look` makes of each photo of the ask, in their order; why one of several was not looked at stands in its place. */
export async function eachPhoto<T>(
  { photos, words }: PhotoTurn,
  look: (photo: Uint8Array) => Promise<T>,
): Promise<(T | Reply)[]> {
  const looked: (T | Reply)[] = [];
  for (const [index, open] of photos.entries()) {
    try {
      looked.push(await look(await open()));
    } catch (error) {
      // One bad photo of several does not cost the others their answer.
      if (!(error instanceof Failure) || error.again || photos.length === 1) throw error;
      looked.push(photoReply(index + 1, error, words));
    }
  }
  return looked;
}

/**
 * Bytes of a photo that is kept as it is beside others, as those that chats send are: a copy of it
 * would cost more and save nothing.
 */
const KEPT_AS_IT_IS = 1_000_000;

/** A photo that was seen, to be drawn on once all of the ask were. */
export interface Copy {
  /**
   * The photo itself where it is the only one, or small. Of several else the upright copy as it will
   * be shown: memory holds one large photo.
   */
  readonly photo: Uint8Array;
  readonly frame: number;
  /** Pixels of `photo` for one of the photo that was seen. */
  readonly scale: number;
}

/** What is kept of a photo until it is drawn on. */
export async function copyOf(
  { faces, photos, signal }: PhotoTurn,
  photo: Uint8Array,
  { frame, width, height }: Omit<Heads, 'heads'>,
): Promise<Copy> {
  if (photos.length === 1 || photo.byteLength <= KEPT_AS_IT_IS) return { photo, frame, scale: 1 };
  const copy = await faces.draw(photo, [], { frame, signal });
  return { photo: copy, frame: 0, scale: Math.min(1, SHOWN_SIDE / Math.max(width, height)) };
}
