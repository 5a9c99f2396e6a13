import type { Expected } from './expected.ts';
import { ANYTHING } from './judge.ts';

/** What nets may find wrong with a photograph, and what follows from that. */
const FOUND_WRONG = [
  'no_face',
  'several_faces',
  'face_too_small',
  'face_too_blurred',
  'face_turned_away',
  'face_covered',
  'face_taken',
  'not_enrolled',
  'rate_limited',
].map((code) => `failures.${code}`);

/**
 * The answer that is right when real nets look, made from the one that is right for perfect nets.
 * Real nets may miss a face, or refuse a photograph. They never name somebody who is not there.
 */
export function byNets(expected: Expected): Expected {
  if (!expected.isSeen) return expected;
  const { claims, maybe = [], or = [], names } = expected;
  const free = { claims: [ANYTHING], maybe: [...claims, ...maybe, ...or, ...FOUND_WRONG] };
  return { ...free, ...(names && { names, areAtMost: true }) };
}
