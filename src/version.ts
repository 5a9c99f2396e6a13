import packageJson from '../package.json' with { type: 'json' };

/** The version of this facefinder. */
export const VERSION = packageJson.version;
