import type { PhotoCall } from '../src/chat/command.ts';
import { photoReply } from '../src/chat/failure.ts';
import type { Reply } from '../src/chat/reply.ts';
import { type Heads, SHOWN_SIDE } from '../src/face/face.ts';
import { Failure } from '../src/failure.ts';

/**
 * Calls `look` for each photo of the ask, and gives the results in order. When one of several
 * photos cannot be looked at, its result is a reply with the reason.
 * @param from how many photos came before these in what the person sent
 * @param isPart whether more photos follow in a later ask. Then even a single bad photo gets a
 * reply
 */
export async function eachPhoto<T>(
  { photos, words }: PhotoCall,
  look: (photo: Uint8Array) => Promise<T>,
  { from = 0, isPart = false }: { readonly from?: number; readonly isPart?: boolean } = {},
): Promise<(T | Reply)[]> {
  const looked: (T | Reply)[] = [];
  for (const [index, open] of photos.entries()) {
    try {
      looked.push(await look(await open()));
    } catch (error) {
      // One bad photo of several must not keep the others from their answer.
      if (!(error instanceof Failure) || error.again || (from + photos.length === 1 && !isPart)) throw error;
      looked.push(photoReply(from + index + 1, error, words));
    }
  }
  return looked;
}

/**
 * Up to this many bytes, a photo that is one of several is kept without a copy. Photos from chats
 * are this small. To copy such a photo would take time and save no memory.
 */
const KEPT_AS_IT_IS = 1_000_000;

/** A photo that was seen. The marks are drawn on it later, when all photos of the ask were seen. */
export interface Copy {
  /**
   * The photo itself when it is the only one, or small. Otherwise an upright copy in the size that
   * will be shown. So memory holds only one large photo.
   */
  readonly photo: Uint8Array;
  readonly frame: number;
  /** The width of `photo`, divided by the width of the photo that was seen. */
  readonly scale: number;
}

/** Makes the copy that is kept until the marks are drawn on it. */
export async function copyOf(
  { faces, photos, signal }: PhotoCall,
  photo: Uint8Array,
  { frame, width, height }: Omit<Heads, 'heads'>,
): Promise<Copy> {
  if (photos.length === 1 || photo.byteLength <= KEPT_AS_IT_IS) return { photo, frame, scale: 1 };
  const copy = await faces.draw(photo, [], { frame, signal });
  return { photo: copy, frame: 0, scale: Math.min(1, SHOWN_SIDE / Math.max(width, height)) };
}
