import { readFile } from 'node:fs/promises';
import type { Declaration } from '../../chat/command.ts';
import { browserWordsFor, type Words, wordsFor } from '../../text/words.ts';
import { type PageFacts, readAssets, renderPage } from './assets.ts';
import { localeOf } from './locale.ts';
import { photoLimits } from './messages.ts';
import type { PageApp, PageParts } from './parts.ts';
import { refuse } from './refusal.ts';

/** GET: the page itself, its files, result pictures, sample photos. Nothing here changes anything. */
export async function frontRoutes(app: PageApp, { room, scale, samples, commands }: PageParts): Promise<void> {
  const assets = await readAssets();
  const limits = photoLimits(commands);
  const template = new TextDecoder().decode(assets.get('/index.html')?.body);

  app.get('/', (c) => {
    const locale = localeOf(c.req.header('accept-language'));
    const words = wordsFor(locale);
    const facts: PageFacts = {
      words: browserWordsFor(locale),
      commands: commands.map((command) => commandFacts(command, words)),
      limits,
      scale: scale && { strangers: scale.strangers, dims: scale.dims },
      samples: samples.map(({ crop }, index) => ({ url: `/samples/${index}`, crop })),
    };
    c.header('Vary', 'Accept-Language');
    return c.html(renderPage(template, locale, facts));
  });

  app.get('/pictures/:name', (c) => {
    const jpeg = room.pictures.get(c.req.param('name'));
    return jpeg ? c.body(new Uint8Array(jpeg), 200, { 'Content-Type': 'image/jpeg' }) : refuse(c, 'notFound');
  });

  app.get('/samples/:index', async (c) => {
    const sample = samples[Number(c.req.param('index'))];
    if (!sample) return refuse(c, 'notFound');
    return c.body(await readFile(sample.file), 200, { 'Content-Type': 'image/jpeg' });
  });

  app.get('*', async (c, next) => {
    const asset = assets.get(c.req.path);
    return asset ? c.body(asset.body, 200, { 'Content-Type': asset.type }) : await next();
  });
}

function commandFacts(command: Declaration, words: Words): PageFacts['commands'][number] {
  const { what, button } = words.commands[command.name];
  if (command.kind !== 'photos') return { name: command.name, what, button };
  const { max, of } = command.photos;
  return { name: command.name, what, button, photos: { of, add: words.commands[command.name].addPhotos({ max }) } };
}
