import { importPack } from '../../models/pack.ts';

/** Imports a pack in a process of its own, which a test can kill. */
const [folder = '', modelDir = '', mirror = ''] = process.argv.slice(2);
await importPack(folder, { modelDir, mirror });
