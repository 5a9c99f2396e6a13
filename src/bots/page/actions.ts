import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { converse, personOf, placeOf, Speaker } from './conversation.ts';
import type { PageApp, PageParts } from './parts.ts';
import { refuse } from './refusal.ts';

const MOST_BYTES = 16_384;

const Pressed = Speaker.extend({ action: z.string().min(1).max(64) });

/** POST /api/actions: a button is pressed. */
export function actionRoute(app: PageApp, parts: PageParts): void {
  const limit = bodyLimit({ maxSize: MOST_BYTES, onError: (c) => refuse(c, 'malformed') });

  app.post('/api/actions', limit, async (c) => {
    if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) return refuse(c, 'notJson');
    const pressed = Pressed.safeParse(await c.req.json().catch(() => undefined));
    if (!pressed.success) return refuse(c, 'malformed');
    const { action, user, name } = pressed.data;
    const { names, person: sender } = parts.state.uploads.resume(action, user);
    const person = name === undefined && sender ? sender : personOf(pressed.data);
    const place = placeOf(c, pressed.data);
    return await converse(c, parts, { person, place, uploads: names }, (envelope) =>
      parts.chat.press({ ...envelope, action }),
    );
  });
}
