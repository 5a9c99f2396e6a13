import { productFiles, type Tree, textOf } from './tree.ts';

/** Files outside of a platform's folder that may name it: the list of platforms, and what operators read of its causes. */
const MAY_NAME = 3;

/**
 * Platforms that more than three files outside of their folder name, comments included. Sentences for people are left out:
 * each language has its own, and only where a platform needs words of its own.
 */
export function platformsEverywhere(tree: Tree): string[] {
  return platformsOf(tree).flatMap((id) => {
    const name = new RegExp(`(?<![a-z])${id}(?![a-z])`, 'i');
    // "page" is a word too: only where it stands alone, as an id does, it means the platform.
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
