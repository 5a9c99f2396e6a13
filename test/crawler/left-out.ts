import type { Asked, Expected, Offer, PhotoCommand } from './expected.ts';

/** The most photos that are looked at in one ask. */
export const MOST_PHOTOS = { find: 10, enroll: 3, me: 10, blur: 10 } as const;

/** Adds to an answer what a worker may add to every answer. */
export function withMore(
  alerts: ReadonlySet<string>,
  { who, group, command, photos }: Asked,
  answer: Expected,
): Expected {
  const max = MOST_PHOTOS[command as PhotoCommand];
  const isFailure = answer.claims.some((key) => key.startsWith('failures.')) && answer.names === undefined;
  const isOver = photos.length > max && !(isFailure && answer.claims.length === 1);
  const key = `${who} in ${group}`;
  const isAlerted = alerts.has(key);
  const { offers } = answer;
  // The answer to one of its buttons does not say again how many photos are left out.
  const lookedAt = offers && { ...offers, ask: { ...offers.ask, photos: offers.ask.photos.slice(0, max) } };
  return {
    ...answer,
    ...(lookedAt && { offers: lookedAt as Offer }),
    isSeen: true,
    claims: [...answer.claims, ...(isOver ? ['intent.overMany'] : [])],
    maybe: [
      ...(answer.maybe ?? []),
      ...(isAlerted ? ['alert'] : []),
      ...(photos.length > max ? ['intent.overMany'] : []),
    ],
    told: { ...answer.told, ...(isOver && { sent: photos.length, max }) },
  };
}
