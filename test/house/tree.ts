import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseResult, parseSync } from 'oxc-parser';

const ROOT = join(import.meta.dirname, '../..');
/** Files and folders that do not belong to the repository. */
const FOREIGN = /^(node_modules|\.git|data|secrets|coverage|test\/bench\/rivals)$/;
const TEXT = /(\.(ts|js|mjs|md|json|yml|yaml|css|html|sh|conf)|Dockerfile)$/;

/**
 * The texts of the repository's files, by their path from its root, with `/`. Of a file that is no
 * text there is only the path, with an empty text.
 */
export type Tree = ReadonlyMap<string, string>;

/** Reads the repository from the disk, committed or not. */
export function readTree(root = ROOT): Tree {
  const tree = new Map<string, string>();
  const enter = (folder: string) => {
    for (const name of readdirSync(join(root, folder))) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (FOREIGN.test(path)) continue;
      if (statSync(join(root, path)).isDirectory()) enter(path);
      else tree.set(path, TEXT.test(name) ? readFileSync(join(root, path), 'utf8') : '');
    }
  };
  enter('');
  return tree;
}

/** The same tree with one file added or changed. */
export function plant(tree: Tree, path: string, text: string): Tree {
  return new Map(tree).set(path, text);
}

/**
 * The same tree with lines put before the text of one file.
 * @throws when there is no such file
 */
export function prepend(tree: Tree, path: string, lines: string): Tree {
  const text = tree.get(path);
  if (text === undefined) throw new Error(`there is no ${path} to plant something in`);
  return plant(tree, path, `${lines}\n${text}`);
}

/** TypeScript and JavaScript of the product, without its tests. */
export function productFiles(tree: Tree): string[] {
  return [...tree.keys()].filter((path) => /^(bin|src|commands|models|infra)\/.*\.(ts|js)$/.test(path)).sort();
}

/** TypeScript of the tests. */
export function testFiles(tree: Tree): string[] {
  return [...tree.keys()].filter((path) => /^test\/.*\.ts$/.test(path)).sort();
}

/**
 * The text of a file.
 * @throws when there is no such file
 */
export function textOf(tree: Tree, path: string): string {
  const text = tree.get(path);
  if (text === undefined) throw new Error(`there is no ${path}`);
  return text;
}

const parsed = new Map<string, ParseResult>();

/** The syntax tree of a file. Each text is parsed once. */
export function parse(tree: Tree, path: string): ParseResult {
  const text = textOf(tree, path);
  const key = `${path}\n${text}`;
  const known = parsed.get(key) ?? parseSync(path, text);
  parsed.set(key, known);
  return known;
}

/** 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
