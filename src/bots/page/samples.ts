/** A photo to try the page with, without one of one's own. */
export interface SamplePhoto {
  /** Path on disk; a JPEG. */
  readonly file: string;
  /** x, y, width, height in pixels of the part that shows one face, to be used as a selfie; undefined for the whole photo. */
  readonly crop?: readonly [x: number, y: number, width: number, height: number];
}

/** The sample photos there are. */
export async function samplePhotos(): Promise<readonly SamplePhoto[]> {
  return [];
}
