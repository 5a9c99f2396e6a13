import https from 'node:https';
import { createRequire } from 'node:module';
import type { ClientOptions, WebSocket } from 'ws';

type Constructor = new (address: string | URL, protocols?: string | string[], options?: ClientOptions) => WebSocket;

/**
 * Makes discord.js open its gateway connection with Node's own agent, which uses the proxy. The
 * library has no option for that. Call this before the library loads, because on loading it takes
 * the class from the module `ws`.
 */
export function openGatewayByAgent(): void {
  const ws: { WebSocket: Constructor } = createRequire(import.meta.url)('ws');
  const Direct = ws.WebSocket;
  ws.WebSocket = class extends Direct {
    constructor(address: string | URL, protocols?: string | string[], options?: ClientOptions) {
      // The agent is looked up at each use, because it changes once the proxy is known.
      const isSecure = new URL(address).protocol === 'wss:';
      super(address, protocols, { ...(isSecure && { agent: https.globalAgent }), ...options });
    }
  };
}
