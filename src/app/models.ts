import type { Store } from '../../models/fetch.ts';
import type { Config } from '../config.ts';

/** Where this installation keeps model files and takes missing ones from; `onProgress` hears what takes time. */
export function modelStore({ modelDir, modelMirror }: Config, onProgress: (line: string) => void): Store {
  return { modelDir, onProgress, ...(modelMirror !== undefined && { mirror: modelMirror }) };
}
