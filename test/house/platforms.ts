import { productFiles, type Tree, textOf } from './tree.ts';

/**
 * How many files outside a platform's folder may name it: the list of platforms, and its causes for
 * operators.
 */
const MAY_NAME = 3;

/**
 * Platforms that more than {@link MAY_NAME} files outside their folder name, in code or comments.
 * Files of src/text do not count: a platform may need sentences of its own, in each language.
 */
export function platformsEverywhere(tree: Tree): string[] {
  return platformsOf(tree).flatMap((id) => {
    const name = new RegExp(`(?<![a-z])${id}(?![a-z])`, 'i');
    // "page" is also a common word. It means the platform only as an id in quotes, in a path, and
    // in the names of settings (PLAYGROUND).
    const own = id === 'page' ? /'page'|bots\/page\/|\.\/page\/|PLAYGROUND/ : name;
    const named = productFiles(tree).filter(
      (path) => /^(src|commands|models)\//.test(path) && !isOwn(path, id) && own.test(textOf(tree, path)),
    );
    return named.length > MAY_NAME ? [`${id} is named in ${named.join(', ')}`] : [];
  });
}

/** Every folder in which a platform is declared. */
function platformsOf(tree: Tree): string[] {
  return [...tree.keys()].flatMap((path) => /^src\/bots\/(\w+)\/platform\.ts$/.exec(path)?.[1] ?? []);
}

function isOwn(path: string, id: string): boolean {
  return path.startsWith(`src/bots/${id}/`) || path.startsWith('src/text/');
}
