import { Failure } from '../failure.ts';

export interface DownloadBounds {
  /**
   * The most bytes. A photo with more is `image_too_large`. Bytes are counted as they arrive, so a
   * false length from the server does no harm.
   */
  readonly maxBytes: number;
  /** How long everything together may take: connecting, waiting, all bytes. */
  readonly timeoutMs: number;
  /** Whether photos may come from this address; see {@link platformHosts}. */
  readonly allow: (url: URL) => boolean;
}

/**
 * Fetches a photo's bytes by URL, and does not check that they are a picture. It does not follow
 * redirects: no platform needs one, and a redirect could bypass `allow`. No error quotes the URL,
 * because it may hold a token.
 * @throws Failure `image_too_large`; `no_photo` when the photo is gone, refused or must not be
 * fetched; `unavailable` when the host was not reached, failed or took too long
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
 * Makes a rule for {@link DownloadBounds.allow}. It allows https from the platform's `official`
 * hosts, and the origin of the configured API. If that API is on loopback, any port on loopback is
 * allowed, because a development platform has its files on another port. Otherwise loopback is not
 * allowed.
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
  // A throw leaves the loop. That cancels the stream and closes the connection.
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new Failure('image_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
