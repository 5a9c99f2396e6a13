import { parseArgs } from 'node:util';
import { type AppParts, withParts } from '../app/parts.ts';
import type { Stores } from '../app/stores.ts';
import { readConfig } from '../config.ts';
import type { Person, Place } from '../consent/who.ts';
import { personFrom, placeFrom } from './identity.ts';
import { type Io, UsageError, type Verb } from './verb.ts';
import { verbLog } from './verb-log.ts';

/**
 * `facefinder disputes`: lists the open disputes, with the holder and the challenger of each face.
 * With `--for` it decides whose face it is.
 */
export const disputes: Verb = {
  name: 'disputes',
  summary: 'List faces that two people claim, or decide whose one is',
  usage: `facefinder disputes [--json]
facefinder disputes --for P --scope GROUP

One line for each dispute: group, who holds the face and stays findable, and who challenges and is found by nobody until
it is decided. No photo is kept, so none is shown: ask the people.

  --for P        the face is this person's: what the others of their disputes enrolled is erased, and both sides are told
  --scope GROUP  in this group
  --json         {disputes: [{group, holder, challenger}], harms: {wrongNames, refusedEnrolments, erasuresUnfinished,
                 oldestErasureMinutes}} as one line

Beside the list it is counted how often people said that a name was wrong, how many enrolments were refused because the
face was taken, and how long erasures take: never who.`,
  async run(args, io) {
    const options = {
      json: { type: 'boolean', default: false },
      for: { type: 'string' },
      scope: { type: 'string' },
    } as const;
    const { values } = parseArgs({ args, options });
    if ((values.for === undefined) !== (values.scope === undefined))
      throw new UsageError('--for needs --scope, and --scope --for');
    const decided =
      values.for && values.scope ? { winner: personFrom(values.for), place: placeFrom(values.scope) } : undefined;
    const config = readConfig(io.env);
    return await withParts(config, verbLog(config), async ({ stores: { gallery }, flow }) => {
      if (decided) return await decide(gallery, decided, io);
      await list(gallery, await harmsOf(flow), values.json, io);
      return 0;
    });
  },
};

async function decide(
  gallery: Stores['gallery'],
  { winner, place }: { winner: Person; place: Place },
  io: Io,
): Promise<number> {
  const scope = await gallery.scopeOf(place);
  const ended = scope ? await gallery.decide(scope, winner, Date.now()) : 0;
  if (ended === 0) {
    io.err('This person is in no dispute there: nothing was decided. facefinder disputes lists those that are open.');
    return 1;
  }
  await gallery.scrub();
  io.out(`Decided: ${ended}. What the other side enrolled is erased; both are told with their next answer.`);
  return 0;
}

/** Counts of what may have harmed people. */
interface Harms {
  /** Reports of wrong names in the last 90 days, by people who were not erased since. */
  readonly wrongNames: number;
  /** Attempts in the last 90 days to enrol a face that somebody else had enrolled. */
  readonly refusedEnrolments: number;
  readonly erasuresUnfinished: number;
  /** The age of the oldest unfinished erasure. */
  readonly oldestErasureMinutes: number;
}

async function harmsOf({ gallery, wrongNames, eraser }: AppParts['flow']): Promise<Harms> {
  const { count, oldestMs } = await eraser.unfinished();
  return {
    wrongNames: await wrongNames.count(),
    refusedEnrolments: await gallery.attempts(),
    erasuresUnfinished: count,
    oldestErasureMinutes: Math.round(oldestMs / 60_000),
  };
}

async function list(gallery: Stores['gallery'], harms: Harms, isJson: boolean, io: Io): Promise<void> {
  const open: { group: string; holder: string; challenger: string }[] = [];
  for (const { scope, places } of await gallery.scopes()) {
    const group = places[0] ? `${places[0].platform}:${places[0].id}` : 'a group without a place';
    for (const { holder, challenger } of await gallery.disputes(scope)) {
      open.push({ group, holder: named(holder, isJson), challenger: named(challenger, isJson) });
    }
  }
  if (isJson) io.out(JSON.stringify({ disputes: open, harms }));
  else
    for (const { group, holder, challenger } of open)
      io.out(`${group}  held by ${holder}  challenged by ${challenger}`);
  if (open.length === 0) io.err('Nobody challenges anybody: there is no dispute.');
  const { wrongNames, refusedEnrolments, erasuresUnfinished, oldestErasureMinutes } = harms;
  io.err(
    `In 90 days: wrong names ${wrongNames}, refused enrolments ${refusedEnrolments}. Now: disputes ${open.length}, ` +
      `erasures unfinished ${erasuresUnfinished}, the oldest for ${oldestErasureMinutes} minutes.`,
  );
}

function named({ platform, id, name }: Person, isJson: boolean): string {
  return isJson || name === '' ? `${platform}:${id}` : `${platform}:${id} (${name})`;
}
