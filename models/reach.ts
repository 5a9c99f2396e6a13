import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { unreachable } from './fetch.ts';
import type { PackFile } from './manifest.ts';

const run = promisify(execFile);

/** How long a source may take to say that it has a file. */
const REGISTRY_PATIENCE_MS = 20_000;

/** Asks each source whether it has the file, and brings nothing. Throws as fetching would where one does not. */
export async function assertFetchable(files: readonly PackFile[], base: string, mirror?: string): Promise<void> {
  const asked = new Set<string>();
  for (const file of files) {
    const source = file.source.startsWith('file:') ? file.source : (mirror ?? file.source);
    const question = mirror === undefined ? source : `${source} ${file.sha256}`;
    if (asked.has(question)) continue;
    asked.add(question);
    await ask(file, source, base).catch((cause) => Promise.reject(unreachable(nameOf(source), cause)));
  }
}

async function ask(file: PackFile, source: string, base: string): Promise<void> {
  if (source.startsWith('file:')) return await access(resolve(base, source.slice('file:'.length)));
  if (source.startsWith('npm:')) {
    const args = ['view', source.slice('npm:'.length), 'dist.integrity', '--silent', '--prefer-online'];
    const { stdout } = await run('npm', args, { shell: process.platform === 'win32', timeout: REGISTRY_PATIENCE_MS });
    if (stdout.trim() === '') throw new Error('the registry does not know it');
    return;
  }
  if (!/^https?:/.test(source)) return await access(join(source, file.sha256));
  const url = source === file.source ? source : `${source.replace(/\/$/, '')}/${file.sha256}`;
  const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(REGISTRY_PATIENCE_MS) });
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
}

/** A source's address may hold a password: its host is enough. */
function nameOf(source: string): string {
  return /^https?:/.test(source) ? new URL(source).host : source;
}
