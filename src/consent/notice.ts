import { createHash } from 'node:crypto';

/**
 * The version of the notice in force. Raise it when the meaning of the notice's sentences (text/)
 * changes. Then people are not found until they agree again, and are erased if they do not. When
 * only a spelling or the number of days changes, leave it: each agreement keeps the days that its
 * notice stated.
 */
export const NOTICE_VERSION = 2;

/**
 * The hash by which the ledger names a notice: SHA-256 (hex) of its text as shown. Line ends are
 * made the same, and space around the text is removed.
 */
export function noticeHash(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n').trim()).digest('hex');
}
