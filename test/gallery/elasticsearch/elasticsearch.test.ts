import { describe } from 'vitest';
import { sharedElasticsearch } from '../../support/shared-services.ts';
import { galleryContract } from '../contract.ts';
import { countedElasticsearchPlace } from './counted-place.ts';

const server = await sharedElasticsearch();

describe.skipIf(!server)('on a real server', () => {
  galleryContract('elasticsearch', () => countedElasticsearchPlace(server?.url ?? ''));
});
