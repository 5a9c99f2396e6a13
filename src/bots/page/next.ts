import type { Reply } from '../../chat/reply.ts';
import type { FailureCode } from '../../failure.ts';
import type en from '../../text/languages/en.json';

type CommandName = keyof (typeof en)['commands'];

/** A button below an answer: a command, and the sentence that says what it is for. */
interface NextStep {
  readonly command: CommandName;
  readonly words: keyof (typeof en)['browser'];
  /** Who sees the button: people known to be enrolled, or all others. Absent: everybody. */
  readonly to?: 'enrolled' | 'others';
}

/**
 * The most likely step after an error: a command, the same command with another photo, or the same
 * message again.
 */
type AfterProblem = CommandName | 'photo' | 'again';

/**
 * The kinds of answers below which a next step may be offered. The other kinds have buttons
 * themselves.
 */
type Settled = Exclude<Reply['kind'], 'consent' | 'confirm' | 'error'>;

const ENROL = { command: 'enroll', words: 'nextEnrol', to: 'others' } as const;
const FIND = { command: 'find', words: 'nextFind' } as const;

/** The possible next steps, by the kind of an answer, and by the code of an error. */
export interface Next {
  readonly after: Readonly<Record<Settled, readonly NextStep[]>>;
  readonly afterProblem: Readonly<Record<FailureCode, AfterProblem>>;
}

/**
 * The steps that somebody at the page may want next. Every answer without buttons of its own has at
 * least one.
 */
export const NEXT: Next = {
  after: {
    enrolled: [FIND, { command: 'enroll', words: 'nextSelfie' }],
    result: [{ command: 'find', words: 'nextPhoto' }, ENROL],
    presence: [{ command: 'me', words: 'nextMe' }],
    blurred: [{ command: 'blur', words: 'nextBlur' }],
    info: [FIND, ENROL, { command: 'me', words: 'nextMyself', to: 'enrolled' }],
    receipt: [{ command: 'enroll', words: 'nextEnrol' }],
  },
  afterProblem: {
    bad_command: 'help',
    not_enrolled: 'enroll',
    find_off: 'me',
    no_photo: 'photo',
    not_your_photo: 'photo',
    photo_gone: 'photo',
    too_many_photos: 'photo',
    not_an_image: 'photo',
    image_too_large: 'photo',
    image_unreadable: 'photo',
    no_face: 'photo',
    several_faces: 'photo',
    face_too_small: 'photo',
    face_too_blurred: 'photo',
    face_turned_away: 'photo',
    face_covered: 'photo',
    busy: 'again',
    expired: 'again',
    internal: 'again',
    unavailable: 'again',
    face_taken: 'mydata',
    in_progress: 'mydata',
    not_a_member: 'help',
    not_allowed: 'help',
    not_yours: 'help',
    rate_limited: 'mydata',
  },
};
