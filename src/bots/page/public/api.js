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
 *   number], faces: Face[], summary?: string, actions?: readonly Action[], compared?: Compared,
 *   limits?: Limits}} Result
 * @typedef {{number: number, verdict: 'match' | 'possible' | 'absent', distance?: number, chance?:
 *   number, picture?: string, alt?: string}} PresencePhoto
 * @typedef {{kind: 'presence', text: string, photos: readonly PresencePhoto[], seen: number, found:
 *   number, bySelfie?: true, actions?: readonly Action[]}} Presence
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

/**
 * Sends a message and gives the answer. Never rejects: an error is an answer too.
 * @param {Speaker} speaker
 * @param {string} text
 * @param {readonly File[]} photos
 */
export function sendMessage(speaker, text, photos) {
  const body = new FormData();
  for (const [field, value] of Object.entries({ ...speaker, text })) body.append(field, value);
  for (const photo of photos) body.append('photo', photo);
  return answerOf(fetch('/api/messages', { method: 'POST', body }));
}

/**
 * Presses a button and gives the answer; never rejects.
 * @param {Speaker} speaker
 * @param {string} action
 */
export function pressButton(speaker, action) {
  const body = JSON.stringify({ ...speaker, action });
  return answerOf(fetch('/api/actions', { method: 'POST', body, headers: { 'content-type': 'application/json' } }));
}

/**
 * @param {Promise<Response>} sent
 * @returns {Promise<Reply[]>}
 */
async function answerOf(sent) {
  try {
    const body = await (await sent).json();
    return body.replies ?? [{ kind: 'error', text: body.error.message, code: body.error.code }];
  } catch {
    return [{ kind: 'error', text: t('unreachable'), code: 'unavailable' }];
  }
}
