import { InferenceSession } from 'onnxruntime-node';

type Run = (this: unknown, ...args: unknown[]) => Promise<unknown>;

/** Adds up the time that the nets' sessions run. To do so, it replaces their `run` until `stop`. */
export function watchRuns() {
  const prototype: { run: Run } = Reflect.get(InferenceSession, 'prototype');
  const original = prototype.run;
  const watched = {
    ms: 0,
    count: 0,
    reset: () => Object.assign(watched, { ms: 0, count: 0 }),
    stop: () => Object.assign(prototype, { run: original }),
  };
  prototype.run = async function (...args) {
    const start = performance.now();
    const outputs = await original.apply(this, args);
    watched.ms += performance.now() - start;
    watched.count++;
    return outputs;
  };
  return watched;
}
