import { z } from 'zod';
import { onPort } from '../../port.ts';
import { port } from '../../variables.ts';
import { platform } from '../platform.ts';

const DEFAULT_PORT = 8080;

/** The page on this machine. It opens by default when no other platform is configured. */
export const page = platform({
  id: 'page',
  title: 'page',
  ids: { person: 'alice', place: 'local' },
  isLocal: true,
  turnedOnBy: 'PLAYGROUND_PORT',
  secrets: [],
  variables: {
    PLAYGROUND_PORT: z.union([z.literal('off'), port], 'must be a port number, 0 for any free one, or off').optional(),
  },
  configure({ PLAYGROUND_PORT: wanted }, { isOnly }) {
    const chosen = wanted ?? (isOnly ? DEFAULT_PORT : 'off');
    if (chosen === 'off') return undefined;
    return {
      door: `page on port ${chosen}`,
      port: { variable: 'PLAYGROUND_PORT', port: chosen, host: '127.0.0.1' },
      async open() {
        const { pageState } = await import('./state.ts');
        const state = pageState();
        return {
          courier: state.courier,
          async listen({ chat, commands, log, probes, hearing, recognition: { matcher, dims }, onNotMe }) {
            const { listenPage } = await import('./listener.ts');
            const { pageScale } = await import('./scale.ts');
            const scale = pageScale(matcher, dims);
            const parts = { port: chosen, state, chat, commands, log, scale, probes, onNotMe };
            const { url, close } = await onPort('PLAYGROUND_PORT', chosen, () => listenPage(parts));
            hearing.heard();
            return { url, [Symbol.asyncDispose]: close };
          },
        };
      },
    };
  },
});
