import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../src/causes/operator-error.ts';
import { fetchFiles, isStored, placeOf, type Store } from './fetch.ts';
import { type Manifest, manifestSchema, type PackFile } from './manifest.ts';
import { BUILT_IN, importedPacks, packNames } from './names.ts';
import { assertFetchable } from './reach.ts';

/** A manifest whose files are on this machine and verified. */
export interface Pack {
  readonly manifest: Manifest;
  /** `<name>@<version>`: embeddings of packs with different ids cannot be compared. */
  readonly id: string;
  readonly dims: number;
  /** The absolute path of each file, by the file's name in the manifest. */
  readonly files: Readonly<Record<string, string>>;
}

/** The pack of a new gallery. */
export const DEFAULT_PACK = 'sface128';

/**
 * The pack called `name`, built in or imported. Missing or damaged files are fetched; otherwise no
 * network is used.
 * @throws Error for an unknown pack, a bad manifest, and a source that fails or differs
 */
export async function loadPack(name: string, store: Store): Promise<Pack> {
  const { manifest, base } = await readManifest(name, store.modelDir);
  return bringPack(manifest, base, store);
}

/** The manifest without its files, for a process that compares embeddings but computes none. */
export async function describePack(name: string, modelDir: string): Promise<Omit<Pack, 'files'>> {
  return described((await readManifest(name, modelDir)).manifest);
}

/** Which of the pack's files are in the store and whole; fetches nothing. */
export async function verifyPack(name: string, modelDir: string): Promise<Readonly<Record<string, boolean>>> {
  const { manifest } = await readManifest(name, modelDir);
  const files = Object.entries(manifest.files);
  return Object.fromEntries(await Promise.all(files.map(async ([k, file]) => [k, await isStored(file, modelDir)])));
}

/**
 * Asks whether the sources have what {@link loadPack} would fetch, and fetches nothing. Throws what
 * loading would throw.
 */
export async function assertLoadable(name: string, store: Store): Promise<void> {
  const { manifest, base } = await readManifest(name, store.modelDir);
  await assertFetchable(await missingFiles(manifest, store.modelDir), base, store);
}

/**
 * Adds the pack of `folder/manifest.json` to the store, with its files. It replaces an imported
 * pack of that name.
 */
export async function importPack(folder: string, store: Store): Promise<Pack> {
  const manifest = parse(await readFile(join(folder, 'manifest.json'), 'utf8'), folder);
  const pack = await bringPack(manifest, folder, store);
  await mkdir(importedPacks(store.modelDir), { recursive: true });
  const target = join(importedPacks(store.modelDir), `${manifest.name}.json`);
  await writeFile(`${target}.part`, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(`${target}.part`, target);
  return pack;
}

/** Every pack that can be loaded, imported ones included. */
export async function listPacks(modelDir: string): Promise<readonly { manifest: Manifest; stored: boolean }[]> {
  return Promise.all(
    packNames(modelDir).map(async (name) => {
      const { manifest } = await readManifest(name, modelDir);
      const stored = await Promise.all(Object.values(manifest.files).map((file) => isStored(file, modelDir)));
      return { manifest, stored: stored.every(Boolean) };
    }),
  );
}

async function bringPack(manifest: Manifest, base: string, store: Store): Promise<Pack> {
  const pack = described(manifest);
  const missing = await missingFiles(manifest, store.modelDir);
  if (missing.length > 0) {
    store.onProgress?.(`models: ${pack.id} is not here yet (${missing.length} files)`);
    await fetchFiles(missing, base, store);
    store.onProgress?.(`models: ${pack.id} is fetched and verified`);
  }
  const files = Object.entries(manifest.files).map(([name, file]) => [name, placeOf(file, store.modelDir)]);
  return { ...pack, files: Object.fromEntries(files) };
}

async function missingFiles(manifest: Manifest, modelDir: string): Promise<PackFile[]> {
  const missing: PackFile[] = [];
  for (const file of Object.values(manifest.files)) if (!(await isStored(file, modelDir))) missing.push(file);
  return missing;
}

function described(manifest: Manifest): Omit<Pack, 'files'> {
  return { manifest, id: `${manifest.name}@${manifest.version}`, dims: manifest.embedder.dims };
}

async function readManifest(name: string, modelDir: string): Promise<{ manifest: Manifest; base: string }> {
  if (!/^[a-z0-9-]+$/.test(name)) throw new OperatorError(`"${name}" is no name of a pack`);
  for (const base of [importedPacks(modelDir), BUILT_IN]) {
    const path = join(base, `${name}.json`);
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text !== undefined) return { manifest: parse(text, path), base };
  }
  throw new OperatorError(`there is no pack "${name}"; \`facefinder models list\` shows those there are`);
}

function parse(text: string, where: string): Manifest {
  const result = manifestSchema.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new OperatorError(`${where}: ${issue?.path.join('.')}: ${issue?.message}`);
}
