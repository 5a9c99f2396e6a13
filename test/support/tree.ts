import { cp, mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/**
 * These packages are copied, so that they look for their binaries in the copy. All other packages
 * are links.
 */
const COPIED = ['onnxruntime-node', 'sharp', '@img'];

/** A copy of the program's files, from which a test may take something. */
export interface Tree extends AsyncDisposable {
  readonly root: string;
  /** Its `src/main.ts`. */
  readonly main: string;
  /**
   * Removes a file or folder, named by its path in the tree. Gives a function that puts it back.
   */
  readonly take: (path: string) => Promise<() => Promise<void>>;
  /** The path in the tree of sharp's binary package for this system. */
  readonly sharpBinary: () => Promise<string>;
}

export async function openTree(): Promise<Tree> {
  const root = await mkdtemp(join(tmpdir(), 'facefinder-tree-'));
  for (const name of ['src', 'commands', 'models', 'package.json']) {
    await cp(join(ROOT, name), join(root, name), { recursive: true });
  }
  await cp(join(ROOT, 'infra/elasticsearch'), join(root, 'infra/elasticsearch'), { recursive: true });
  const modules = join(root, 'node_modules');
  await mkdir(modules);
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    const [from, to] = [join(ROOT, 'node_modules', name), join(modules, name)];
    if (COPIED.includes(name)) await cp(from, to, { recursive: true, dereference: true });
    else await symlink(from, to);
  }
  return {
    root,
    main: join(root, 'src/main.ts'),
    async take(path) {
      const [there, away] = [join(root, path), join(root, 'away')];
      await rename(there, away);
      return () => rename(away, there);
    },
    async sharpBinary() {
      const names = await readdir(join(modules, '@img'));
      const name = names.find((one) => one.startsWith('sharp-') && !one.includes('libvips')) ?? '';
      return join('node_modules/@img', name);
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
