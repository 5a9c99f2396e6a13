import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
const { packages } = JSON.parse(await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
const fetched = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);

test('the lock has every package that any system needs', () => {
  const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isFound(name, path))
      .map((name) => `${name}, which ${path || 'facefinder'} needs`),
  );
  expect(missing).toEqual([]);
});

test('the lock holds what package.json asks for', () => {
  const { dependencies, devDependencies, optionalDependencies } = packages[''] ?? {};
  expect(dependencies).toEqual(manifest.dependencies);
  expect(devDependencies).toEqual(manifest.devDependencies);
  expect(optionalDependencies).toEqual(manifest.optionalDependencies);
});

test('the lock names no registry, and a hash of every package', () => {
  expect(fetched.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  expect(fetched.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
});

test('no package is allowed an install script, and npm is told so of each that has one', () => {
  const scripted = fetched.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path));
  expect(manifest.allowScripts).toEqual(Object.fromEntries(scripted.sort().map((name) => [name, false])));
});

/**
 * Whether a package finds another one as Node looks for it: in its own node_modules, then in those
 * of the folders above.
 */
function isFound(name: string, from: string): boolean {
  const here = from === '' ? '' : `${from}/`;
  if (`${here}node_modules/${name}` in packages) return true;
  return from !== '' && isFound(name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
