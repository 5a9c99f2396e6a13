import { Failure } from '../failure.ts';

export interface DownloadBounds {
  /**
   * One byte more is `image_too_large`. Bytes are counted while streaming, so a false length from
   * the server does no harm.
   */
  readonly maxBytes: number;
  /** For everything together: connecting, waiting, all bytes. */
  readonly timeoutMs: number;
  /** Whether photos may come from this address; see {@link platformHosts}. */
  readonly allow: (url: URL) => boolean;
}

/**
 * Fetches a photo's bytes by URL, and does not check that they are a picture. Redirects are not
 * followed: no platform needs one, and each could bypass `allow`. No error quotes the URL, which
 * may hold a token.
 * @throws Failure `image_too_large`; `no_photo` when it is gone, refused or must not be fetched;
 * `unavailable` when the host was not reached, failed or took too long
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
 * A rule for {@link DownloadBounds.allow}: https from the platform's `official` hosts, or the
 * origin of the configured API. An API on loopback allows loopback on any port, because a
 * development platform keeps its files beside it. Nothing else allows loopback.
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
  // Leaving the loop by a throw cancels the stream and closes the connection.
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new Failure('image_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
