import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** The parts of docker-compose.yml that matter when its services are started without Docker. */
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
  readonly security_opt?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly secrets?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy?: { readonly resources?: { readonly limits?: { readonly cpus: string; readonly memory: string } } };
}

export const ROOT = new URL('../../', import.meta.url);

export async function composeServices(): Promise<Readonly<Record<string, ComposeService>>> {
  const text = await readFile(new URL('docker-compose.yml', ROOT), 'utf8');
  return parse(interpolated(text), { merge: true }).services;
}

/** What Compose puts in for `${NAME:-default}` when nothing is set, and for `$$`. */
function interpolated(text: string): string {
  return text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1').replaceAll('$$', '$');
}

/** The command that a container of the image starts with, from the Dockerfile's ENTRYPOINT. */
export async function entrypointOf(dockerfile: string): Promise<string[]> {
  const text = await readFile(new URL(dockerfile, ROOT), 'utf8');
  return JSON.parse(/^ENTRYPOINT (.+)$/m.exec(text)?.[1] ?? '[]');
}
