import type { Person } from '../../consent/who.ts';
import { errorFields } from '../../log.ts';
import { wordsFor } from '../../text/words.ts';
import type { Outcome } from '../answering/dispatch.ts';
import type { Ask } from '../ask.ts';
import { expired } from '../failure.ts';
import { courierOf, type Flow } from '../flow.ts';
import { askWhich, type SeriesButton } from './answer.ts';
import { ended, type Head } from './head.ts';
import { requested, takenOut } from './verdicts.ts';

/**
 * Whether the series of a button is still kept. If not, the message with the button stays as it is.
 */
export async function isKept(flow: Flow, person: Person, { series }: SeriesButton): Promise<boolean> {
  return (await flow.series.of(person))?.head.id === series;
}

/**
 * Does what a button of a series says. The worker that has the series shows what follows, in the
 * running answer or below it. The result has only what the running answer does not tell.
 * @throws Failure `expired` when the series is not kept any more, or was somebody else's
 */
export async function pressedInSeries(flow: Flow, ask: Ask, button: SeriesButton): Promise<Outcome> {
  const found = await flow.series.of(ask.person);
  if (found?.head.id !== button.series) throw expired('timedOut');
  const { id, head } = found;
  const change = (edit: (one: Head) => Head | undefined) =>
    flow.series.change(id, (one) => (one.id === button.series ? edit(one) : undefined));
  const words = wordsFor(ask.locale);
  switch (button.does) {
    case 'stop':
      await change((one) => ended(one, { why: 'stopped' }));
      return undefined;
    case 'more':
      await change(requested);
      return undefined;
    case 'again':
      await change((one) => ({ ...one, outbox: [...one.outbox, ...one.unsure], unsure: [], version: one.version + 1 }));
      return undefined;
    case 'which':
      return { ask, replies: [askWhich(head, words, button.number)] };
    case 'not': {
      const { parts } = flow.series;
      const { post } = (await parts.read(head, button.number)) ?? {};
      const isNew = (await change((one) => takenOut(one, button.number))) !== undefined;
      if (isNew) flow.metrics.harmed('not_me');
      if (isNew) await parts.drop(head, button.number);
      // A photo that cannot be deleted now stays in the private chat of the person who sent it.
      const remove = post && courierOf(flow, post.platform).takeBack?.(post);
      await remove?.catch((error) => flow.log.warn('photo not taken out', errorFields(error)));
      const text = words.me.takenOut({ found: 1, photos: String(button.number), seen: 2 });
      return { ask, replies: [{ kind: 'info', text }] };
    }
  }
}
