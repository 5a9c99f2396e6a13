import { causeOf } from '../cause.ts';
import { Failure } from '../failure.ts';
import type { Log } from '../log.ts';
import { atMost } from '../timing/within.ts';

/** What is known about a part that does not work. Without the part, this process cannot work. */
export interface Fault {
  readonly part: string;
  /** The code of a Cause, or of a Failure when no cause is known. */
  readonly code: string;
  /** What is wrong, in our own sentences, without secrets or ids. */
  readonly says: string;
  /** When the part was first seen not to work, milliseconds since 1970. */
  readonly since: number;
  /** Whether the part belongs to this process, so that a restart may help. */
  readonly isOwn: boolean;
}

type Check = () => Promise<void>;

export interface Health {
  /**
   * From now on, each look runs `check`, which must throw when the part does not work. `isOwn`: see
   * {@link Fault.isOwn}.
   */
  readonly watch: (part: string, check: Check, options?: { readonly isOwn?: () => boolean }) => void;
  /**
   * Looks at all watched parts, and gives the faults of those that do not work. It takes at most 3
   * seconds. Calls during a look get the result of that look. Changes are logged.
   */
  readonly look: () => Promise<readonly Fault[]>;
  /** Every watched part, and whether it worked at the last look. */
  readonly parts: () => ReadonlyMap<string, boolean>;
}

/** How long a look waits for a check. A part whose check takes longer counts as not working. */
const LONGEST_CHECK_MS = 3_000;

/** Opens the health of this process. No part is watched yet. */
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
   * Runs a check. If an earlier look's run of it has not ended yet, gives that run, because a
   * second one at the same time would only add load.
   */
  function running(part: string, check: Check): Promise<void> {
    const under = underWay.get(part) ?? check().finally(() => underWay.delete(part));
    underWay.set(part, under);
    return under;
  }

  async function lookAtAll(): Promise<readonly Fault[]> {
    const looks = [...checks].map(async ([part, { check, isOwn }]) => {
      const failed = await failureOf(running(part, check));
      // A check that is late says no reason. So a reason from an earlier look is kept.
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

/** The error of a check; undefined when the check passed, `late` when it did not end in time. */
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
