import type { Address, PhotoRef } from '../../chat/ask.ts';
import type { Courier } from '../../chat/courier.ts';
import { Failure } from '../../failure.ts';
import type { Requests } from './requests.ts';
import type { Uploads } from './uploads.ts';

/** Answers HTTP requests that wait in this process. Photos are uploads in this process's memory. */
export function pageCourier(requests: Requests, uploads: Uploads, forget: (personId: string) => void): Courier {
  return {
    audience: 'alone',
    // The browser shows progress by itself while its request is open.
    placeholder: async (address) => address,
    async answer(address, replies) {
      if (!requests.answer(requestOf(address), replies)) throw new Failure('expired');
    },
    fetchPhoto: async (photo, maxBytes) => uploads.read(uploadOf(photo), maxBytes),
    // Everybody on the page is at this machine, and may act as anybody there.
    membership: async () => 'member',
    forget,
  };
}

/** @throws Failure `internal` for an address of another platform */
function requestOf({ platform, request }: Address): string {
  if (platform === 'page' && typeof request === 'string') return request;
  throw new Failure('internal', { cause: new TypeError('not an address of the page') });
}

/** @throws Failure `internal` for a photo of another platform */
function uploadOf({ platform, upload }: PhotoRef): string {
  if (platform === 'page' && typeof upload === 'string') return upload;
  throw new Failure('internal', { cause: new TypeError('not a photo of the page') });
}
