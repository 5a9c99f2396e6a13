import { causeOf } from '../cause.ts';
import { Failure } from '../failure.ts';
import type { Log } from '../log.ts';
import { atMost } from '../timing/within.ts';

/** A part that keeps this process from its work. */
export interface Fault {
  readonly part: string;
  /** A Cause's code, or a Failure's where no cause is known. */
  readonly code: string;
  /** In our own sentences, without secrets or ids. */
  readonly says: string;
  /** When it was first seen, milliseconds since 1970. */
  readonly since: number;
  /** Whether it is a part of this process, so that a restart may help. */
  readonly isOwn: boolean;
}

type Check = () => Promise<void>;

export interface Health {
  /**
   * Runs `check` at each look from now on. `check` throws when the part does not work. `isOwn`:
   * whether a restart may help now.
   */
  readonly watch: (part: string, check: Check, options?: { readonly isOwn?: () => boolean }) => void;
  /**
   * What does not work now. Answers within 3 seconds; concurrent callers share the answer. Logs
   * changes.
   */
  readonly look: () => Promise<readonly Fault[]>;
  /** Every watched part, and whether it worked at the last look. */
  readonly parts: () => ReadonlyMap<string, boolean>;
}

/** How long a look waits for each check. A part without an answer by then does not work. */
const LONGEST_CHECK_MS = 3_000;

/** The health of this process. No part is watched yet. */
export function openHealth({ log, now = Date.now }: { readonly log: Log; readonly now?: () => number }): Health {
  const checks = new Map<string, { readonly check: Check; readonly isOwn: () => boolean }>();
  const faults = new Map<string, Fault>();
  const underWay = new Map<string, Promise<void>>();
  let looking: Promise<readonly Fault[]> | undefined;

  function note(part: string, isOwn: () => boolean, failed: { readonly error: unknown } | undefined): void {
    const before = faults.get(part);
    if (!failed) {
      if (faults.delete(part)) log.info('works again', { part });
      return;
    }
    const fault = { part, isOwn: isOwn(), ...explain(failed.error), since: before?.since ?? now() };
    faults.set(part, fault);
    if (before?.code !== fault.code) log.error('does not work', { part, cause: fault.code, says: fault.says });
  }

  /**
   * A check that takes longer than a look is not called again: the next look waits for the same
   * call. A second call would only add load.
   */
  function running(part: string, check: Check): Promise<void> {
    const under = underWay.get(part) ?? check().finally(() => underWay.delete(part));
    underWay.set(part, under);
    return under;
  }

  async function lookAtAll(): Promise<readonly Fault[]> {
    const looks = [...checks].map(async ([part, { check, isOwn }]) => {
      const failed = await failureOf(running(part, check));
      // A late check gives no reason, so the part keeps the reason of an earlier look.
      if (failed !== 'late') note(part, isOwn, failed);
      else if (!faults.has(part)) note(part, isOwn, { error: new Failure('unavailable') });
    });
    await Promise.all(looks);
    return [...faults.values()];
  }

  return {
    watch: (part, check, { isOwn = () => false } = {}) => void checks.set(part, { check, isOwn }),
    look() {
      looking ??= lookAtAll().finally(() => {
        looking = undefined;
      });
      return looking;
    },
    parts: () => new Map([...checks.keys()].map((part) => [part, !faults.has(part)])),
  };
}

/**
 * The error of the check, if it failed; undefined when it passed; `late` when it has not ended in
 * time.
 */
async function failureOf(check: Promise<void>): Promise<{ readonly error: unknown } | 'late' | undefined> {
  const outcome = check.then(
    () => ({ error: undefined, isWell: true }),
    (error: unknown) => ({ error, isWell: false }),
  );
  const known = await atMost(LONGEST_CHECK_MS, outcome);
  if (!known) return 'late';
  return known.isWell ? undefined : { error: known.error };
}

function explain(error: unknown): Pick<Fault, 'code' | 'says'> {
  const cause = causeOf(error);
  if (cause) return { code: cause.code, says: cause.message };
  const code = error instanceof Failure ? error.code : 'internal';
  return { code, says: 'It does not answer as it should. Run facefinder doctor, and look into the log.' };
}
