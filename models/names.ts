import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Manifests of the packs that come with the program. */
export const BUILT_IN = import.meta.dirname;

/** Manifests of the packs that an operator imported. */
export function importedPacks(modelDir: string): string {
  return join(modelDir, 'packs');
}

/** The packs that have a manifest here, sorted. Their files may still be missing. */
export function packNames(modelDir: string): string[] {
  const names = [BUILT_IN, importedPacks(modelDir)].flatMap(manifestsIn);
  return [...new Set(names)].sort();
}

function manifestsIn(folder: string): string[] {
  try {
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return files.map((name) => name.slice(0, -'.json'.length));
  } catch {
    return [];
  }
}
