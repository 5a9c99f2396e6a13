import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Chat } from '../../chat/chat.ts';
import type { Declaration } from '../../chat/command.ts';
import type { Probes } from '../../health/probes.ts';
import type { Log } from '../../log.ts';
import type { Scale } from './scale.ts';
import type { PageState } from './state.ts';

/** The parts that the page's routes work with. */
export interface PageParts {
  readonly state: PageState;
  readonly chat: Chat;
  readonly commands: readonly Declaration[];
  readonly log: Log;
  /** Explains distances. Without it, the page shows no scale. */
  readonly scale: Scale | undefined;
  /** Answers /healthz and /readyz. */
  readonly probes: Probes;
  /** Called when somebody says that a photo of their album shows somebody else. */
  readonly onNotMe: () => void;
}

/** A Hono app over the sockets of Node's server. */
export type PageApp = Hono<{ Bindings: HttpBindings }>;
