import { isNode, nameOf, nodesOf, type SyntaxNode } from './syntax.ts';
import { lineAt, parse, productFiles, type Tree, testFiles, textOf } from './tree.ts';

/**
 * Constants with the same name in several files. Somebody would change one and forget the other.
 */
export function twiceNamedConstants(tree: Tree): string[] {
  const places = new Map<string, string[]>();
  for (const path of productFiles(tree)) {
    const text = textOf(tree, path);
    for (const [node] of nodesOf(parse(tree, path))) {
      if (node.type !== 'VariableDeclarator' || !isNumber(node.init)) continue;
      const name = isNode(node.id) ? node.id.name : undefined;
      if (typeof name !== 'string' || !/^[A-Z][A-Z0-9_]+$/.test(name)) continue;
      places.set(name, [...(places.get(name) ?? []), `${path}:${lineAt(text, node.start)}`]);
    }
  }
  return [...places].flatMap(([name, at]) =>
    at.length > 1 ? [`${name} stands in ${at.join(' and ')}: one place, or two names`] : [],
  );
}

/** Limits without a name: a count compared with a number above two. */
export function namelessLimits(tree: Tree): string[] {
  return productFiles(tree).flatMap((path) => {
    const text = textOf(tree, path);
    return [...nodesOf(parse(tree, path))].flatMap(([node]) => {
      const counted = isComparison(node) && [node.left, node.right].some(isCount);
      const number = [node.left, node.right].find((side) => isNode(side) && side.type === 'Literal' && isNumber(side));
      if (!counted || !isNode(number) || Number(text.slice(number.start, number.end)) <= 2) return [];
      return [
        `${path}:${lineAt(text, node.start)} compares a count with ${text.slice(number.start, number.end)}: name it`,
      ];
    });
  });
}

const isComparison = (node: SyntaxNode) => node.type === 'BinaryExpression' && /^[<>]=?$/.test(String(node.operator));

function isCount(node: unknown): boolean {
  if (!isNode(node) || node.type !== 'MemberExpression' || !isNode(node.property)) return false;
  return ['length', 'size', 'byteLength'].includes(String(node.property.name));
}

/** A number, or arithmetic of numbers and of other constants. */
function isNumber(node: unknown): boolean {
  if (!isNode(node)) return false;
  if (node.type === 'Literal') return typeof node.value === 'number';
  if (node.type === 'UnaryExpression') return isNumber(node.argument);
  return node.type === 'BinaryExpression' && [node.left, node.right].some(isNumber);
}

/** The shortest wait that a busy machine never exceeds; see `expect.poll` in vitest.config.ts. */
const PATIENCE_MS = 240_000;

/**
 * Calls of `vi.waitFor` that give up early. Without an option they give up after a second. A named
 * time is a promise of the product, and may be shorter.
 */
export function impatientWaits(tree: Tree): string[] {
  return testFiles(tree).flatMap((path) => {
    const text = textOf(tree, path);
    return [...nodesOf(parse(tree, path))].flatMap(([node]) => {
      if (node.type !== 'CallExpression' || !isNode(node.callee) || nameOf(node.callee.property) !== 'waitFor')
        return [];
      if (!isNode(node.callee.object) || nameOf(node.callee.object) !== 'vi') return [];
      const options = [node.arguments].flat()[1];
      const given = isNode(options) ? text.slice(options.start, options.end) : '1_000';
      const ms = /^(?:\{[\s\S]*timeout: )?([\d_]+)/.exec(given)?.[1];
      const isShort = ms !== undefined && Number(ms.replaceAll('_', '')) < PATIENCE_MS;
      return isShort ? [`${path}:${lineAt(text, node.start)} waits ${ms} ms: a busy machine needs more`] : [];
    });
  });
}

/**
 * Assertions that something took less time than a limit by the clock. They fail when the machine is
 * busy. `timedWork` in test/support/patience.ts tells how slow the machine was.
 */
export function clockedLimits(tree: Tree): string[] {
  return testFiles(tree).flatMap((path) => {
    const text = textOf(tree, path);
    return [...nodesOf(parse(tree, path))].flatMap(([node]) => {
      if (node.type !== 'CallExpression' || !isNode(node.callee) || !isNode(node.callee.object)) return [];
      if (!/^toBeLessThan(OrEqual)?$/.test(nameOf(node.callee.property) ?? '')) return [];
      const { start, end } = node.callee.object;
      if (!/^expect\((Date|performance)\.now\(\) - /.test(text.slice(start, end))) return [];
      return [`${path}:${lineAt(text, node.start)} fails on a busy machine: use timedWork`];
    });
  });
}
