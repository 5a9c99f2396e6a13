import type { Store } from '../../models/fetch.ts';
import type { Config } from '../config.ts';
import { goThrough, proxyFault } from '../proxy.ts';

/**
 * Where this installation keeps model files, and where it fetches missing ones. `onProgress` hears
 * of each step that takes time.
 */
export function modelStore({ modelDir, modelMirror, proxy }: Config, onProgress: (line: string) => void): Store {
  goThrough(proxy);
  return {
    modelDir,
    onProgress,
    ...(modelMirror !== undefined && { mirror: modelMirror }),
    ...(proxy && { wayFault: (url) => proxyFault(proxy, url) }),
  };
}
