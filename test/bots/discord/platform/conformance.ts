import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { type Before, beyondSchemas } from './rules.ts';
import { RECORDED } from './schemas.ts';

const DESCRIPTION = new URL('../../../../../shared/specs/discord-openapi.json', import.meta.url);

/** Whether Discord's own description is there for the check. */
export const hasDescription = existsSync(DESCRIPTION);

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
if (hasDescription) ajv.addSchema(JSON.parse(readFileSync(DESCRIPTION, 'utf8')), 'discord');

/**
 * Compiled when this file is loaded, because compiling takes half a second, which would otherwise
 * count as part of the bot's first answer.
 */
const compiled = new Map<string, ValidateFunction>(
  Object.entries(RECORDED).map(([route, recorded]) => [route, compile(route, recorded)]),
);

/**
 * What is wrong with a body for a path of Discord's description; empty if nothing is. `before` is
 * the message that the body changes.
 */
export function violations(
  method: string,
  path: string,
  body: unknown,
  files: readonly Blob[],
  before?: Before,
): string[] {
  const route = `${method} ${path}`;
  const validate = compiled.get(route);
  if (!validate) return [];
  const wrong = validate(body) ? [] : deepest(validate.errors ?? []);
  return [...wrong, ...beyondSchemas(body, files, before)].map((problem) => `${route}: ${problem}`);
}

function compile(route: string, recorded: object): ValidateFunction {
  const [method = '', path = ''] = route.split(' ');
  const pointer = path.replace(/~/g, '~0').replace(/\//g, '~1').replace(/[{}]/g, encodeURIComponent);
  const described = { $ref: `discord#/paths/${pointer}/${method}/requestBody/content/application~1json/schema` };
  return ajv.compile({ allOf: hasDescription ? [described, recorded] : [recorded] });
}

/**
 * The errors that lie deepest in the body. Where a union fails, ajv reports the errors of every
 * branch, and the branch that fits best fails deepest.
 */
function deepest(errors: readonly { instancePath: string; message?: string }[]): string[] {
  const longest = Math.max(...errors.map(({ instancePath }) => instancePath.length));
  return errors
    .filter(({ instancePath }) => instancePath.length === longest)
    .map(({ instancePath, message }) => `${instancePath} ${message}`);
}
