import type { Reply } from './reply.ts';

/**
 * What a receipt's file is called, so that people find the one of a group again: `facefinder-erasure-chess-club.jws`. One that an
 * older facefinder could not deliver says neither.
 */
export function receiptFile({
  of = 'erasure',
  group = '',
}: Partial<Pick<Reply & { kind: 'receipt' }, 'of' | 'group'>>): string {
  const name = group
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
  return `facefinder-${of}-${name || 'group'}.jws`;
}
