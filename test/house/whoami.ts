/** The file of a new command, as somebody would add it. */
export const WHOAMI = `import type { Declared } from './declared.ts';

/** /whoami: who you are. */
export const whoami = {
  name: 'whoami',
  kind: 'anywhere',
  isPersonal: true,
  run: async ({ version }) => [{ kind: 'info', text: version }],
} satisfies Declared;
`;
