import type { Courier } from '../../chat/courier.ts';
import { pageCourier } from './courier.ts';
import { memoryPictures, type Pictures } from './pictures.ts';
import { type Requests, waitingRequests } from './requests.ts';
import { memoryUploads, type Uploads } from './uploads.ts';

/**
 * The parts that the page's courier and listener share. They are in memory, bounded, and end with
 * the process.
 */
export interface PageState {
  readonly courier: Courier;
  readonly requests: Requests;
  readonly uploads: Uploads;
  readonly pictures: Pictures;
}

const MINUTE_MS = 60_000;
const MB = 2 ** 20;

/** A photo waits 15 minutes, as long as the button that may need it. */
const UPLOADS = { items: 200, bytes: 400 * MB, ttlMs: 15 * MINUTE_MS };
const PICTURES = { items: 200, bytes: 64 * MB, ttlMs: 15 * MINUTE_MS };

/**
 * Makes the state of the page. It is made before the chat, because the chat needs its courier;
 * `listenPage` comes after the chat.
 */
export function pageState(): PageState {
  const requests = waitingRequests();
  const uploads = memoryUploads(UPLOADS);
  const pictures = memoryPictures(PICTURES);
  const forget = (user: string) => {
    uploads.forget(user);
    pictures.forget(user);
  };
  return { courier: pageCourier(requests, uploads, forget), requests, uploads, pictures };
}
