import { isNode, nameOf, nodesOf, type SyntaxNode } from './syntax.ts';
import { lineAt, parse, productFiles, type Tree, textOf } from './tree.ts';

/** Members that something outside reads, with the reader. */
const READ_ELSEWHERE: Readonly<Record<string, string>> = {
  Bindings: 'hono, by its type',
  admitted: 'nobody: it makes a type that only one function can give',
  ca: 'tests, which trust the server by it',
  findsByThem: 'whoever has the receipt, in which it stands',
  requestTimeout: 'the client of Elasticsearch',
};
/** A vendor's style of name, in a body for that vendor. Our own names have capitals. */
const VENDORS = /^[a-z]+(_[a-z]+)+$/;
/** Keys of this object are those of the catalogues, which test/text compares. */
const CATALOGUE = 'src/text/arguments.ts';

/**
 * Members of types and exported tables that no product code reads: by `.name`, by destructuring, or
 * by a string with the name. knip finds unused exports, but not members.
 */
export function unreadMembers(tree: Tree): string[] {
  const read = new Set<string>(Object.keys(READ_ELSEWHERE));
  const declared: { readonly name: string; readonly at: string }[] = [];
  for (const path of productFiles(tree)) {
    const text = textOf(tree, path);
    for (const [node, around] of nodesOf(parse(tree, path))) {
      const name = readBy(node, around.at(-1));
      if (name !== undefined) read.add(name);
      const member = declaredBy(node, around);
      if (member !== undefined && !isForeign(path, member))
        declared.push({ name: member, at: `${path}:${lineAt(text, node.start)}` });
    }
  }
  const unread = declared.filter(({ name }) => !read.has(name)).map(({ name, at }) => `${at}: nobody reads ${name}`);
  const known = new Set(declared.map(({ name }) => name));
  const stale = Object.keys(READ_ELSEWHERE).filter((name) => !known.has(name));
  return [...unread, ...stale.map((name) => `test/house/members.ts excuses ${name}, which nothing declares`)];
}

/**
 * A member of a body belongs to the body's vendor. A cause's code has the same form, but is ours.
 */
function isForeign(path: string, member: string): boolean {
  return path === CATALOGUE || (VENDORS.test(member) && !path.startsWith('src/causes/'));
}

function readBy(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  switch (node.type) {
    case 'MemberExpression':
      return nameOf(node.property);
    case 'Property':
      return parent?.type === 'ObjectPattern' ? nameOf(node.key) : undefined;
    case 'Literal':
      return parent?.type === 'Property' && parent.key === node ? undefined : nameOf(node);
    case 'TSQualifiedName':
      return nameOf(node.right);
    default:
      return undefined;
  }
}

function declaredBy(node: SyntaxNode, around: readonly SyntaxNode[]): string | undefined {
  if (node.type === 'TSPropertySignature' || node.type === 'TSMethodSignature') return nameOf(node.key);
  if (node.type !== 'Property' || around.at(-1)?.type !== 'ObjectExpression') return undefined;
  // This counts only members of an exported table. Other objects are passed to somebody who reads
  // them.
  const outside = around.filter(({ type }) => type !== 'ObjectExpression' && type !== 'Property');
  const table = outside.every(({ type }) => TABLE.has(type)) && around[1]?.type === 'ExportNamedDeclaration';
  return table && isNode(node.value) ? nameOf(node.key) : undefined;
}

const TABLE = new Set([
  'Program',
  'ExportNamedDeclaration',
  'VariableDeclaration',
  'VariableDeclarator',
  'TSAsExpression',
  'TSSatisfiesExpression',
]);
