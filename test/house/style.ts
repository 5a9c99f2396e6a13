import { isFunction, isNode, nameOf, nodesOf, type SyntaxNode } from './syntax.ts';
import { lineAt, parse, productFiles, type Tree, testFiles, textOf } from './tree.ts';

const MAX_FILE_LINES = 300;
const MAX_FUNCTION_LINES = 100;
const MAX_COMMENT_SIGNS = 100;
const MIN_DOCUMENTED = 0.85;
const MIN_TEST_LINES_PER_LINE = 1;

/** A table may be long, because people look one row up and do not read all of it. */
const TABLES = ['test/house/rooms.ts'];

/** Files that are too long for a reader, tests included. */
export function longFiles(tree: Tree): string[] {
  const files = [...productFiles(tree), ...testFiles(tree)].filter((path) => !TABLES.includes(path));
  return files.flatMap((path) => {
    const lines = textOf(tree, path).trimEnd().split('\n').length;
    return lines > MAX_FILE_LINES ? [`${path} has ${lines} lines: at most ${MAX_FILE_LINES}`] : [];
  });
}

/** Functions that are too long for a reader. A function around a whole file counts too. */
export function longFunctions(tree: Tree): string[] {
  return productFiles(tree).flatMap((path) => {
    const text = textOf(tree, path);
    return [...nodesOf(parse(tree, path))].flatMap(([node]) => {
      if (!isFunction(node)) return [];
      const [first, last] = [lineAt(text, node.start), lineAt(text, node.end)];
      const lines = last - first + 1;
      return lines > MAX_FUNCTION_LINES
        ? [`${path}:${first} is a function of ${lines} lines: at most ${MAX_FUNCTION_LINES}`]
        : [];
    });
  });
}

