import { parseArgs } from 'node:util';
import type { Manifest } from '../../models/manifest.ts';
import { importPack, listPacks, loadPack, verifyPack } from '../../models/pack.ts';
import { modelStore } from '../app/models.ts';
import { packInUse } from '../app/pack.ts';
import { type Config, readConfig } from '../config.ts';
import { type Io, UsageError, type Verb } from './verb.ts';

/** `facefinder models`: lists packs, and fetches, verifies and imports their files. */
export const models: Verb = {
  name: 'models',
  summary: 'List, fetch, verify and import model packs',
  usage: `facefinder models list [--json]
facefinder models fetch [NAME]     brings missing files and verifies them; after it, no start needs a network
facefinder models verify [NAME] [--json]
                                   hashes the files here; exit code 1 when one is missing or differs
facefinder models import FOLDER    adds the pack whose manifest.json lies in FOLDER

NAME defaults to the pack in use: FACE_PACK, or else the gallery's own, or the default. Files come from the sources of the manifest, or from MODEL_MIRROR; they are kept in MODEL_DIR.

  --json  of list: {packs: [{name, version, dims, summary, licences, here, inUse}]}; of verify: {pack, whole, files: {NAME: boolean}}`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false } },
    });
    const [action, name, ...more] = positionals;
    if (more.length > 0) throw new UsageError('too many words');
    const config = readConfig(io.env, process.cwd(), { packMustExist: false });
    switch (action) {
      case 'list':
        return await list(config, values.json, io);
      case 'fetch': {
        const pack = await loadPack(name ?? (await packInUse(config)), modelStore(config, io.err));
        io.out(`${pack.id} is here and verified`);
        return 0;
      }
      case 'verify':
        return await verify(name ?? (await packInUse(config)), config, values.json, io);
      case 'import': {
        if (name === undefined) throw new UsageError('name the FOLDER');
        const pack = await importPack(name, modelStore(config, io.err));
        io.out(`${pack.id} is imported; use it with FACE_PACK=${pack.manifest.name}`);
        return 0;
      }
      default:
        throw new UsageError('say list, fetch, verify or import');
    }
  },
};

interface Listed extends Pick<Manifest, 'name' | 'version' | 'summary' | 'licences'> {
  readonly dims: number;
  /** Whether all files are here and whole. */
  readonly here: boolean;
  readonly inUse: boolean;
}

async function list(config: Config, json: boolean, io: Io): Promise<number> {
  // When the gallery does not answer, it is not known which pack is in use. The list is given
  // anyway.
  const used = await packInUse(config).catch(() => undefined);
  const packs: readonly Listed[] = (await listPacks(config.modelDir)).map(({ manifest, stored }) => {
    const { name, version, embedder, summary, licences } = manifest;
    return { name, version, dims: embedder.dims, summary, licences, here: stored, inUse: name === used };
  });
  if (json) io.out(JSON.stringify({ packs }));
  else for (const pack of packs) io.out(inWords(pack));
  return 0;
}

function inWords({ name, version, dims, summary, licences, here, inUse }: Listed): string {
  const heading = `${name}@${version}  ${dims}-d  ${here ? 'here' : 'not fetched'}${inUse ? ', in use' : ''}`;
  return `${heading}\n  ${summary}\n  code: ${licences.code}; weights: ${licences.weights}`;
}

async function verify(name: string, config: Config, json: boolean, io: Io): Promise<number> {
  const files = await verifyPack(name, config.modelDir);
  const isWhole = Object.values(files).every(Boolean);
  if (json) io.out(JSON.stringify({ pack: name, whole: isWhole, files }));
  else for (const [file, whole] of Object.entries(files)) io.out(`${whole ? 'ok  ' : 'FAIL'} ${file}`);
  if (!isWhole) io.err(`Bring what is missing: facefinder models fetch ${name}`);
  return isWhole ? 0 : 1;
}
