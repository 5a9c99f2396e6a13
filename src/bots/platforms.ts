import { discord } from './discord/platform.ts';
import { page } from './page/platform.ts';
import type { Platform } from './platform.ts';
import { telegram } from './telegram/platform.ts';

/**
 * The only list of platforms. The page comes last, because it opens by default only when no
 * platform before it is configured.
 */
export const PLATFORMS: readonly Platform[] = [discord, telegram, page];
