import { describe } from 'vitest';
import { sharedElasticsearch } from '../../support/shared-services.ts';
import { galleryContract } from '../contract.ts';
import { countedElasticsearchStore } from './counted-store.ts';

const server = await sharedElasticsearch();

describe.skipIf(!server)('on a real server', () => {
  galleryContract('elasticsearch', () => countedElasticsearchStore(server?.url ?? ''));
});
