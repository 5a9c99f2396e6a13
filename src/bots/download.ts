import { Failure } from '../failure.ts';

export interface DownloadBounds {
  /** One byte more is `image_too_large`; counted while streaming, so that a lying length costs nothing. */
  readonly maxBytes: number;
  /** For all of it: connecting, waiting, every byte. */
  readonly timeoutMs: number;
  /** Whether a photo may come from there at all; see {@link platformHosts}. */
  readonly allow: (url: URL) => boolean;
}

/**
 * Fetches a photo's bytes by URL, without looking into them. Redirects are not followed: no platform needs one, and each would be
 * a way around `allow`. Throws {@link Failure}: `image_too_large`; `no_photo` when it is gone, refused or must not be fetched;
 * `unavailable` when the host was not reached, failed or took too long. No message quotes the URL: it may hold a token.
 */
export async function download(url: string, { maxBytes, timeoutMs, allow }: DownloadBounds): Promise<Uint8Array> {
  const target = URL.parse(url);
  if (!target || !allow(target)) throw new Failure('no_photo', { cause: new Error('not a host to fetch photos from') });
  try {
    const response = await fetch(target, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw refusal(response.status);
    }
    return await bounded(response.body, maxBytes);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('unavailable', { cause: error });
  }
}

/**
 * A rule for {@link DownloadBounds.allow}: https from the platform's `official` hosts, or the host of the configured API.
 * Only an API on loopback opens loopback, there on any port: a development platform keeps its files beside it.
 */
export function platformHosts(official: readonly string[], apiUrl?: string): (url: URL) => boolean {
  const api = apiUrl === undefined ? undefined : new URL(apiUrl);
  return (url) => {
    if (url.protocol === 'https:' && url.port === '' && official.includes(url.hostname)) return true;
    if (!api || !['http:', 'https:'].includes(url.protocol)) return false;
    return isLoopback(api.hostname) ? isLoopback(url.hostname) : url.origin === api.origin;
  };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function refusal(status: number): Failure {
  const worthRepeating = status >= 500 || status === 408 || status === 429;
  return new Failure(worthRepeating ? 'unavailable' : 'no_photo', { cause: new Error(`HTTP ${status}`) });
}

async function bounded(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop by a throw cancels the stream, and with it the connection.
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new Failure('image_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
