import { createHash } from 'node:crypto';

/**
 * The notice in force. Raise it when the meaning of the notice's sentences (text/) changes. People
 * are then not found until they agree again, and are erased when they do not. A corrected spelling
 * or another number of days needs no new version: each agreement keeps the days that its notice
 * stated.
 */
export const NOTICE_VERSION = 2;

/**
 * The notice in the ledger: SHA-256 (hex) of its text as shown, with line ends and outer space
 * normalised.
 */
export function noticeHash(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n').trim()).digest('hex');
}