/** Comment lines that are too long. A table's row, and a line with a URL, cannot be shorter. */
export function longComments(tree: Tree): string[] {
  return [...tree.keys()].flatMap((path) =>
    commentLinesOf(tree, path)
      .filter(({ text }) => text.length > MAX_COMMENT_SIGNS && !/https?:\/\/|^\s*(\*|#|\/\/) \|/.test(text))
      .map(({ line, text }) => `${path}:${line} is a comment of ${text.length} signs: at most ${MAX_COMMENT_SIGNS}`),
  );
}

interface CommentLine {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}

/** The lines of a file that hold only a comment. */
function commentLinesOf(tree: Tree, path: string): CommentLine[] {
  const lines = textOf(tree, path)
    .split('\n')
    .map((text, index) => ({ line: index + 1, text }));
  if (/(\.(yml|yaml|sh|conf)|Dockerfile|^\.ci\/\w+)$/.test(path)) return lines.filter(({ text }) => /^\s*#/.test(text));
  if (path.endsWith('.css')) return lines.filter(({ text }) => /^\s*(\/\*|\*)/.test(text));
  if (!/\.(ts|js)$/.test(path)) return [];
  return parse(tree, path).comments.flatMap(({ start, end }) => {
    const first = lineAt(textOf(tree, path), start);
    const isAlone = /^\s*\/[/*]/.test(lines[first - 1]?.text ?? '');
    return isAlone ? lines.slice(first - 1, lineAt(textOf(tree, path), end)) : [];
  });
}

/** Files that export all of another file, or hold nothing but exports from other files. */
export function barrels(tree: Tree): string[] {
  return productFiles(tree).flatMap((path) => {
    const { body } = parse(tree, path).program;
    const statements: readonly { readonly type: string; readonly source?: unknown }[] = body;
    const passesOn = ({ type, source }: (typeof statements)[number]) =>
      type === 'ExportAllDeclaration' || (type === 'ExportNamedDeclaration' && Boolean(source));
    const all = statements.some(({ type }) => type === 'ExportAllDeclaration');
    return all || (statements.length > 0 && statements.every(passesOn)) ? [`${path} is a barrel`] : [];
  });
}

/** Files whose name, or whose folder's name, could mean anything. */
export function grabBags(tree: Tree): string[] {
  const vague = /(^|\/)(utils?|helpers?|common|misc|shared|lib|stuff)(\/|\.[tj]s$)/;
  return productFiles(tree)
    .filter((path) => vague.test(path))
    .map((path) => `${path}: name it by its subject`);
}

/** Ways around the types and the linter. */
const ESCAPES: readonly RegExp[] = [
  /@ts-(ignore|expect-error|nocheck)/g,
  /biome-ignore/g,
  /\bas any\b|: any\b|<any>|\bany\[\]/g,
  /\bas unknown as\b|\bas never\b/g,
];

/**
 * How many escapes a file needs, for the reason beside it. A file with fewer or more is a
 * violation.
 */
const EXCUSED: Readonly<Record<string, number>> = {
  // The client's type allows only arrays of numbers for a vector.
  'src/gallery/elasticsearch/nearest.ts': 1,
  // To Node's types a row is only a record of values; its columns have no types.
  'src/sqlite/statements.ts': 1,
};

/** Files with more or fewer type and lint escapes than are excused. */
export function escapes(tree: Tree): string[] {
  const found = productFiles(tree).flatMap((path) => {
    const code = withoutStrings(tree, path);
    const count = ESCAPES.reduce((sum, pattern) => sum + (code.match(pattern)?.length ?? 0), 0);
    const excused = EXCUSED[path] ?? 0;
    return count === excused ? [] : [`${path} has ${count} type or lint escapes, ${excused} excused`];
  });
  const gone = Object.keys(EXCUSED).filter((path) => !tree.has(path));
  return [...found, ...gone.map((path) => `${path} is excused and not there`)];
}

/**
 * The text with every string emptied, so that a rule does not take a sentence for code. Comments
 * stay, because some escapes are comments.
 */
function withoutStrings(tree: Tree, path: string): string {
  let text = textOf(tree, path);
  for (const [node] of nodesOf(parse(tree, path))) {
    const quoted = node.type === 'TemplateElement' || (node.type === 'Literal' && typeof node.value === 'string');
    if (quoted) text = text.slice(0, node.start) + ' '.repeat(node.end - node.start) + text.slice(node.end);
  }
  return text;
}

/** Exports without a comment, when there are more than the house allows. */
export function undocumented(tree: Tree): string[] {
  const exports = productFiles(tree)
    .filter((path) => !path.includes('/public/'))
    .flatMap((path) => exportsOf(tree, path));
  const bare = exports.filter(({ documented }) => !documented);
  if (bare.length <= exports.length * (1 - MIN_DOCUMENTED)) return [];
  return bare.map(({ path, line }) => `${path}:${line} exports something that no comment explains`);
}

interface Exported {
  readonly path: string;
  readonly line: number;
  readonly documented: boolean;
}

function exportsOf(tree: Tree, path: string): Exported[] {
  const { program, comments } = parse(tree, path);
  const text = textOf(tree, path);
  return program.body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration' || !statement.declaration) return [];
    const before = comments.filter(({ end }) => end <= statement.start).at(-1);
    const documented = before !== undefined && text.slice(before.end, statement.start).trim() === '';
    return [{ path, line: lineAt(text, statement.start), documented }];
  });
}

/**
 * A promise that a block with `using` returns without awaiting it. The block ends, and closes what
 * it holds, before the promise settles. If the promise rejects before that, nobody reads the
 * rejection, and it ends the process.
 */
export function returnsUnderUsing(tree: Tree): string[] {
  return [...productFiles(tree), ...testFiles(tree)].flatMap((path) => {
    const text = textOf(tree, path);
    const slow = asyncFunctionsOf(tree, path);
    const holders = new Set<SyntaxNode>();
    const returns: (readonly [SyntaxNode, SyntaxNode])[] = [];
    for (const [node, around] of nodesOf(parse(tree, path))) {
      const own = around.findLast(isFunction);
      if (own === undefined || own.async !== true) continue;
      if (node.type === 'VariableDeclaration' && String(node.kind).includes('using')) holders.add(own);
      if (node.type === 'ReturnStatement' && isPromise(node.argument, slow)) returns.push([node, own]);
    }
    return returns
      .filter(([, own]) => holders.has(own))
      .map(([node]) => `${path}:${lineAt(text, node.start)} returns a promise out of a block with using: await it`);
  });
}

/** Names of a file's async functions. */
function asyncFunctionsOf(tree: Tree, path: string): ReadonlySet<string> {
  const names = [...nodesOf(parse(tree, path))].flatMap(([node]) => {
    const { id, init } = node;
    if (node.type === 'FunctionDeclaration' && node.async === true) return [nameOf(id)];
    return node.type === 'VariableDeclarator' && isNode(init) && init.async === true ? [nameOf(id)] : [];
  });
  return new Set(names.filter((name) => name !== undefined));
}

/**
 * `x.promise`, `new Promise(…)`, `Promise.all(…)`, or a call of an async function of the same file.
 */
function isPromise(argument: unknown, slow: ReadonlySet<string>): boolean {
  if (!isNode(argument)) return false;
  if (argument.type === 'MemberExpression') return nameOf(argument.property) === 'promise';
  if (argument.type !== 'CallExpression' && argument.type !== 'NewExpression') return false;
  const { callee } = argument;
  if (!isNode(callee)) return false;
  const called = nameOf(callee) ?? nameOf(callee.object);
  return called === 'Promise' || (called !== undefined && slow.has(called));
}

/** A violation when there are fewer lines of tests than of code. */
export function tooFewTests(tree: Tree): string[] {
  const lines = (paths: readonly string[]) =>
    paths.reduce((sum, path) => sum + textOf(tree, path).trimEnd().split('\n').length, 0);
  const [code, tests] = [lines(productFiles(tree)), lines(testFiles(tree))];
  return tests >= code * MIN_TEST_LINES_PER_LINE ? [] : [`${tests} lines of tests for ${code} lines of code`];
}

/** Dumps, databases and logs, which a program that ran here made. */
export function strayFiles(tree: Tree): string[] {
  const made = [...tree.keys()].filter((path) => /\.(rdb|aof|db|db-wal|db-shm|log|heapsnapshot|hprof)$/.test(path));
  return made.map((path) => `${path} was made by a program that ran here`);
}
