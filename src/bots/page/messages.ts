import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Declaration } from '../../chat/command.ts';
import { failureReply } from '../../chat/failure.ts';
import { MAX_PHOTO_BYTES } from '../../face/limits.ts';
import { Failure } from '../../failure.ts';
import { wordsFor } from '../../text/words.ts';
import { chargeUnder, isKey } from './charge.ts';
import { converse, personOf, placeOf, Speaker } from './conversation.ts';
import { FormError, type FormLimits, readForm } from './form.ts';
import { localeOf } from './locale.ts';
import type { PageApp, PageParts } from './parts.ts';
import { refuse } from './refusal.ts';

const Message = Speaker.extend({ text: z.string().max(4_000).default('') });

/**
 * POST /api/messages: somebody sends a text and photos. If the answer is lost, the message may be
 * sent again with the same `Idempotency-Key`: it is answered anew, and budgets count it once.
 */
export function messageRoute(app: PageApp, parts: PageParts): void {
  const { uploads } = parts.state;
  const limits = photoLimits(parts.commands);

  app.post('/api/messages', async (c) => {
    if (!/^multipart\/form-data\s*;/i.test(c.req.header('content-type') ?? '')) return refuse(c, 'notMultipart');
    const key = c.req.header('idempotency-key');
    if (key !== undefined && !isKey(key)) return refuse(c, 'malformed');
    const charging = key === undefined ? undefined : chargeUnder(key, Date.now());
    const begun: string[] = [];
    const sink = {
      begin() {
        const name = uploads.begin();
        begun.push(name);
        return name;
      },
      append(name: string, chunk: Uint8Array) {
        uploads.append(name, chunk);
        charging?.append(name, chunk);
      },
    };
    try {
      const form = await readForm(c.env.incoming, limits, sink);
      const message = Message.safeParse(form.fields);
      if (!message.success) throw new FormError('malformed', message.error);

      const person = personOf(message.data);
      const place = placeOf(c, message.data);
      uploads.own(begun, person);
      const { user, scope, text } = message.data;
      const charge = charging?.of([user, scope, text], form.photos);
      const photos = form.photos.map((upload) => ({ platform: 'page', upload }) as const);
      return await converse(c, parts, { person, place, uploads: begun }, (envelope) =>
        parts.chat.ask({ ...envelope, ...parseText(text), photos, charge }),
      );
    } catch (error) {
      uploads.drop(begun);
      if (error instanceof FormError) return refuse(c, error.reason);
      if (!(error instanceof Failure)) throw error;
      const words = wordsFor(localeOf(c.req.header('accept-language')));
      return c.json({ id: randomUUID(), replies: [failureReply(error, words, parts.log)] });
    }
  });
}

/**
 * How many photos a message may have, which is the most that any command takes, and how many bytes
 * each photo may have.
 */
export function photoLimits(commands: readonly Declaration[]): FormLimits {
  const most = commands.map((command) => (command.kind === 'photos' ? command.photos.max : 0));
  return { photos: Math.max(...most), photoBytes: MAX_PHOTO_BYTES };
}

/**
 * `/Find  the tall one` is the command `find` with the arguments `the tall one`. A text without a
 * slash at its beginning has no command, and all of it is arguments.
 */
export function parseText(text: string): { readonly command: string; readonly args: string } {
  const [, command, args = ''] = /^\s*\/(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  return command === undefined
    ? { command: '', args: text.trim() }
    : { command: command.toLowerCase(), args: args.trim() };
}
