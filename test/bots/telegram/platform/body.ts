import type { IncomingMessage } from 'node:http';
import type { Params } from './methods.ts';

/** Fields that are text even when their value looks like JSON. */
const TEXT = new Set(['text', 'caption', 'file_id', 'callback_query_id', 'url', 'secret_token', 'language_code']);

/**
 * A call's fields. A JSON body has them as they are. In a multipart body, each is the bytes of a
 * file, or a text that may be JSON.
 */
export async function readParams(request: IncomingMessage): Promise<Params> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/json')) return body.length === 0 ? {} : (JSON.parse(body.toString()) as Params);
  if (!type.startsWith('multipart/form-data')) return {};
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  const params: Record<string, unknown> = {};
  for (const [name, value] of form.entries()) {
    if (typeof value !== 'string') {
      params[name] = Object.assign(new Uint8Array(await value.arrayBuffer()), { fileName: value.name });
    } else {
      params[name] = TEXT.has(name) ? value : parsed(value);
    }
  }
  return linked(params);
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/**
 * Puts the file into `photo` or `document`. grammY sends it as a separate part, which the field
 * names.
 */
function linked(params: Record<string, unknown>): Params {
  for (const name of ['photo', 'document']) {
    const part = /^attach:\/\/(.+)$/.exec(String(params[name]))?.[1];
    if (part === undefined) continue;
    params[name] = params[part];
    delete params[part];
  }
  return params;
}
