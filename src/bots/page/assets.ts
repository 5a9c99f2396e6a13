import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { Declaration } from '../../chat/command.ts';
import type { BrowserWords } from '../../text/words.ts';
import type { Next } from './next.ts';
import type { Scale } from './scale.ts';

/** A file as the browser gets it. */
export interface Asset {
  readonly type: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const PUBLIC = join(import.meta.dirname, 'public');

/**
 * All files below public/ of the {@link TYPES}, by their URL path. They are read once, so no
 * request can reach another file.
 */
export async function readAssets(): Promise<ReadonlyMap<string, Asset>> {
  const entries = await readdir(PUBLIC, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && extname(entry.name) in TYPES);
  return new Map(
    await Promise.all(
      files.map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const url = `/${relative(PUBLIC, path).split(sep).join('/')}`;
        const type = TYPES[extname(path)] ?? '';
        return [url, { type, body: new Uint8Array(await readFile(path)) }] as const;
      }),
    ),
  );
}

/** The facts that the page's modules in the browser read from the page. */
export interface PageFacts {
  readonly words: BrowserWords;
  readonly commands: readonly {
    readonly name: Declaration['name'];
    /** One line that says what the command does. */
    readonly what: string;
    /** The words on its button. */
    readonly button: string;
    /** The words that ask for its photos; undefined for a command without photos. */
    readonly photos?: { readonly add: string };
  }[];
  readonly limits: { readonly photos: number; readonly photoBytes: number };
  readonly scale: Pick<Scale, 'strangers' | 'dims'> | undefined;
  readonly next: Next;
}

/**
 * The page in one language. The template's `%word%` becomes the sentence of that name, its `lang`
 * becomes the language, and its `"%facts%"` becomes the facts as JSON. The JSON stands in a script
 * element that no browser runs, and its `<` are escaped, so it cannot end that element.
 */
export function renderPage(template: string, lang: string, facts: PageFacts): string {
  const json = JSON.stringify(facts).replaceAll('<', '\\u003c');
  const words: Readonly<Record<string, string>> = facts.words;
  return template
    .replace('<html lang="en">', `<html lang="${escapeHtml(lang)}">`)
    .replaceAll(/"%facts%"|%(\w+)%/g, (_, key?: string) => (key === undefined ? json : escapeHtml(words[key] ?? key)));
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
