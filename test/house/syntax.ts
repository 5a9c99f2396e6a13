import type { ParseResult } from 'oxc-parser';
import { visitorKeys } from 'oxc-parser';

/** A node of the syntax tree, with the fields that every node has. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/**
 * Every node of a file, with the nodes around it, from the outermost to the nearest. Parents come
 * before their children.
 */
export function* nodesOf({ program }: ParseResult): Generator<readonly [SyntaxNode, readonly SyntaxNode[]]> {
  yield* below(program as unknown as SyntaxNode, []);
}

function* below(
  node: SyntaxNode,
  around: readonly SyntaxNode[],
): Generator<readonly [SyntaxNode, readonly SyntaxNode[]]> {
  yield [node, around];
  const inside = [...around, node];
  for (const key of visitorKeys[node.type] ?? []) {
    for (const child of [node[key]].flat()) if (isNode(child)) yield* below(child, inside);
  }
}

/** Whether a field of a node holds a node. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The name that a key or an identifier spells; undefined for a computed one. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier' && typeof node.name === 'string') return node.name;
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  return undefined;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** Whether a node is a function with a body of its own. */
export function isFunction(node: SyntaxNode): boolean {
  return FUNCTIONS.has(node.type);
}
