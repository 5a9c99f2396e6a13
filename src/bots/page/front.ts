import { type Declaration, isOffered } from '../../chat/command.ts';
import { browserWordsFor, type Words, wordsFor } from '../../text/words.ts';
import { type PageFacts, readAssets, renderPage } from './assets.ts';
import { localeOf } from './locale.ts';
import { photoLimits } from './messages.ts';
import { NEXT } from './next.ts';
import type { PageApp, PageParts } from './parts.ts';
import { refuse } from './refusal.ts';

/**
 * Answers a browser's GETs: the page itself, its files, and pictures of results. None of these
 * changes anything.
 */
export async function frontRoutes(app: PageApp, { state, scale, commands }: PageParts): Promise<void> {
  const assets = await readAssets();
  const limits = photoLimits(commands);
  const template = new TextDecoder().decode(assets.get('/index.html')?.body);

  app.get('/', (c) => {
    const locale = localeOf(c.req.header('accept-language'));
    const words = wordsFor(locale);
    const facts: PageFacts = {
      words: browserWordsFor(locale),
      commands: commands.filter(isOffered).map((command) => commandFacts(command, words)),
      limits,
      scale: scale && { strangers: scale.strangers, dims: scale.dims },
      next: NEXT,
    };
    c.header('Vary', 'Accept-Language');
    return c.html(renderPage(template, locale, facts));
  });

  app.get('/pictures/:name', (c) => {
    const jpeg = state.pictures.get(c.req.param('name'));
    return jpeg ? c.body(new Uint8Array(jpeg), 200, { 'Content-Type': 'image/jpeg' }) : refuse(c, 'notFound');
  });

  app.get('*', async (c, next) => {
    const asset = assets.get(c.req.path);
    return asset ? c.body(asset.body, 200, { 'Content-Type': asset.type }) : await next();
  });
}

function commandFacts(command: Declaration, words: Words): PageFacts['commands'][number] {
  const { what, button } = words.commands[command.name];
  if (command.kind !== 'photos') return { name: command.name, what, button };
  const { max } = command.photos;
  return { name: command.name, what, button, photos: { add: words.commands[command.name].addPhotos({ max }) } };
}
