import { posix } from 'node:path';
import { type Tree, textOf } from './tree.ts';

/** Files named in a document or comment that do not exist. */
export function missingFiles(tree: Tree): string[] {
  const paths = [...tree.keys()];
  const folders = new Set(paths.flatMap((path) => foldersOf(path)));
  const there = (named: string) => {
    const path = posix.normalize(named).replace(/\/$/, '');
    if (path.includes('*'))
      return paths.some((one) => posix.matchesGlob(one, path) || posix.matchesGlob(one, `${path}*`));
    return tree.has(path) || folders.has(path);
  };
  return [...tree].flatMap(([path, text]) => {
    const named = path.endsWith('.md') ? namedInDocument(path, text) : namedInComments(path, text);
    return named.filter((name) => !there(name)).map((name) => `${path} names ${name}, which is not there`);
  });
}

/** Files that the program makes, or that are outside the repository. */
const ELSEWHERE = /^(\.\.|data|secrets|node_modules|coverage)(\/|$)/;
const ROOMS = String.raw`(?:src|test|infra|commands|models|docs|\.ci)`;

function namedInDocument(path: string, text: string): string[] {
  const links = [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) =>
    posix.join(posix.dirname(path), link),
  );
  const code = [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, span = '']) =>
    [...span.matchAll(new RegExp(String.raw`(?<![\w./-])(${ROOMS}/[\w./*-]*)`, 'g'))].map(([, name = '']) => name),
  );
  return [...links, ...code].filter((name) => !ELSEWHERE.test(name)).flatMap(braced);
}

function namedInComments(path: string, text: string): string[] {
  if (!/\.(ts|js|yml|sh)$/.test(path)) return [];
  const comments = text.match(/\/\*[\s\S]*?\*\/|(^|\s)(\/\/|#).*$/gm) ?? [];
  return comments
    .flatMap((comment) =>
      [...comment.matchAll(new RegExp(String.raw`(?<![\w./:-])(${ROOMS}/[\w./-]*\.\w+)`, 'g'))].map(
        ([, name = '']) => name,
      ),
    )
    .filter((name) => !ELSEWHERE.test(name));
}

/** `a/{b,c}.ts` names two files. */
function braced(name: string): string[] {
  const [, before = '', inside = '', after = ''] = /^(.*)\{(.*)\}(.*)$/.exec(name) ?? [];
  return inside === '' ? [name.replace(/[.,]$/, '')] : inside.split(',').map((one) => `${before}${one}${after}`);
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** npm scripts in a document that package.json lacks. */
export function missingScripts(tree: Tree): string[] {
  const { scripts } = JSON.parse(textOf(tree, 'package.json')) as { scripts: Record<string, string> };
  return documents(tree).flatMap(([path, text]) =>
    [...text.matchAll(/npm (?:run )?(?:--silent )?(?:run )?([a-z][\w:]*)/g)].flatMap(([command, name = '']) =>
      command.includes('run ') && !(name in scripts)
        ? [`${path} says "${command}", and package.json has no ${name}`]
        : [],
    ),
  );
}

/** Settings in a document that the program does not read. */
export function missingVariables(tree: Tree): string[] {
  const code = [...tree].filter(([path]) => /^(src|models|infra)\/.*\.(ts|sh)$|^docker-compose\.yml$/.test(path));
  const known = (name: string) => code.some(([, text]) => text.includes(name));
  return documents(tree).flatMap(([path, text]) =>
    [...text.matchAll(/`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`]*)?`/g)].flatMap(([, name = '']) =>
      known(name.replace(/_FILE$/, '')) ? [] : [`${path} names the variable ${name}, which nothing reads`],
    ),
  );
}

function documents(tree: Tree): [string, string][] {
  return [...tree].filter(([path]) => path.endsWith('.md'));
}
