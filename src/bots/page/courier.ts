import type { Courier } from '../../chat/courier.ts';
import { Failure } from '../../failure.ts';
import type { Requests } from './requests.ts';
import type { Uploads } from './uploads.ts';

/** Answers HTTP requests that wait in this process; photos are uploads in its memory. */
export function pageCourier(requests: Requests, uploads: Uploads): Courier {
  return {
    // The browser shows progress by itself while its request is open.
    placeholder: async (address) => address,
    async answer(address, replies) {
      if (!requests.answer(String(address.request), replies)) throw new Failure('expired');
    },
    fetchPhoto: async (photo, maxBytes) => uploads.read(String(photo.upload), maxBytes),
    // Whoever opens the page is at this machine, and whoever is at this machine may be anybody on the page.
    membership: async () => 'member',
  };
}
