import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, found, type Recorded, type Reply, refused } from './api.ts';
import { violations } from './conformance.ts';
import { callback, changedBy, edit, followUp, look, post, remove, takeAway } from './messages.ts';
import { snowflake } from './world.ts';

type Route = (api: Api, call: Recorded, ids: readonly string[]) => Promise<Reply> | Reply;

const ROUTES: readonly (readonly [string, Route])[] = [
  ['get /gateway/bot', ({ gatewayUrl }) => found(gatewayBot(gatewayUrl()))],
  ['get /applications/@me', ({ application }) => found(application)],
  ['get /applications/{application_id}/commands', ({ commands }) => found(commands)],
  ['put /applications/{application_id}/commands', registerCommands],
  ['get /users/@me/guilds', listGuilds],
  [
    'get /guilds/{guild_id}',
    ({ world }, _, [id]) => {
      const guild = world.guilds.get(id ?? '');
      return guild ? found({ id: guild.id, name: guild.name }) : refused(404, 10004);
    },
  ],
  [
    'get /guilds/{guild_id}/channels',
    ({ world }, _, [guild]) => {
      const channels = world.guilds.get(guild ?? '')?.channels;
      return channels ? found([...channels].map((id) => ({ id, type: 0, guild_id: guild }))) : refused(404, 10004);
    },
  ],
  [
    'get /guilds/{guild_id}/members/{user_id}',
    ({ world }, _, [guild, user]) => {
      const members = world.guilds.get(guild ?? '')?.members;
      if (!members) return refused(404, 10004);
      if (user === undefined || !members.has(user)) return refused(404, 10007);
      const names = { username: `account_${user.slice(-4)}`, global_name: world.names.get(user) ?? null };
      return found({ user: { id: user, ...names }, roles: [] });
    },
  ],
  ['post /interactions/{interaction_id}/{interaction_token}/callback', callback],
  ['get /webhooks/{webhook_id}/{webhook_token}/messages/@original', look],
  ['patch /webhooks/{webhook_id}/{webhook_token}/messages/@original', edit],
  ['delete /webhooks/{webhook_id}/{webhook_token}/messages/@original', remove],
  ['post /webhooks/{webhook_id}/{webhook_token}', followUp],
  ['post /channels/{channel_id}/messages', post],
  [
    'delete /channels/{channel_id}/messages/{message_id}',
    (api, _, [, id]) => (takeAway(api, id) ? { status: 204 } : refused(404, 10008)),
  ],
];

const TABLE = ROUTES.map(([route, handle]) => {
  const [method = '', template = ''] = route.split(' ');
  return { method, template, handle, pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '([^/]+)')}$`) };
});

/** Discord's REST API below /api/v10, and its attachments. */
export async function serve(api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://discord');
  if (pathname.startsWith('/attachments/')) return serveFile(api, pathname, query, response);
  const method = (request.method ?? '').toLowerCase();
  const path = decodeURIComponent(pathname).replace(/^\/api\/v10/, '');
  const route = TABLE.find((entry) => entry.method === method && entry.pattern.test(path));
  if (!route) return answer(response, refused(404, 0, `no such route: ${method} ${path}`));

  const { body, files } = await readBody(request);
  const contentType = request.headers['content-type'];
  const call: Recorded = { method, path, query, template: route.template, body, files, contentType };
  api.requests.push(call);
  const fault = strike(api, method, route.template);
  if (fault === 'no answer') return void response.once('close', () => api.givenUp.push(call));
  if (typeof fault === 'object') return answer(response, fault.reply, fault.headers);
  const needsToken = !/^\/(interactions|webhooks)\//.test(path);
  if (needsToken && request.headers.authorization !== `Bot ${api.token}`) return answer(response, refused(401, 0));
  const ids = route.pattern.exec(path)?.slice(1) ?? [];
  if (body !== undefined) {
    const wrong = violations(method, route.template, body, files, changedBy(api, call, ids));
    api.violations.push(...wrong);
    if (wrong.length > 0) return answer(response, refused(400, 50035, wrong.join('; ')));
  }
  if (api.latenessMs > 0) await sleep(api.latenessMs);
  const done = await route.handle(api, call, ids);
  if (fault !== 'done, no answer') answer(response, done);
}

/** The fault for this request, counted down by one. */
function strike(api: Api, method: string, template: string) {
  const fault = api.faults.find((one) => one.times > 0 && one.method === method && one.template === template);
  if (!fault) return undefined;
  fault.times -= 1;
  if (typeof fault.status === 'string') return fault.status;
  const { status, code = 0, json = { code, message: 'refused' }, headers } = fault;
  return { reply: { status, json }, headers };
}

function answer(
  response: ServerResponse,
  { status, json }: Reply,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers });
  response.end(json === undefined ? undefined : JSON.stringify(json));
}

function serveFile(api: Api, path: string, query: URLSearchParams, response: ServerResponse): void {
  api.requests.push({
    method: 'get',
    path,
    query,
    template: '/attachments',
    body: undefined,
    files: [],
    contentType: undefined,
  });
  const fault = strike(api, 'get', '/attachments');
  const bytes = api.world.files.get(path);
  if (typeof fault === 'string') return;
  if (fault) answer(response, fault.reply, fault.headers);
  else if (bytes) response.end(bytes);
  else response.writeHead(404).end();
}

async function readBody(request: IncomingMessage): Promise<{ body: unknown; files: Blob[] }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/')) {
    return { body: bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined, files: [] };
  }
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  const files = [...form.entries()].flatMap(([name, value]) =>
    name.startsWith('files[') && value instanceof Blob ? [value] : [],
  );
  return { body: JSON.parse(String(form.get('payload_json'))), files };
}

/** Lists the bot's servers by rising id, beginning after the id `after`. */
function listGuilds({ world }: Api, { query }: Recorded): Reply {
  const after = BigInt(query.get('after') ?? 0);
  const listed = [...world.guilds.values()].filter(({ id }) => BigInt(id) > after);
  const risen = listed.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  return found(risen.slice(0, Number(query.get('limit') ?? 200)).map(({ id, name }) => ({ id, name })));
}

function gatewayBot(url: string) {
  return {
    url,
    shards: 1,
    session_start_limit: { total: 1000, remaining: 999, reset_after: 14_400_000, max_concurrency: 1 },
  };
}

/**
 * Replaces the registered commands. Like Discord, it adds ids, versions and defaults, and omits
 * empty and false values.
 */
function registerCommands(api: Api, { body }: Recorded): Reply {
  type Given = { options?: readonly { required?: boolean }[]; default_member_permissions?: number };
  const commands = body as readonly Given[];
  api.commands = commands.map(({ options = [], default_member_permissions: rights, ...command }) => ({
    ...command,
    default_member_permissions: rights === undefined ? null : String(rights),
    id: snowflake(),
    version: snowflake(),
    application_id: api.application.id,
    dm_permission: true,
    nsfw: false,
    ...(options.length > 0 && {
      options: options.map(({ required, ...option }) => (required ? { ...option, required } : option)),
    }),
  }));
  return found(api.commands);
}
