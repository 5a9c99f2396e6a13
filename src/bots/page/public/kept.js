/**
 * What a reload must not lose: receipts, and questions that wait for an answer. It stays in this tab until that is closed.
 * @typedef {import('./api.js').Reply} Reply
 * @typedef {import('./api.js').Speaker} Speaker
 * @typedef {{user: string, scope: string, command: string, reply: Reply, until?: number}} Kept
 */

const STORE = 'facefinder.kept';
/** A question's buttons work for so long. */
const ASKED_MS = 15 * 60_000;

/**
 * What was kept of a person's conversation in a group, oldest first.
 * @param {Speaker} speaker
 */
export function keptOf({ user, scope }) {
  return all().filter((one) => one.user === user && one.scope === scope);
}

/**
 * Keeps what is worth it of an answer to `command`.
 * @param {Speaker} speaker
 * @param {string} command
 * @param {readonly Reply[]} replies
 */
export function keep({ user, scope }, command, replies) {
  const questions = replies.filter(({ kind }) => kind === 'consent' || kind === 'confirm');
  const receipts = replies.filter(({ kind }) => kind === 'receipt');
  if (questions.length + receipts.length === 0) return;
  const until = Date.now() + ASKED_MS;
  // An erasure answers all that waited of a person.
  const isErased = receipts.some((reply) => reply.kind === 'receipt' && reply.of === 'erasure');
  write([
    ...all().filter((one) => !(isErased && one.user === user && one.reply.kind !== 'receipt')),
    ...questions.map((reply) => ({ user, scope, command, reply, until })),
    ...receipts.map((reply) => ({ user, scope, command, reply })),
  ]);
}

/**
 * A question was answered by the button of this id.
 * @param {string} action
 */
export function answered(action) {
  write(all().filter(({ reply }) => !('actions' in reply) || !reply.actions?.some(({ id }) => id === action)));
}

/** @returns {Kept[]} */
function all() {
  try {
    /** @type {Kept[]} */
    const kept = JSON.parse(sessionStorage.getItem(STORE) ?? '[]');
    return kept.filter(({ until }) => until === undefined || until > Date.now());
  } catch {
    return [];
  }
}

/** @param {readonly Kept[]} kept */
function write(kept) {
  if (kept.length === 0) sessionStorage.removeItem(STORE);
  else sessionStorage.setItem(STORE, JSON.stringify(kept));
}
