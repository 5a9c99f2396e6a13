import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isAbsolute, normalize } from 'node:path';
import type { Api } from 'grammy';
import { Failure } from '../../../failure.ts';
import { download, platformHosts } from '../../download.ts';
import { apiRoot, type TelegramAccess } from '../out/api.ts';
import { telegramFailure } from '../out/refusal.ts';
import { TELEGRAM_API } from './official.ts';

const DOWNLOAD_MS = 60_000;

/**
 * The bytes of a file on Telegram, at most `maxBytes`.
 * @throws Failure `image_too_large` when the file is larger than that, or than what Telegram
 * serves; `no_photo` when it is gone; `unavailable` when Telegram was not reached
 */
export async function fetchFile(api: Api, access: TelegramAccess, id: string, maxBytes: number): Promise<Uint8Array> {
  const file = await api.getFile(id).catch((error) => Promise.reject(telegramFailure(error)));
  if (!file.file_path) throw new Failure('no_photo', { cause: new Error('Telegram gave no path for the file') });
  if ((file.file_size ?? 0) > maxBytes) throw new Failure('image_too_large');
  if (isAbsolute(file.file_path)) return await readBeside(access, file.file_path, maxBytes);
  const root = apiRoot(access);
  const url = `${root}/file/bot${access.token}/${file.file_path}`;
  return await download(url, { maxBytes, timeoutMs: DOWNLOAD_MS, allow: platformHosts(['api.telegram.org'], root) });
}

/**
 * Reads a file of your own Bot API server, which with `--local` gives paths on its disk. A path of
 * Telegram's own server is never read. A server on this machine may give any path. The path of
 * another server lies in a shared volume, and must lead through the folder that the server names
 * after the bot's token.
 */
async function readBeside(access: TelegramAccess, path: string, maxBytes: number): Promise<Uint8Array> {
  const root = new URL(apiRoot(access));
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(root.hostname);
  const isOurs = isHere || path.split('/').includes(access.token);
  if (root.origin === TELEGRAM_API || !isOurs || normalize(path) !== path) {
    throw new Failure('no_photo', { cause: new Error('a path that must not be read') });
  }
  // The path holds the token, so errors are reported without it.
  const failed = (error: unknown) =>
    new Failure('unavailable', { cause: new Error(`file of the Bot API server: ${codeOf(error)}`) });
  // Opening a pipe must not wait for a writer.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((error) => Promise.reject(failed(error)));
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw failed(undefined);
    if (stats.size > maxBytes) throw new Failure('image_too_large');
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
}
