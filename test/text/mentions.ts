import { productFiles, type Tree, textOf } from '../house/tree.ts';
import type { Sentences } from './catalogue.ts';

/** The facts of a command that README states too. A test compares the two. */
export interface Listed {
  readonly name: string;
  readonly kind: 'anywhere' | 'admins' | 'photos';
  readonly photos?: { readonly max: number };
}

/**
 * Words after a slash in documents that are no commands of ours: commands of BotFather, and parts
 * of paths.
 */
const FOREIGN = [
  'newbot',
  'mybots',
  'setjoingroups',
  'setprivacy',
  'file',
  'usr',
  'var',
  'healthz',
  'readyz',
  'metrics',
];

/** The commands that a text names: `/find`, but not a part of a path. */
export function commandsIn(text: string): string[] {
  return [...text.matchAll(/(?<![\w/.<])\/([a-z]+)(?![\w/])/g)].map(([, name = '']) => name);
}

/** Commands that README lacks, adds, reorders, or gives another number of photos. */
export function readmeViolations(readme: string, listed: readonly Listed[]): string[] {
  const names = listed.map(({ name }) => name);
  const [, table = ''] = /## Commands\n([\s\S]*?)\n## /.exec(readme) ?? [];
  const rows = new Map(
    table.split('\n').flatMap((row) => commandsIn(row.split('|')[1] ?? '').map((name) => [name, row] as const)),
  );
  return [
    ...([...rows.keys()].join() === names.join()
      ? []
      : [`README lists ${[...rows.keys()]}, commands/index.ts ${names}`]),
    ...listed.flatMap(({ name, photos }) => {
      const most = /up to (\d+)/.exec(rows.get(name) ?? '')?.[1];
      return most === photos?.max.toString()
        ? []
        : [`README says up to ${most} photos of /${name}, which takes ${photos?.max}`];
    }),
  ];
}

/** Commands in documents and the page's scripts that do not exist. */
export function unknownCommands(tree: Tree, listed: readonly Pick<Listed, 'name'>[]): string[] {
  const names = [...listed.map(({ name }) => name), ...FOREIGN];
  return [...tree.keys()].flatMap((path) =>
    namedIn(path, tree)
      .filter((name) => !names.includes(name))
      .map((name) => `${path} names /${name}, which is no command`),
  );
}

function namedIn(path: string, tree: Tree): string[] {
  if (/^([A-Z]+|docs\/[\w-]+)\.md$/.test(path))
    return (textOf(tree, path).match(/`\/[^`\n]+`/g) ?? []).flatMap(commandsIn);
  if (!/^src\/bots\/page\/public\/.*\.(js|html)$/.test(path)) return [];
  return [...textOf(tree, path).matchAll(/['"]\/([a-z]+)['"]/g)].map(([, name = '']) => name);
}

/** Sentences that nobody says, because no product code names their key. */
export function unsaidSentences(tree: Tree, english: Sentences): string[] {
  const sources = [...productFiles(tree), 'src/bots/page/public/index.html'];
  const said = new Set(
    sources
      .filter((path) => path !== 'src/text/arguments.ts')
      .flatMap((path) => textOf(tree, path).match(/\w+/g) ?? []),
  );
  // The welcome has a sentence for each step, with the key `step_` and the name of a command.
  return [...english.keys()]
    .filter((path) => !said.has((path.split('.').at(-1) ?? '').replace(/^step_/, '')))
    .map((path) => `${path} is said by nobody`);
}
