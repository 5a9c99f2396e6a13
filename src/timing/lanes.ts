/** Does work in lanes: what is in one lane is done one after the other, whether or not it fails. */
export type Lanes = (lane: string, work: () => Promise<void>) => Promise<void>;

/** Lanes that are remembered only while work is in them. */
export function lanes(): Lanes {
  const last = new Map<string, Promise<void>>();
  return (lane, work) => {
    const outcome = (last.get(lane) ?? Promise.resolve()).then(work);
    const end = outcome
      .catch(() => undefined)
      .then(() => {
        if (last.get(lane) === end) last.delete(lane);
      });
    last.set(lane, end);
    return outcome;
  };
}
