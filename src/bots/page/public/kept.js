/**
 * Keeps the messages, the answers and the draft over a reload, without photos and without
 * templates. They stay in this tab until it is closed.
 * @typedef {import('./api.js').Reply} Reply
 * @typedef {import('./api.js').Speaker} Speaker
 * @typedef {{text: string, photos: number}} Said
 * @typedef {{user: string, scope: string} & ({said: Said} | {command: string, reply: Reply, until?:
 * number})} Kept
 */

const STORE = 'facefinder.kept';
const DRAFT = 'facefinder.draft';
/** How long a button works after its answer came. */
const ASKED_MS = 15 * 60_000;
/**
 * How many entries are kept at most. Older ones are dropped, because a browser gives a tab only
 * some megabytes.
 */
const MOST = 200;

/**
 * The kept messages and answers of a person's conversation in a group, oldest first.
 * @param {Speaker} speaker
 */
export function keptOf({ user, scope }) {
  return all().filter((one) => one.user === user && one.scope === scope);
}

/**
 * Keeps a person's message.
 * @param {Speaker} speaker
 * @param {string} text
 * @param {number} photos
 */
export function keepSaid({ user, scope }, text, photos) {
  write([...all(), { user, scope, said: { text, photos } }]);
}

/**
 * Keeps an answer to `command`. If the answer has the receipt of an erasure, drops what must not
 * stay after it.
 * @param {Speaker} speaker
 * @param {string} command
 * @param {readonly Reply[]} replies
 */
export function keep(speaker, command, replies) {
  const { user, scope } = speaker;
  const isErased = replies.some((reply) => reply.kind === 'receipt' && reply.of === 'erasure');
  const before = isErased ? all().filter((one) => staysAfterErasure(one, speaker)) : all();
  const until = Date.now() + ASKED_MS;
  write([
    ...before,
    ...replies.map((reply) => {
      const actions = 'actions' in reply ? (reply.actions ?? []) : [];
      return { user, scope, command, reply: withoutData(reply), ...(actions.length > 0 && { until }) };
    }),
  ]);
}

/**
 * Removes the question that a press of this button answered.
 * @param {string} action
 */
export function answered(action) {
  /** @param {Kept} one */
  const isAnswered = (one) =>
    'reply' in one &&
    one.reply.kind !== 'result' &&
    one.reply.kind !== 'blurred' &&
    one.reply.kind !== 'presence' &&
    'actions' in one.reply &&
    one.reply.actions?.some(({ id }) => id === action);
  write(all().filter((one) => !isAnswered(one)));
}

/** The draft that was kept over a reload. */
export function draft() {
  return sessionStorage.getItem(DRAFT) ?? '';
}

/** @param {string} text */
export function keepDraft(text) {
  if (text === '') sessionStorage.removeItem(DRAFT);
  else sessionStorage.setItem(DRAFT, text);
}

/**
 * Whether an entry stays after the erasure of this person. Receipts stay. The person's messages and
 * the answers to them go, and so do answers to other people that name the person.
 * @param {Kept} one
 * @param {Speaker} speaker
 */
function staysAfterErasure(one, { user, name }) {
  if ('said' in one) return one.user !== user;
  if (one.reply.kind === 'receipt') return true;
  return (
    one.user !== user &&
    !JSON.stringify(one.reply).toLowerCase().includes(JSON.stringify(name).slice(1, -1).toLowerCase())
  );
}

/**
 * A reply without its data, because the data of /mydata hold templates, and these must not be in
 * the browser's storage.
 * @param {Reply} reply
 * @returns {Reply}
 */
function withoutData(reply) {
  return reply.kind === 'info' ? { kind: 'info', text: reply.text } : reply;
}

/** @returns {Kept[]} */
function all() {
  try {
    /** @type {Kept[]} */
    const kept = JSON.parse(sessionStorage.getItem(STORE) ?? '[]');
    return kept.filter((one) => !('until' in one) || one.until === undefined || one.until > Date.now());
  } catch {
    return [];
  }
}

/** @param {readonly Kept[]} kept */
function write(kept) {
  if (kept.length === 0) sessionStorage.removeItem(STORE);
  else sessionStorage.setItem(STORE, JSON.stringify(kept.slice(-MOST)));
}
