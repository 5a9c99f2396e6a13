import { createHash } from 'node:crypto';

/**
 * The notice in force. Raise it with every change of meaning in the notice's sentences (text/): people are then not found
 * until they agree again, and are erased when they do not. A corrected spelling needs no new version, nor does another number of
 * days: each agreement keeps the number that its notice stated.
 */
export const NOTICE_VERSION = 2;

/** What stands for a notice in the ledger: SHA-256 (hex) of its text as it was shown, line ends and outer space apart. */
export function noticeHash(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n').trim()).digest('hex');
}
