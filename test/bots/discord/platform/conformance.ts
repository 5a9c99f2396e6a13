import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { RECORDED } from './schemas.ts';

const DESCRIPTION = new URL('../../../../../shared/specs/discord-openapi.json', import.meta.url);

/** Whether Discord's own description is there for the check. */
export const hasDescription = existsSync(DESCRIPTION);

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
if (hasDescription) ajv.addSchema(JSON.parse(readFileSync(DESCRIPTION, 'utf8')), 'discord');

/**
 * Compiled beforehand, because it takes half a second, which would seem part of the bot's first
 * answer.
 */
const compiled = new Map<string, ValidateFunction>(
  Object.entries(RECORDED).map(([route, recorded]) => [route, compile(route, recorded)]),
);

/** What is wrong with a body for a path of Discord's description; empty if nothing is. */
export function violations(method: string, path: string, body: unknown, files: readonly Blob[]): string[] {
  const route = `${method} ${path}`;
  const validate = compiled.get(route);
  if (!validate) return [];
  const wrong = validate(body) ? [] : deepest(validate.errors ?? []);
  return [...wrong, ...beyondSchemas(body, files)].map((problem) => `${route}: ${problem}`);
}

function compile(route: string, recorded: object): ValidateFunction {
  const [method = '', path = ''] = route.split(' ');
  const pointer = path.replace(/~/g, '~0').replace(/\//g, '~1').replace(/[{}]/g, encodeURIComponent);
  const described = { $ref: `discord#/paths/${pointer}/${method}/requestBody/content/application~1json/schema` };
  return ajv.compile({ allOf: hasDescription ? [described, recorded] : [recorded] });
}

/** A union's errors name every branch. Those that got furthest are worth reading. */
function deepest(errors: readonly { instancePath: string; message?: string }[]): string[] {
  const longest = Math.max(...errors.map(({ instancePath }) => instancePath.length));
  return errors
    .filter(({ instancePath }) => instancePath.length === longest)
    .map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Rules that are only in Discord's documentation, not in its description. */
function beyondSchemas(body: unknown, files: readonly Blob[]): string[] {
  const { components = [], embeds = [], attachments, allowed_mentions, custom_id } = asMessage(body);
  const wrong: string[] = [];
  if (custom_id === undefined) {
    if (components.length > 5) wrong.push('more than 5 rows');
    if (components.some((row) => (row.components?.length ?? 0) > 5)) wrong.push('more than 5 buttons in a row');
    const ids = components.flatMap((row) => row.components?.map((button) => button.custom_id) ?? []);
    if (new Set(ids).size < ids.length) wrong.push('two buttons with one custom_id');
    if (allowed_mentions?.parse?.length) wrong.push('mentions are allowed');
  }
  if (embeds.reduce((sum, { description = '' }) => sum + description.length, 0) > 6000) wrong.push('embeds too long');
  if (files.reduce((sum, { size }) => sum + size, 0) > 10 * 1024 * 1024) wrong.push('more than 10 MiB of files');
  if (files.length > 0 && attachments?.length !== files.length) wrong.push('attachments do not match the files');
  return wrong;
}

interface Loose {
  readonly custom_id?: string;
  readonly components?: readonly { readonly components?: readonly { readonly custom_id?: string }[] }[];
  readonly embeds?: readonly { readonly description?: string }[];
  readonly attachments?: readonly unknown[];
  readonly allowed_mentions?: { readonly parse?: readonly string[] };
}

function asMessage(body: unknown): Loose {
  const record = body as { type?: number; data?: Loose } & Loose;
  return record.data ?? record;
}
