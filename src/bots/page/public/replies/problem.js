import { propose } from '../composer.js';
import { el } from '../dom.js';
import { commandOf, t } from '../facts.js';
import { buttons } from './question.js';
import { paragraphs } from './text.js';

/** @typedef {import('./reply.js').Context} Context */

/**
 * The most likely next step, by the error's code.
 * @type {Record<string, {label: string | undefined, run: (context: Context) => void}>}
 */
const NEXT = {
  bad_command: { label: t('showHelp'), run: ({ say }) => say('/help') },
  not_enrolled: { label: commandOf('/enroll')?.button, run: () => propose('/enroll') },
  unavailable: { label: t('tryAgain'), run: ({ again }) => again() },
  busy: { label: t('tryAgain'), run: ({ again }) => again() },
  expired: { label: t('tryAgain'), run: ({ again }) => again() },
  ...Object.fromEntries(
    [
      'no_photo',
      'photo_gone',
      'too_many_photos',
      'not_an_image',
      'image_too_large',
      'image_unreadable',
      'no_face',
      'several_faces',
    ]
      .concat(['face_too_small', 'face_too_blurred', 'face_turned_away', 'face_covered'])
      .map((code) => [code, { label: t('otherPhoto'), run: ({ command }) => propose(command) }]),
  ),
};

/** Errors of ours. All others are steps on the way: they say what to do next. */
const MISHAPS = ['busy', 'internal', 'unavailable'];

/**
 * What failed or is missing, and what to do next.
 * @param {import('../api.js').Problem} reply
 * @param {Context} context
 */
export function renderProblem({ text, code, actions = [] }, context) {
  const next = NEXT[code];
  return el(
    'div',
    { class: MISHAPS.includes(code) ? 'card problem' : 'card guidance' },
    MISHAPS.includes(code) && el('h4', {}, t('problem')),
    ...paragraphs(text),
    actions.length > 0 && buttons(actions, context),
    next && el('button', { type: 'button', class: 'next', onclick: () => next.run(context) }, next.label),
  );
}
