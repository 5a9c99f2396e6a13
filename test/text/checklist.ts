import { readFileSync } from 'node:fs';
import { z } from 'zod';

const schema = z.strictObject({
  about: z.string(),
  duties: z.array(
    z.strictObject({
      id: z.string(),
      asks: z.string(),
      where: z.enum(['notice', 'policy']),
      says: z.record(z.string(), z.string()),
    }),
  ),
});

/** What people must be told, and where. */
export const checklist = schema.parse(
  JSON.parse(readFileSync(new URL('../../docs/notice-checklist.json', import.meta.url), 'utf8')),
);

/** One of the things that people must be told. */
export type Duty = (typeof checklist)['duties'][number];
