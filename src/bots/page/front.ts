import { readFile } from 'node:fs/promises';
import { wordsFor } from '../../text/words.ts';
import { type PageFacts, readAssets, renderPage } from './assets.ts';
import { localeOf } from './locale.ts';
import { MAX_PHOTO_BYTES, MAX_PHOTOS } from './messages.ts';
import type { PageApp, PageParts } from './parts.ts';
import { refuse } from './refusal.ts';

/** GET: the page itself, its files, result pictures, sample photos. Nothing here changes anything. */
export async function frontRoutes(app: PageApp, { room, scale, samples }: PageParts): Promise<void> {
  const assets = await readAssets();
  const template = new TextDecoder().decode(assets.get('/index.html')?.body);

  app.get('/', (c) => {
    const locale = localeOf(c.req.header('accept-language'));
    const words = wordsFor(locale);
    const facts: PageFacts = {
      words: words.page.ui,
      commands: Object.entries(words.commands).map(([name, what]) => ({ name, what })),
      limits: { photos: MAX_PHOTOS, photoBytes: MAX_PHOTO_BYTES },
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
