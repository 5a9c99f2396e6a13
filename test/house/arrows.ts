import { posix } from 'node:path';
import { PACKAGES, ROOMS } from './rooms.ts';
import { parse, productFiles, type Tree, textOf } from './tree.ts';

/** Every import that the tables of rooms.ts do not allow, unknown rooms and packages included. */
export function forbiddenImports(tree: Tree): string[] {
  return productFiles(tree).flatMap((path) => {
    const room = roomOf(path);
    if (room === undefined) return [`${path} stands in no room of test/house/rooms.ts`];
    return importsOf(tree, path).flatMap((specifier) => complaint(path, room, specifier));
  });
}

/** Pairs of rooms that the table allows to import each other. */
export function twoWayPairs(): string[] {
  const allows = (from: string, to: string) => ROOMS[from]?.some((target) => (roomOf(target) ?? target) === to);
  return Object.keys(ROOMS).flatMap((one) =>
    Object.keys(ROOMS).flatMap((other) =>
      one < other && allows(one, other) && allows(other, one) ? [`${one} and ${other} import each other`] : [],
    ),
  );
}

/**
 * Permissions of the tables that no import uses. Each would allow an import that nobody has thought
 * about.
 */
export function unusedPermissions(tree: Tree): string[] {
  const used = new Set<string>();
  for (const path of productFiles(tree)) {
    const room = roomOf(path);
    if (room === undefined) continue;
    for (const specifier of importsOf(tree, path)) {
      if (!specifier.startsWith('.')) used.add(`${packageOf(specifier)} in ${room}`);
      else {
        const target = posix.join(posix.dirname(path), specifier);
        used.add(`${room} → ${target}`).add(`${room} → ${roomOf(target)}`);
      }
    }
  }
  const arrows = Object.entries(ROOMS).flatMap(([room, targets]) => targets.map((target) => `${room} → ${target}`));
  const vendors = Object.entries(PACKAGES).flatMap(([name, rooms]) =>
    rooms === 'everywhere' ? [] : rooms.map((room) => `${name} in ${room}`),
  );
  return [...arrows, ...vendors].filter((permission) => !used.has(permission));
}

/**
 * Strings of the product that name a package which only development installs: production would not
 * find it.
 */
export function developmentInProduct(tree: Tree): string[] {
  const { devDependencies } = JSON.parse(textOf(tree, 'package.json')) as { devDependencies: Record<string, string> };
  const names = Object.keys(devDependencies);
  return productFiles(tree)
    .filter((path) => !path.startsWith('infra/'))
    .flatMap((path) =>
      [...textOf(tree, path).matchAll(/'([^'\n]+)'/g)]
        .map(([, literal = '']) => packageOf(literal))
        .filter((name) => names.includes(name))
        .map((name) => `${path} names ${name}, which only development installs`),
    );
}

function complaint(path: string, room: string, specifier: string): string[] {
  if (!specifier.startsWith('.')) {
    const name = packageOf(specifier);
    const rooms = PACKAGES[name];
    if (rooms === undefined) return [`${path}: the package ${name} stands in no row of test/house/rooms.ts`];
    return rooms === 'everywhere' || rooms.includes(room) ? [] : [`${path}: ${name} belongs to ${rooms.join(', ')}`];
  }
  const target = posix.join(posix.dirname(path), specifier);
  const targetRoom = roomOf(target);
  if (targetRoom === room) return [];
  const allowed = ROOMS[room] ?? [];
  if (allowed.includes(target) || (targetRoom !== undefined && allowed.includes(targetRoom))) return [];
  return [`${path}: ${room} may not import ${target}`];
}

/** The room of a file: the longest matching row of the table. */
export function roomOf(path: string): string | undefined {
  const rooms = Object.keys(ROOMS).filter((room) => path === room || path.startsWith(`${room}/`));
  return rooms.sort((one, other) => other.length - one.length)[0];
}

/** `@a/b/c` is of the package `@a/b`; `node:fs/promises` is of `node:fs`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The files of the repository that a file imports. */
export function filesImportedBy(tree: Tree, path: string): string[] {
  return importsOf(tree, path)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(posix.dirname(path), specifier));
}

/**
 * What a file imports, as written there: by static and dynamic imports, by exports from another
 * file, and for types; also files that it names by `new URL` and the like.
 */
function importsOf(tree: Tree, path: string): string[] {
  const { module } = parse(tree, path);
  const text = textOf(tree, path);
  const dynamic = module.dynamicImports.map(({ moduleRequest: { start, end } }) => {
    const literal = /^(['"`])([^'"`$]+)\1$/.exec(text.slice(start, end));
    // A specifier that is computed cannot be checked. Its source text stands for it, which no row
    // allows.
    return literal?.[2] ?? `./${text.slice(start, end)}`;
  });
  const addressed = [...text.matchAll(/(?:new URL|import\.meta\.resolve|require)\(\s*'(\.{1,2}\/[^']+\.[jt]s)'/g)];
  const inTypes = [...text.matchAll(/\bimport\('([^']+)'\)/g)];
  return [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) => entries.map((entry) => entry.moduleRequest?.value)),
    ...dynamic,
    ...[...addressed, ...inTypes].map(([, specifier]) => specifier),
  ].filter((specifier) => specifier !== undefined);
}
