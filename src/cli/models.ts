import { parseArgs } from 'node:util';
import { importPack, listPacks, loadPack, verifyPack } from '../../models/pack.ts';
import { modelStore } from '../app/models.ts';
import { type Config, readConfig } from '../config.ts';
import { type Io, UsageError, type Verb } from './verb.ts';

/** `facefinder models`: the packs there are, and their files. */
export const models: Verb = {
  name: 'models',
  summary: 'List, fetch, verify and import model packs',
  usage: `facefinder models list
facefinder models fetch [NAME]     brings missing files and verifies them; after it, no start needs a network
facefinder models verify [NAME]    hashes the files here; exit code 1 when one is missing or differs
facefinder models import FOLDER    adds the pack whose manifest.json lies in FOLDER

NAME defaults to FACE_PACK. Files come from the sources of the manifest, or from MODEL_MIRROR; they are kept in MODEL_DIR.`,
  async run(args, io) {
    const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
    const [action, name, ...more] = positionals;
    if (more.length > 0) throw new UsageError('too many words');
    const config = readConfig(io.env);
    switch (action) {
      case 'list':
        return await list(config, io);
      case 'fetch': {
        const pack = await loadPack(name ?? config.pack, modelStore(config, io.err));
        io.out(`${pack.id} is here and verified`);
        return 0;
      }
      case 'verify':
        return await verify(name ?? config.pack, config, io);
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

async function list(config: Config, io: Io): Promise<number> {
  for (const { manifest, stored } of await listPacks(config.modelDir)) {
    const { name, version, embedder, summary, licences } = manifest;
    io.out(
      `${name}@${version}  ${embedder.dims}-d  ${stored ? 'here' : 'not fetched'}${name === config.pack ? ', in use' : ''}`,
    );
    io.out(`  ${summary}\n  code: ${licences.code}; weights: ${licences.weights}`);
  }
  return 0;
}

async function verify(name: string, config: Config, io: Io): Promise<number> {
  const files = Object.entries(await verifyPack(name, config.modelDir));
  for (const [file, isWhole] of files) io.out(`${isWhole ? 'ok  ' : 'FAIL'} ${file}`);
  const isWhole = files.every(([, whole]) => whole);
  if (!isWhole) io.err(`Bring what is missing: facefinder models fetch ${name}`);
  return isWhole ? 0 : 1;
}
