import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { converse, personOf, placeOf, Speaker } from './conversation.ts';
import type { PageApp, PageParts } from './parts.ts';
import { refuse } from './refusal.ts';

const MOST_BYTES = 16_384;

const Pressed = Speaker.extend({ action: z.string().min(1).max(64) });

/**
 * POST /api/actions: a button is pressed. POST /api/not-me: somebody says that a photo of their
 * album shows somebody else. Only the page knows the album, so this route does no more than count.
 */
export function actionRoutes(app: PageApp, parts: PageParts): void {
  const limit = bodyLimit({ maxSize: MOST_BYTES, onError: (c) => refuse(c, 'malformed') });

  app.post('/api/actions', limit, async (c) => {
    if (!isJson(c)) return refuse(c, 'notJson');
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
  app.post('/api/not-me', limit, async (c) => {
    if (!isJson(c)) return refuse(c, 'notJson');
    if (!Speaker.safeParse(await c.req.json().catch(() => undefined)).success) return refuse(c, 'malformed');
    parts.onNotMe();
    return c.body(null, 204);
  });
}

function isJson(c: Context): boolean {
  return /^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '');
}
