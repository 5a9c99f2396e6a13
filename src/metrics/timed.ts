import type { Faces } from '../face/face.ts';
import { Failure } from '../failure.ts';
import type { Metrics } from './metrics.ts';

/**
 * Gives an object like `port` that measures every call. A Failure other than `unavailable` and
 * `internal` is an ordinary refusal (such as `face_taken`), and does not count as an error of the
 * store.
 */
export function timedStore<T extends object>(store: string, port: T, metrics: Pick<Metrics, 'asked' | 'took'>): T {
  return new Proxy(port, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      if (typeof key === 'symbol') return member.bind(target);
      return (...args: unknown[]) => {
        const began = performance.now();
        const given: unknown = Reflect.apply(member, target, args);
        if (!(given instanceof Promise)) return given;
        const tell = (error?: unknown) => {
          const ms = performance.now() - began;
          metrics.asked(store, key, ms, errorCode(error));
          if (key === 'search') metrics.took('search', ms);
        };
        given.then(() => tell(), tell);
        return given;
      };
    },
  });
}

function errorCode(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  if (!(error instanceof Failure)) return 'internal';
  return error.code === 'unavailable' || error.code === 'internal' ? error.code : undefined;
}

/** Gives an object like `faces` that measures the stages of each call. */
export function timedFaces(faces: Faces, metrics: Pick<Metrics, 'time' | 'took'>): Faces {
  return {
    async see(photo, signal) {
      const seen = await faces.see(photo, signal);
      for (const stage of ['decode', 'detect', 'landmarks', 'embed'] as const) metrics.took(stage, seen.ms[stage]);
      return seen;
    },
    heads: (photo, signal) => metrics.time('detect', () => faces.heads(photo, signal)),
    draw: (photo, marks, options) => metrics.time('draw', () => faces.draw(photo, marks, options)),
    check: () => faces.check(),
    [Symbol.asyncDispose]: () => faces[Symbol.asyncDispose](),
  };
}
