import { expect, it } from 'vitest';
import { receiptFile } from '../../src/chat/rights/receipt-file.ts';

it.each([
  ['Chess Club', 'facefinder-erasure-chess-club.jws'],
  ['Schach & Matt: e.V.', 'facefinder-erasure-schach-matt-e-v.jws'],
  ['צוות שחמט', 'facefinder-erasure-צוות-שחמט.jws'],
  ['../../etc', 'facefinder-erasure-etc.jws'],
  ['♟♟', 'facefinder-erasure-group.jws'],
])('the receipt of "%s" is %s', (group, file) => expect(receiptFile({ of: 'erasure', group })).toBe(file));

it('a receipt that an older facefinder kept has a name too', () => {
  expect(receiptFile({})).toBe('facefinder-erasure-group.jws');
});
