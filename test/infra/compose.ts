import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** What docker-compose.yml says of one service, as far as it matters for a start without Docker. */
export interface ComposeService {
  readonly image: string;
  readonly build?: { readonly dockerfile: string };
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly restart?: string;
  readonly cap_drop?: readonly string[];
  readonly pids_limit?: number;
  readonly logging?: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
  readonly security_opt?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly secrets?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy?: { readonly resources?: { readonly limits?: { readonly cpus: string; readonly memory: string } } };
}

export const ROOT = new URL('../../', import.meta.url);

/** The services of docker-compose.yml by name. */
export async function composeServices(): Promise<Readonly<Record<string, ComposeService>>> {
  return (await composeFile()).services;
}

/** The secrets of docker-compose.yml by name, with their files. */
export async function composeSecrets(): Promise<Readonly<Record<string, { readonly file: string }>>> {
  return (await composeFile()).secrets;
}

async function composeFile() {
  const text = await readFile(new URL('docker-compose.yml', ROOT), 'utf8');
  return parse(interpolated(text), { merge: true });
}

/**
 * The text as Compose reads it when no variable is set: `${NAME:-default}` is the default, and `$$`
 * is `$`.
 */
function interpolated(text: string): string {
  return text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1').replaceAll('$$', '$');
}

/**
 * The file of the repository that a container of the image starts: the Dockerfile links the command
 * of its ENTRYPOINT to it.
 * @throws when there is no such link
 */
export async function entrypointOf(dockerfile: string): Promise<string> {
  const text = await readFile(new URL(dockerfile, ROOT), 'utf8');
  const [command] = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(text)?.[1] ?? '[]');
  const linked = new RegExp(`^RUN ln -s /facefinder/(\\S+) /usr/local/bin/${command}$`, 'm').exec(text)?.[1];
  if (linked === undefined) throw new Error(`the Dockerfile puts no ${command} on the PATH`);
  return linked;
}
