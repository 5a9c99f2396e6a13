import { isNode, nodesOf, type SyntaxNode } from '../house/syntax.ts';
import { lineAt, parse, type Tree, textOf } from '../house/tree.ts';

/** One small fault in a file, like a slip of the pen. */
export interface Mutant {
  readonly path: string;
  readonly line: number;
  /** The old text, and the new one. */
  readonly from: string;
  readonly to: string;
  /** The whole file with the fault. */
  readonly text: string;
}

/** Every possible fault of a file, in the order of its text. */
export function mutantsOf(tree: Tree, path: string): Mutant[] {
  const text = textOf(tree, path);
  const mutants: Mutant[] = [];
  for (const [node, around] of nodesOf(parse(tree, path))) {
    if (around.some(({ type }) => type.startsWith('TS') && !HAS_VALUE.has(type)) || node.type === 'ImportDeclaration')
      continue;
    for (const { start, end, to } of changesOf(node, text)) {
      const from = text.slice(start, end);
      if (from === to) continue;
      mutants.push({ path, line: lineAt(text, start), from, to, text: text.slice(0, start) + to + text.slice(end) });
    }
  }
  return mutants;
}

/** Types of nodes that hold a value. All others hold only types, which do not run. */
const HAS_VALUE = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression', 'TSParameterProperty']);

interface Change {
  readonly start: number;
  readonly end: number;
  readonly to: string;
}

const OPPOSITE = new Map([
  ['<', '<='],
  ['<=', '<'],
  ['>', '>='],
  ['>=', '>'],
  ['===', '!=='],
  ['!==', '==='],
  ['+', '-'],
  ['-', '+'],
  ['*', '/'],
  ['/', '*'],
  ['&&', '||'],
  ['||', '&&'],
]);

const OPPOSITE_CALL = new Map([
  ['every', 'some'],
  ['some', 'every'],
  ['min', 'max'],
  ['max', 'min'],
]);

/** From here on a number is a time or a size, and a change to the next number is not visible. */
const LARGE = 100;

function changesOf(node: SyntaxNode, text: string): Change[] {
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
      return [...exchanged(node, text), ...leftAlone(node, text)];
    case 'UnaryExpression':
      return node.operator === '!' && isNode(node.argument) ? [replaced(node, textIn(node.argument, text))] : [];
    case 'ConditionalExpression': {
      const { consequent, alternate } = node;
      if (!isNode(consequent) || !isNode(alternate)) return [];
      return [replaced(node, `(${textIn(consequent, text)})`), replaced(node, `(${textIn(alternate, text)})`)];
    }
    case 'IfStatement':
      return isNode(node.test) ? [replaced(node.test, 'true'), replaced(node.test, 'false')] : [];
    case 'Literal':
      return literal(node);
    case 'ReturnStatement':
      // `return false` stays: its callers take undefined for no, so the fault would change nothing.
      return isNode(node.argument) && node.argument.value !== false ? [replaced(node.argument, 'undefined')] : [];
    case 'ExpressionStatement':
      return isCall(node.expression) ? [replaced(node, ';')] : [];
    case 'CallExpression':
      return methods(node, text);
    default:
      return [];
  }
}

/** Replaces this operator by another. */
function exchanged(node: SyntaxNode, text: string): Change[] {
  const to = OPPOSITE.get(String(node.operator));
  if (to === undefined || !isNode(node.left) || !isNode(node.right)) return [];
  const start = text.indexOf(String(node.operator), node.left.end);
  return [{ start, end: start + String(node.operator).length, to }];
}

/** Removes the default of an expression. */
function leftAlone(node: SyntaxNode, text: string): Change[] {
  return node.operator === '??' && isNode(node.left) ? [replaced(node, textIn(node.left, text))] : [];
}

function literal(node: SyntaxNode): Change[] {
  if (typeof node.value === 'boolean') return [replaced(node, String(!node.value))];
  if (typeof node.value === 'number') {
    return [replaced(node, node.value < LARGE ? `(${node.value} + 1)` : `(${node.value} * 10)`)];
  }
  return [];
}

/**
 * Makes a filter pass everything, and replaces a method by its opposite, such as `max` by `min`.
 */
function methods(node: SyntaxNode, text: string): Change[] {
  const { callee } = node;
  if (!isNode(callee) || callee.type !== 'MemberExpression' || !isNode(callee.property) || !isNode(callee.object))
    return [];
  const name = String(callee.property.name);
  if (name === 'filter') return [replaced(node, textIn(callee.object, text))];
  const opposite = OPPOSITE_CALL.get(name);
  return opposite === undefined ? [] : [replaced(callee.property, opposite)];
}

function isCall(node: unknown): boolean {
  if (!isNode(node)) return false;
  return node.type === 'CallExpression' || (node.type === 'AwaitExpression' && isCall(node.argument));
}

const replaced = ({ start, end }: SyntaxNode, to: string): Change => ({ start, end, to });
const textIn = ({ start, end }: SyntaxNode, text: string) => text.slice(start, end);
