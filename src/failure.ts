/**
 * Every way in which facefinder says no. `again`: the same work may succeed later, so the queue repeats it.
 * The sentence a person reads for a code stands in text/; the cause is for the operator alone.
 */
export const FAILURES = {
  bad_command: { again: false, httpStatus: 400 },
  no_photo: { again: false, httpStatus: 400 },
  too_many_photos: { again: false, httpStatus: 400 },
  not_an_image: { again: false, httpStatus: 415 },
  image_too_large: { again: false, httpStatus: 413 },
  image_unreadable: { again: false, httpStatus: 422 },
  no_face: { again: false, httpStatus: 422 },
  several_faces: { again: false, httpStatus: 422 },
  face_too_small: { again: false, httpStatus: 422 },
  face_too_blurred: { again: false, httpStatus: 422 },
  face_turned_away: { again: false, httpStatus: 422 },
  not_enrolled: { again: false, httpStatus: 403 },
  not_a_member: { again: false, httpStatus: 403 },
  face_taken: { again: false, httpStatus: 409 },
  not_yours: { again: false, httpStatus: 403 },
  rate_limited: { again: false, httpStatus: 429 },
  busy: { again: true, httpStatus: 503 },
  expired: { again: false, httpStatus: 410 },
  unavailable: { again: true, httpStatus: 503 },
  internal: { again: false, httpStatus: 500 },
} as const satisfies Record<string, { again: boolean; httpStatus: number }>;

export type FailureCode = keyof typeof FAILURES;

/** Facts a sentence may need: numbers and seconds, never a name or an id. */
export type FailureDetails = Readonly<Record<string, number>>;

/** The only error that crosses a room's border on purpose; anything else that is thrown is a bug (`internal`). */
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
