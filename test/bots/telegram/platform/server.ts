import { lookup } from 'node:dns/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Overheard, overhear } from '../../overheard.ts';
import { readParams } from './body.ts';
import { type Delivery, delivery, type WebhookSetting } from './delivery.ts';
import { complaints } from './description.ts';
import { METHODS, type Params } from './methods.ts';
import { badRequest, Refusal } from './refusals.ts';
import { newWorld, type World } from './world.ts';

/** One request of the bot, noted when it was answered. */
interface Call {
  /** A method of the Bot API, or `file` for bytes. */
  readonly method: string;
  readonly params: Params;
  readonly status: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * How a call ends without an answer. `hang up`: the connection is cut and nothing is done. `done,
 * hang up`: the call is done, and then the connection is cut. `no answer`: nothing is done, and the
 * connection stays open.
 */
type Silence = 'hang up' | 'done, hang up' | 'no answer';

type Fault = (params: Params) => Refusal | Silence | undefined;

/** A Bot API on loopback, with a world behind it. */
export interface BotApi extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  readonly world: World;
  readonly updates: Delivery;
  readonly calls: Call[];
  /** The methods of calls that got no answer until the bot cut the connection. */
  readonly givenUp: string[];
  /** Every error in a call's fields, by the description of the Bot API. */
  readonly complaints: string[];
  /** Every byte of every request. */
  readonly sent: Overheard;
  /**
   * The next `times` calls of `method` are refused or not answered. `calls` notes `no answer` with
   * status 0, and no call whose connection was cut.
   */
  readonly fault: (method: string, refusal: Refusal | Silence, times?: number) => void;
  /** From now on each call of the bot but getUpdates takes so long to arrive, in milliseconds. */
  readonly late: (ms: number) => void;
  /** The path that getFile gives for a file; default: one at which this server has it. */
  pathOf: (file: string) => string;
  /** Fields that getMe gives instead of the usual ones, or besides them. */
  me: Readonly<Record<string, unknown>>;
  /** A webhook's last error in getWebhookInfo. */
  webhookTrouble: string | undefined;
  /** Resolves once `condition` gives something. Rejects after 4 minutes. */
  readonly until: <T>(what: string, condition: () => T | undefined | false) => Promise<T>;
}

const PATIENCE_MS = 240_000;

export async function startBotApi(): Promise<BotApi> {
  const token = '7000:loopback-token_loopback-token';
  const world = newWorld();
  const updates = delivery();
  const calls: Call[] = [];
  const givenUp: string[] = [];
  const found: string[] = [];
  const faults = new Map<string, Fault[]>();
  let latenessMs = 0;

  function run(method: string, params: Params): unknown {
    const fault = faults.get(method)?.shift()?.(params);
    if (fault === 'done, hang up') {
      perform(method, params);
      return 'hang up';
    }
    if (typeof fault === 'string') return fault;
    if (fault) throw fault;
    return perform(method, params);
  }

  function perform(method: string, params: Params): unknown {
    switch (method) {
      case 'getUpdates':
        return updates.poll(Number(params.offset ?? 0), Number(params.limit ?? 100), Number(params.timeout ?? 0));
      case 'setWebhook':
        return setWebhook({ url: String(params.url), secret: params.secret_token as string | undefined });
      case 'deleteWebhook':
        updates.setWebhook(undefined);
        return true;
      case 'getWebhookInfo':
        return {
          url: updates.webhook()?.url ?? '',
          has_custom_certificate: false,
          pending_update_count: updates.pending().length,
          ...(api.webhookTrouble !== undefined && {
            last_error_message: api.webhookTrouble,
            last_error_date: Math.floor(Date.now() / 1000),
          }),
        };
      case 'getMe':
        return { ...(METHODS.getMe?.(world, params) as object), ...api.me };
      case 'getFile':
        return { ...(METHODS.getFile?.(world, params) as object), file_path: api.pathOf(String(params.file_id)) };
      default: {
        const known = METHODS[method];
        if (!known) throw new Refusal(404, 'Not Found: method not found');
        return known(world, params);
      }
    }
  }

  async function setWebhook(setting: WebhookSetting): Promise<true> {
    await lookup(new URL(setting.url).hostname).catch(() => {
      throw badRequest('bad webhook: Failed to resolve host: Name or service not known');
    });
    updates.setWebhook(setting);
    return true;
  }

  const server = createServer(async (request, response) => {
    const [, kind, given, name = ''] = /^\/(file\/)?bot([^/]+)\/(.+)$/.exec(request.url ?? '') ?? [];
    const note = (method: string, params: Params, status: number) => {
      calls.push({ method, params, status, at: Date.now() });
    };
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (given !== token) return answer(401, { ok: false, error_code: 401, description: 'Unauthorized' });
    if (kind) {
      const file = world.files.get(/^photos\/(.+)\.jpg$/.exec(name)?.[1] ?? '');
      const fault = faults.get('file')?.shift()?.({});
      const status = fault instanceof Refusal ? fault.code : file ? 200 : 404;
      response.writeHead(status).end(status === 200 ? file?.bytes : undefined);
      return note('file', {}, status);
    }
    // A bot that is killed during a request gets no answer.
    const params = await readParams(request).catch((error) => {
      if (!request.errored) throw error;
    });
    if (!params) return;
    found.push(...complaints(name, withoutAttached(params)));
    try {
      if (latenessMs > 0 && name !== 'getUpdates') await sleep(latenessMs);
      const result = await run(name, params);
      if (result === 'hang up') return void response.destroy();
      if (result === 'no answer') {
        response.once('close', () => givenUp.push(name));
        return note(name, params, 0);
      }
      answer(200, { ok: true, result });
      note(name, params, 200);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, message, parameters } = error;
      answer(code, { ok: false, error_code: code, description: message, parameters });
      note(name, params, code);
    }
  });
  const sent = overhear(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const api: BotApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    world,
    updates,
    calls,
    givenUp,
    complaints: found,
    sent,
    me: {},
    webhookTrouble: undefined,
    pathOf: (file) => `photos/${file}.jpg`,
    fault(method, refusal, times = 1) {
      const queue = faults.get(method) ?? [];
      faults.set(method, [...queue, ...Array.from({ length: times }, () => () => refusal)]);
    },
    late(ms) {
      latenessMs = ms;
    },
    async until(what, condition) {
      for (const giveUp = Date.now() + PATIENCE_MS; ; await sleep(5)) {
        const value = condition();
        if (value) return value;
        if (Date.now() > giveUp) throw new Error(`never came: ${what}`);
      }
    },
    async [Symbol.asyncDispose]() {
      updates.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return api;
}

/**
 * A call's fields without the files of a media group: `media` names these parts of the body, and
 * the description does not list them.
 */
function withoutAttached(params: Params): Params {
  const names = new Set(JSON.stringify(params.media ?? '').match(/(?<=attach:\/\/)[^"]+/g));
  return Object.fromEntries(Object.entries(params).filter(([name]) => !names.has(name)));
}
