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

/**
 * The environment of each service of docker-compose.yml as the file has it: a value that a variable
 * of .env sets reads `${NAME:-default}`.
 */
export async function composeEnvironments(): Promise<Readonly<Record<string, ComposeService['environment']>>> {
  const { services } = parse(await readCompose(), { merge: true });
  return Object.fromEntries(
    Object.entries<ComposeService>(services).map(([name, { environment }]) => [name, environment]),
  );
}

/** The ports that infra/compose.webhook.yml adds to services, as the file has them. */
export async function webhookPorts(): Promise<Readonly<Record<string, readonly string[]>>> {
  const text = await readFile(new URL('infra/compose.webhook.yml', ROOT), 'utf8');
  const services: Record<string, ComposeService> = parse(text).services;
  return Object.fromEntries(Object.entries(services).map(([name, { ports = [] }]) => [name, ports]));
}

/** The secrets of docker-compose.yml by name, with their files. */
export async function composeSecrets(): Promise<Readonly<Record<string, { readonly file: string }>>> {
  return (await composeFile()).secrets;
}

async function composeFile() {
  return parse(interpolated(await readCompose()), { merge: true });
}

async function readCompose(): Promise<string> {
  return await readFile(new URL('docker-compose.yml', ROOT), 'utf8');
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
