/**
 * The codes of all failures. `again`: the same work may succeed later, so the queue repeats it. A
 * person reads the sentence for the code in `text/`. The cause of a Failure is only for operators.
 */
export const FAILURES = {
  bad_command: { again: false },
  no_photo: { again: false },
  not_your_photo: { again: false },
  too_many_photos: { again: false },
  not_an_image: { again: false },
  image_too_large: { again: false },
  image_unreadable: { again: false },
  no_face: { again: false },
  several_faces: { again: false },
  face_too_small: { again: false },
  face_too_blurred: { again: false },
  face_turned_away: { again: false },
  face_covered: { again: false },
  not_enrolled: { again: false },
  find_off: { again: false },
  not_a_member: { again: false },
  not_allowed: { again: false },
  face_taken: { again: false },
  not_yours: { again: false },
  rate_limited: { again: false },
  busy: { again: true },
  expired: { again: false },
  in_progress: { again: false },
  photo_gone: { again: false },
  unavailable: { again: true },
  internal: { again: false },
} as const satisfies Record<string, { again: boolean }>;

export type FailureCode = keyof typeof FAILURES;

/** Numbers that a sentence may need, such as seconds. Never a name or an id. */
export type FailureDetails = Readonly<Record<string, number>>;

/** The only error that crosses rooms on purpose. Any other error is a bug (`internal`). */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly details: FailureDetails;

  constructor(code: FailureCode, options: { cause?: unknown; details?: FailureDetails } = {}) {
    super(code, 'cause' in options ? { cause: options.cause } : {});
    this.code = code;
    this.details = options.details ?? {};
  }

  /** Whether the queue may try the same work again. */
  get again(): boolean {
    return FAILURES[this.code].again;
  }
}
