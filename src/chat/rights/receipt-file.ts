import type { Reply } from '../reply.ts';

/**
 * The name of a receipt's file, by which people recognise the group:
 * `facefinder-erasure-chess-club.jws`. A receipt that an older facefinder could not deliver has
 * neither `of` nor `group`.
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
