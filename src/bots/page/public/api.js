import { t } from './facts.js';

/**
 * @typedef {{user: string, name: string, scope: string}} Speaker
 * @typedef {{id: string, label: string, role: 'agree' | 'decline' | 'confirm' | 'cancel'}} Action
 * @typedef {{name: string, verdict: 'match' | 'possible', distance?: number, chance?: number}}
 *   Match
 * @typedef {Match & {distance: number, chance: number}} Measured
 * @typedef {{number: number, box: readonly [x: number, y: number, width: number, height: number],
 *   verdict: 'match' | 'possible' | 'unknown', matches: Match[]}} Face
 * @typedef {{templates: number, faces: number, power?: number, chancesRestOn: 'own' | 'worst'}}
 *   Compared
 * @typedef {{match: number, possible: number}} Limits
 * @typedef {{kind: 'result', text: string, picture?: string, alt?: string, size?: readonly [number,
 *   number], faces: Face[], summary?: string, notes?: readonly
 *   string[], actions?: readonly Action[], compared?: Compared,
 *   limits?: Limits}} Result
 * @typedef {{number: number, verdict: 'match' | 'possible' | 'absent', distance?: number, chance?:
 *   number, again?: true, picture?: string, alt?: string}} PresencePhoto
 * @typedef {{kind: 'presence', text: string, photos: readonly PresencePhoto[], seen: number, found:
 *   number, bySelfie?: true, advice?: string, actions?: readonly Action[]}} Presence
 * @typedef {{kind: 'blurred', text: string, picture?: string, alt?: string, faces: number, blurred:
 *   number, actions?: readonly Action[]}} Blurred
 * @typedef {{kind: 'info', text: string, data?: unknown}} Info
 * @typedef {{kind: 'consent', text: string, notice: {version: number, hash: string}, actions:
 *   Action[]}} ConsentQuestion
 * @typedef {{kind: 'confirm', text: string, actions: Action[]}} Confirm
 * @typedef {{kind: 'enrolled', text: string, templates: number}} Enrolled
 * @typedef {{kind: 'receipt', of: 'consent' | 'erasure', text: string, group: string, receipt:
 *   string}} Receipt
 * @typedef {{kind: 'error', text: string, code: string, next?: 'enroll', actions?: Action[]}}
 *   Problem
 * @typedef {Info | ConsentQuestion | Confirm | Enrolled | Result | Presence | Blurred | Receipt |
 *   Problem} Reply
 */

/** How long the page waits for its program to start again, and how often it looks. */
const STARTS_MS = 60_000;
const LOOKS_MS = 1_000;

/**
 * Sends a message and gives the answer. Never rejects: an error is an answer too. When the program
 * ends before it has answered, `onAway` is called. Once the program has started again, it gets the
 * message a second time, under the same key, so that budgets count it once.
 * @param {Speaker} speaker
 * @param {string} text
 * @param {readonly File[]} photos
 * @param {() => void} [onAway]
 */
export function sendMessage(speaker, text, photos, onAway = () => {}) {
  const body = new FormData();
  for (const [field, value] of Object.entries({ ...speaker, text })) body.append(field, value);
  for (const photo of photos) body.append('photo', photo);
  const headers = { 'idempotency-key': `${Date.now()}-${crypto.randomUUID()}` };
  return answerTo(() => fetch('/api/messages', { method: 'POST', body, headers }), onAway);
}

/**
 * Presses a button and gives the answer, like {@link sendMessage}.
 * @param {Speaker} speaker
 * @param {string} action
 * @param {() => void} [onAway]
 */
export function pressButton(speaker, action, onAway = () => {}) {
  const body = JSON.stringify({ ...speaker, action });
  const headers = { 'content-type': 'application/json' };
  return answerTo(() => fetch('/api/actions', { method: 'POST', body, headers }), onAway);
}

/**
 * Tells the program that somebody took out a photo that shows somebody else. The program counts it.
 * @param {Speaker} speaker
 */
export function countNotMe(speaker) {
  const headers = { 'content-type': 'application/json' };
  // If this fails, the photo is taken out all the same.
  fetch('/api/not-me', { method: 'POST', body: JSON.stringify(speaker), headers }).catch(() => {});
}

/**
 * @param {() => Promise<Response>} send
 * @param {() => void} onAway
 * @returns {Promise<Reply[]>}
 */
async function answerTo(send, onAway) {
  const answer = await replies(send);
  if (answer) return answer;
  onAway();
  // The request is sent at most twice: a message that ends the program must not end it again and
  // again.
  const second = (await startsAgain()) ? await replies(send) : undefined;
  return second ?? [{ kind: 'error', text: t('unreachable'), code: 'unavailable' }];
}

/**
 * Sends a request, and gives the replies; undefined when no answer came.
 * @param {() => Promise<Response>} send
 * @returns {Promise<Reply[] | undefined>}
 */
async function replies(send) {
  try {
    const body = await (await send()).json();
    return body.replies ?? [{ kind: 'error', text: body.error.message, code: body.error.code }];
  } catch {
    return undefined;
  }
}

/** Waits until the program answers again. Gives false when that takes too long. */
async function startsAgain() {
  for (const giveUp = performance.now() + STARTS_MS; performance.now() < giveUp; ) {
    const isThere = await fetch('/healthz').then(
      () => true,
      () => false,
    );
    if (isThere) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOKS_MS));
  }
  return false;
}
