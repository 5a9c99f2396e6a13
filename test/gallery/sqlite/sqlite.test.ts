import { galleryContract } from '../contract.ts';
import { newSqlitePlace } from './place.ts';

galleryContract('sqlite', newSqlitePlace);
