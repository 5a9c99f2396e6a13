import type { Mutant } from './mutants.ts';

/** A fault that no test can notice, and the reason. */
export interface Excused {
  readonly path: string;
  /** A part of the fault's line, because `from` alone may be on many lines. */
  readonly line: string;
  readonly from: string;
  readonly to: string;
  readonly because: string;
}

/** Faults without a visible effect. */
const EXCUSED: readonly Excused[] = [
  {
    path: 'src/chat/erasure/bytes.ts',
    line: 'left > 0',
    from: '0',
    to: '(0 + 1)',
    because: 'nobody can tell that the wait ends a millisecond sooner',
  },
  {
    path: 'src/consent/merkle.ts',
    line: 'at % 2 === 0 && at !== 0',
    from: '0',
    to: '(0 + 1)',
    because: 'RFC 9162 says so; with no level left above, the proof has been found too long before',
  },
  {
    path: 'src/consent/merkle.ts',
    line: 'if (last === 0) return false;',
    from: 'last === 0',
    to: 'false',
    because: 'the roots of a proof that is too long differ as well',
  },
  {
    path: 'src/secrets/ghash.ts',
    line: 'bit < (block + 1) * BLOCK_BITS',
    from: '1',
    to: '(1 + 1)',
    because: 'no bit of another block makes the same difference, but once in 2^128',
  },
  {
    path: 'src/secrets/master-key.ts',
    line: 'flush: true',
    from: 'true',
    to: 'false',
    because: 'no test pulls the plug of its machine',
  },
  {
    path: 'src/chat/erasure/eraser.ts',
    line: '?? 0) > parts.now()',
    from: '>',
    to: '>=',
    because: 'nobody can tell that the day ends a millisecond later',
  },
  {
    path: 'src/chat/erasure/eraser.ts',
    line: "if (outcome === 'dropped')",
    from: "outcome === 'dropped'",
    to: 'true',
    because: 'for a template that was gone already a scrub too many is all that happens',
  },
  {
    path: 'src/consent/ledger.ts',
    line: 'if (isUnchanged(stored)) return stored;',
    from: 'isUnchanged(stored)',
    to: 'false',
    because: 'an entry that is whole is found whole the long way as well',
  },
  {
    path: 'src/match/chance.ts',
    line: 'one * power * (1 + 1e-9)',
    from: '<=',
    to: '<',
    because: 'no chance stands a billionth above a step to the last digit',
  },
  {
    path: 'src/secrets/master-key.ts',
    line: 'accessSync(apart, constants.W_OK | constants.X_OK);',
    from: 'accessSync(apart, constants.W_OK | constants.X_OK);',
    to: ';',
    because: 'whoever runs the tests as root may write everywhere',
  },
  {
    path: 'src/consent/ledger.ts',
    line: 'a < b ? -1 : 1',
    from: '1',
    to: '(1 + 1)',
    because: 'a comparison has a sign, and no size',
  },
  {
    path: 'src/consent/ledger.ts',
    line: 'a < b ? -1 : 1',
    from: '<',
    to: '<=',
    because: 'no entry has two fields of one name',
  },
  {
    path: 'src/consent/sweep.ts',
    line: 'confirmedAt = 0',
    from: '0',
    to: '(0 + 1)',
    because: 'whoever agreed to nothing is overdue a millisecond after 1970 as well',
  },
  {
    path: 'src/gallery/rules/erase.ts',
    line: 'search.at > enrol.at',
    from: '>',
    to: '>=',
    because: 'given at the same moment, both agreements are to one notice',
  },
  {
    path: 'src/match/distance.ts',
    line: 'i + 3 < other.length',
    from: '3',
    to: '(3 + 1)',
    because: 'the loop after it adds whatever this one leaves',
  },
  {
    path: 'src/match/impostors.ts',
    line: 'knot.log - last.log > TAIL',
    from: '>',
    to: '>=',
    because: 'no row is to the last digit nine times as common as the last',
  },
  {
    path: 'src/match/impostors.ts',
    line: 'lower[from] <= value',
    from: '<=',
    to: '<',
    because: 'the lines on both sides of a row meet there',
  },
  {
    path: 'src/match/matcher.ts',
    line: "verdicts[rank] ?? 'unknown'",
    from: "verdicts[rank] ?? 'unknown'",
    to: 'verdicts[rank]',
    because: 'a rule has a verdict for each distance, which TypeScript does not know',
  },
  {
    path: 'src/match/matcher.ts',
    line: 'isPlain ? 1 : MOST_CHANCE[verdict]',
    from: '1',
    to: '(1 + 1)',
    because: 'no chance is more than 1',
  },
  {
    path: 'src/match/matcher.ts',
    line: 'sameFace:',
    from: '<=',
    to: '<',
    because: 'no distance has, to the last digit, a chance of 1 %',
  },
  {
    path: 'src/secrets/master-key.ts',
    line: 'flush: true',
    from: 'true',
    to: 'false',
    because: 'only a power cut in the same second would tell',
  },
  {
    path: 'src/secrets/master-key.ts',
    line: 'if (!existsSync(file)) throw error;',
    from: '!existsSync(file)',
    to: 'false',
    because: 'where a disk has no links, reading the key throws next',
  },
  {
    path: 'src/chat/erasure/receipts.ts',
    line: "place?.title ?? place?.id ?? ''",
    from: "place?.title ?? place?.id ?? ''",
    to: 'place?.title ?? place?.id',
    because: 'every group that anything is held in has an id',
  },
  {
    path: 'src/consent/ledger.ts',
    line: 'byte ^ (bytes[at] ?? 0)',
    from: 'bytes[at] ?? 0',
    to: 'bytes[at]',
    because: 'undefined is 0 to that operator',
  },
  {
    path: 'src/secrets/master-key.ts',
    line: "process.platform === 'win32'",
    from: "process.platform === 'win32'",
    to: 'true',
    because: 'only a power cut tells whether a name was flushed',
  },
  {
    path: 'src/secrets/master-key.ts',
    line: 'closeSync(handle);',
    from: 'closeSync(handle);',
    to: ';',
    because: 'one handle stays open in a program that makes one key',
  },
  {
    path: 'src/secrets/righted.ts',
    line: 'bit < 256; bit *= 2',
    from: '256',
    to: '(256 * 10)',
    because: 'a byte has no such bits: what is tried then was tried already',
  },
  {
    path: 'src/secrets/righted.ts',
    line: 'tagOf(key, nonce, plain, context).equals(tag) ? plain : undefined',
    from: 'tagOf(key, nonce, plain, context).equals(tag) ? plain : undefined',
    to: '(plain)',
    because: 'the difference in the tag named the bit already: what it says is asked once more, to be safe',
  },
  {
    path: 'src/secrets/transform.ts',
    line: 'tail[i] = sign',
    from: '<',
    to: '<=',
    because: 'an array of numbers of fixed length takes nothing behind its end',
  },
  {
    path: 'src/secrets/transform.ts',
    line: 'first < 0 ? -1 : 1',
    from: '<',
    to: '<=',
    because: 'no number that is drawn is exactly 0',
  },
  {
    path: 'src/secrets/transform.ts',
    line: 'Math.sqrt(-2 *',
    from: '2',
    to: '(2 + 1)',
    because: 'only the direction of what is drawn counts',
  },
  {
    path: 'src/secrets/transform.ts',
    line: '(Number(bits) + 0.5)',
    from: '+',
    to: '-',
    because: 'it keeps one number of 2^52 away from 0',
  },
  {
    path: 'src/secrets/transform.ts',
    line: '(Number(bits) + 0.5)',
    from: '0.5',
    to: '(0.5 + 1)',
    because: 'it keeps one number of 2^52 away from 0',
  },
  {
    path: 'src/secrets/transform.ts',
    line: 'stream.update(new Uint8Array(8192))',
    from: '8192',
    to: '(8192 * 10)',
    because: 'it is how much of one endless stream is made at once',
  },
];

/**
 * Why no test can notice a fault; undefined for one that a test should notice. `text` is the file
 * without the fault.
 */
export function excuseFor({ path, line, from, to }: Mutant, text: string): string | undefined {
  const written = text.split('\n')[line - 1] ?? '';
  const excuse = EXCUSED.find(
    (one) => one.path === path && one.from === from && one.to === to && written.includes(one.line),
  );
  return excuse?.because;
}
