import { galleryContract } from '../contract.ts';
import { newSqliteStore } from './store.ts';

galleryContract('sqlite', newSqliteStore);
