import https from 'node:https';
import { createRequire } from 'node:module';
import type { ClientOptions, WebSocket } from 'ws';

type Constructor = new (address: string | URL, protocols?: string | string[], options?: ClientOptions) => WebSocket;

/**
 * Lets discord.js open its gateway connection by Node's own agent, which knows of the proxy; the library gives it none and
 * has no option for one. Before the library is loaded: it takes the class from the module `ws` then.
 */
export function openGatewayByAgent(): void {
  const ws: { WebSocket: Constructor } = createRequire(import.meta.url)('ws');
  const Direct = ws.WebSocket;
  ws.WebSocket = class extends Direct {
    constructor(address: string | URL, protocols?: string | string[], options?: ClientOptions) {
      // Looked up when it is used: another one takes its place once the proxy is known.
      const isSecure = new URL(address).protocol === 'wss:';
      super(address, protocols, { ...(isSecure && { agent: https.globalAgent }), ...options });
    }
  };
}
