import { isNode, nameOf, nodesOf, type SyntaxNode } from './syntax.ts';
import { lineAt, parse, productFiles, type Tree, textOf } from './tree.ts';

/** Members that no product code reads, and who reads them instead. */
const READ_ELSEWHERE: Readonly<Record<string, string>> = {
  Bindings: 'hono, by its type',
  admitted: 'nobody: it makes a type that only one function can give',
  ca: 'tests, which trust the server by it',
  findsByThem: 'whoever has the receipt, in which it stands',
  requestTimeout: 'the client of Elasticsearch',
};
/**
 * Names in snake_case, which vendors use in the bodies of requests and answers. Our own names are
 * in camelCase.
 */
const VENDORS = /^[a-z]+(_[a-z]+)+$/;
/** The members in this file are keys of the catalogues, which test/text compares. */
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
 * Whether the rule leaves a member out: a key of the catalogues, or a name in a vendor's style. The
 * codes of causes have that style too, but are ours.
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
  // Only the members of an exported table count. Other objects are given to code that reads them,
  // which may belong to a package.
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
