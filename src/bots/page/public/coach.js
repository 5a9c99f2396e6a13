import { t } from './facts.js';

/** The instructions, one for each selfie. Selfies in different poses make searches reliable. */
const SELFIES = /** @type {const} */ (['coachStraight', 'coachLeft', 'coachRight']);

/** The time between two checks of the picture. */
const GLANCE_MS = 150;
/**
 * How long there must be light before a selfie is taken, even if the person holds still at once. So
 * people can read the instruction.
 */
const SOONEST_MS = 900;
/** After this long with light, a selfie is taken, even if the person moves. */
const LATEST_MS = 2_300;

/** The size of the picture that is checked. It shows light and movement, but no face. */
const GLANCE = { width: 32, height: 24 };
/** A picture is too dark for the models when its mean brightness, 0 to 255, is less than this. */
const TOO_DARK = 50;
/**
 * Somebody holds still when the points of the picture change their brightness by less than this
 * between two checks, on average.
 */
const HOLDS_STILL = 4;

/**
 * Says what to do, and takes one selfie for each of the {@link SELFIES}: when there is light and
 * the person holds still, or moves for too long. While it is too dark, it only asks for more light.
 * It measures only light and movement, in the browser, because no model may look at somebody before
 * they agreed. Ends after the last selfie, or soon after `signal` aborts. Rejects as `take` does.
 * @param {HTMLVideoElement} video the camera's picture, which must have begun
 * @param {{say: (sentence: string) => void, take: () => Promise<void>, signal: AbortSignal}} to
 */
export async function coach(video, { say, take, signal }) {
  const look = looker(video);
  for (const pose of SELFIES) {
    let since = performance.now();
    let before = look();
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, GLANCE_MS));
      if (signal.aborted) return;
      const now = look();
      const isDark = mean(now) < TOO_DARK;
      const moved = mean(now.map((light, index) => Math.abs(light - (before[index] ?? 0))));
      before = now;
      if (isDark) since = performance.now();
      say(t(isDark ? 'moreLight' : pose));
      const waited = performance.now() - since;
      if (waited > LATEST_MS || (waited > SOONEST_MS && moved < HOLDS_STILL)) break;
    }
    await take();
  }
}

/**
 * Gives a function that measures the brightness, 0 to 255, of each point of the small picture.
 * @param {HTMLVideoElement} video
 */
function looker(video) {
  const { width, height } = GLANCE;
  const pen = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  return () => {
    pen?.drawImage(video, 0, 0, width, height);
    const { data } = pen?.getImageData(0, 0, width, height) ?? { data: [] };
    return Array.from({ length: width * height }, (_, point) => {
      const [red = 0, green = 0, blue = 0] = data.slice(point * 4, point * 4 + 3);
      return 0.3 * red + 0.6 * green + 0.1 * blue;
    });
  };
}

/** @param {readonly number[]} numbers */
function mean(numbers) {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
