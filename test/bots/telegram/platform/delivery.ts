import { setTimeout as sleep } from 'node:timers/promises';
import type { Update } from 'grammy/types';
import { Refusal } from './refusals.ts';

export interface WebhookSetting {
  readonly url: string;
  readonly secret: string | undefined;
}

/**
 * Delivers updates to the bot like Telegram: by polls, each of which confirms earlier updates, or
 * by requests to the webhook, each repeated until its answer is 2xx.
 */
export interface Delivery {
  readonly add: (update: Omit<Update, 'update_id'>) => number;
  /** Delivers an update again, as Telegram does after a lost confirmation. */
  readonly repeat: (id: number) => void;
  readonly poll: (offset: number, limit: number, timeout: number) => Promise<Update[]>;
  readonly setWebhook: (setting: WebhookSetting | undefined) => void;
  readonly webhook: () => WebhookSetting | undefined;
  /** Updates that the bot has not confirmed. */
  readonly pending: () => Update[];
  readonly stop: () => void;
}

export function delivery(): Delivery {
  const all = new Map<number, Update>();
  const waiting = new Map<number, Update>();
  let last = 0;
  let webhook: WebhookSetting | undefined;
  let wake = () => {};
  let otherPoll = () => {};
  let isStopped = false;
  /**
   * For each chat, the end of its last post to the webhook. Telegram posts a chat's next update
   * only after that.
   */
  const lanes = new Map<string, Promise<void>>();

  async function post(update: Update): Promise<void> {
    while (webhook && waiting.has(update.update_id) && !isStopped) {
      const status = await fetch(webhook.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(webhook.secret !== undefined && { 'x-telegram-bot-api-secret-token': webhook.secret }),
        },
        body: JSON.stringify(update),
      }).then(
        (response) => response.status,
        () => 0,
      );
      if (status >= 200 && status < 300) waiting.delete(update.update_id);
      else await sleep(100);
    }
  }

  function hand(update: Update): void {
    waiting.set(update.update_id, update);
    if (!webhook) {
      wake();
      return;
    }
    const chat = update.message?.chat.id ?? update.callback_query?.message?.chat.id ?? update.update_id;
    lanes.set(
      String(chat),
      (lanes.get(String(chat)) ?? Promise.resolve()).then(() => post(update)),
    );
  }

  return {
    add(update) {
      last += 1;
      const whole = { update_id: last, ...update } as Update;
      all.set(last, whole);
      hand(whole);
      return last;
    },
    repeat(id) {
      const update = all.get(id);
      if (update) hand(update);
    },
    async poll(offset, limit, timeout) {
      if (webhook) throw new Refusal(409, "Conflict: can't use getUpdates method while webhook is active");
      for (const id of waiting.keys()) if (id < offset) waiting.delete(id);
      // The newest poll is served. An earlier one that still waits is refused as a conflict.
      otherPoll();
      const ready = () => [...waiting.values()].toSorted((a, b) => a.update_id - b.update_id).slice(0, limit);
      if (ready().length === 0 && timeout > 0 && !isStopped) {
        const conflict = new Refusal(409, 'Conflict: terminated by other getUpdates request');
        await Promise.race([
          new Promise<void>((resolve) => (wake = resolve)),
          new Promise<void>((_, reject) => (otherPoll = () => reject(conflict))),
          sleep(timeout * 1000, undefined, { ref: false }),
        ]);
      }
      return ready();
    },
    setWebhook(setting) {
      webhook = setting;
      if (setting) for (const update of waiting.values()) hand(update);
    },
    webhook: () => webhook,
    pending: () => [...waiting.values()],
    stop() {
      isStopped = true;
      wake();
    },
  };
}
