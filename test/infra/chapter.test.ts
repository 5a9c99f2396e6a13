import { join } from 'node:path';
import { nativeElasticsearchWorks, nativeRedisWorks } from '../support/shared-services.ts';
import { productionChapterWorks } from './chapter-suite.ts';

productionChapterWorks((await nativeRedisWorks()) && (await nativeElasticsearchWorks()), {
  folders: async (root) => ({ data: join(root, 'data'), state: join(root, 'state') }),
});
