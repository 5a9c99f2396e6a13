import { describe } from 'vitest';
import { sharedElasticsearch } from '../../support/shared-services.ts';
import { galleryContract } from '../contract.ts';
import { newElasticsearchPlace } from './place.ts';

const server = await sharedElasticsearch();

describe.skipIf(!server)('on a real server', () => {
  galleryContract('elasticsearch', () => newElasticsearchPlace(server?.url ?? ''));
});
