import { PATIENTLY, putTemplate } from './ensure.ts';
import { answered } from './failures.ts';
import type { Parts } from './parts.ts';
import { rebuild } from './rebuild.ts';
import { assertKnown, isOlder, putSchema, type Schema, schemaFound } from './schema.ts';
import { STEPS, type Step } from './steps.ts';
import { KINDS, type Kind, templateOf } from './templates.ts';

/** The schema after these steps. */
export function schemaAfter(steps: readonly Step[]): Schema {
  return steps.at(-1)?.to ?? { major: 1, minor: 0 };
}

/**
 * Takes the steps that an older gallery lacks. Processes that start meanwhile wait for this. After
 * an interruption the next start takes the steps that are left.
 * @throws Failure `unavailable` when the gallery was made by a newer facefinder
 */
export async function upgrade(parts: Parts, steps: readonly Step[] = STEPS): Promise<void> {
  const { client, names, meta } = parts;
  const today = schemaAfter(steps);
  const found = await schemaFound(client, names);
  assertKnown(found, today);
  if (!isOlder(found, today)) return;
  await meta.alone('upgrade', async () => {
    const from = await schemaFound(client, names);
    for (const step of steps.filter(({ to }) => isOlder(from, to))) {
      await take(parts, step);
      await putSchema(client, names, step.to);
    }
  });
}

async function take(parts: Parts, { fields = {}, rebuilt = [], fill }: Step): Promise<void> {
  const { client, names } = parts;
  // The indices of later packs are made from these templates.
  for (const kind of KINDS) await putTemplate(client, templateOf(kind, names.prefix));
  for (const kind of KINDS) {
    const properties = fields[kind];
    if (properties) await answered(client.indices.putMapping({ index: aliasesOf(parts, kind), properties }, PATIENTLY));
  }
  for (const kind of rebuilt) await rebuild(parts, kind, aliasesOf(parts, kind));
  await fill?.(parts);
}

function aliasesOf({ names }: Parts, kind: Kind): string {
  return kind === 'faces' ? names.everyFaces : names[kind];
}
