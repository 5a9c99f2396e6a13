import { z } from 'zod';
import type { Chat } from '../chat/chat.ts';
import type { Declaration } from '../chat/command.ts';
import type { Courier } from '../chat/courier.ts';
import type { Carrier } from '../chat/rights/notice.ts';
import type { Platform as PlatformId } from '../consent/who.ts';
import type { Finding } from '../finding.ts';
import type { Hearing } from '../health/hearing.ts';
import type { Probes } from '../health/probes.ts';
import type { Log } from '../log.ts';
import type { Matcher } from '../match/matcher.ts';

/** The facts about a platform that need no configuration. */
export interface About {
  readonly id: PlatformId;
  /** Its name for operators. */
  readonly title: string;
  /** How its ids are written in usage lines for operators, like `<user id>`. */
  readonly ids: { readonly person: string; readonly place: string };
  /**
   * Whether its asks stay in the process that received them. If so, that process must be listener
   * and worker in one.
   */
  readonly isLocal: boolean;
  /**
   * The company that carries its messages, which every notice names. Absent when no company does.
   */
  readonly carrier?: Carrier;
  /** The variable that turns it on. */
  readonly turnedOnBy: string;
  /** The variables that are secrets. A file may give their values, and they are never printed. */
  readonly secrets: readonly string[];
}

/** What a platform needs to know about the configuration of the other platforms. */
export interface Circumstances {
  /** Whether no platform before it in the list is configured. */
  readonly isOnly: boolean;
}

/** A chat platform, or the page, as the rest of the program knows it. */
export interface Platform extends About {
  /** The allowed values of its variables. */
  readonly variables: z.ZodRawShape;
  /**
   * Says why these values do not go together, although each alone is allowed: one sentence for each
   * problem, and none when all is well. `raw` has passed `variables`.
   */
  readonly complaints: (raw: Readonly<Record<string, string>>) => readonly string[];
  /**
   * The platform, configured by these variables; undefined when it is not turned on. `raw` has
   * passed `variables`.
   */
  readonly configure: (
    raw: Readonly<Record<string, string>>,
    circumstances: Circumstances,
  ) => ConfiguredPlatform | undefined;
}

/** A platform that is turned on. None of its libraries is loaded yet. */
export interface ConfiguredPlatform extends Pick<About, 'id' | 'isLocal' | 'carrier'> {
  /** How people reach it, in the words of `doctor`: `page on port 8080`. */
  readonly door: string;
  /**
   * The port that it listens on, and the variable for it. Without `host`, it listens on all
   * addresses of this machine.
   */
  readonly port?: { readonly variable: string; readonly port: number; readonly host?: string };
  /** The address of its API; absent when it has none. */
  readonly api?: string;
  /** Opens the answering side. This needs no connection, so a worker opens it too. */
  readonly open: () => Promise<OpenPlatform>;
  /** Checks the bot on its platform. Never throws. Absent when there is nothing to check. */
  readonly check?: (options: {
    readonly policyUrl: string | undefined;
    readonly commands: readonly Declaration[];
    readonly isProxied: boolean;
  }) => Promise<Finding[]>;
}

/** A platform whose answers can be delivered. */
export interface OpenPlatform {
  readonly courier: Courier;
  /**
   * Receives what people say on the platform, until the result is disposed.
   * @throws an Error when the platform refuses the bot, or a port is not available. Its message
   * says what to do.
   */
  readonly listen: (reception: Reception) => Promise<Listening>;
}

/** The parts that a listener passes people's messages to. */
export interface Reception {
  readonly chat: Chat;
  /** The commands, in the order in which they are shown. */
  readonly commands: readonly Declaration[];
  readonly log: Log;
  readonly probes: Probes;
  /** Gets news of the platform's connection while it listens. */
  readonly hearing: Hearing;
  readonly recognition: Recognition;
  /** Called for each ask that ended before the chat got it, and whose sender was told nothing. */
  readonly onUnheard: () => void;
  /**
   * Called when somebody says that a photo in the answer to their `/me` shows somebody else, on a
   * platform where the chat cannot know this, because only the browser has the whole answer.
   */
  readonly onNotMe: () => void;
}

/** How faces are compared here, for a platform that explains it. */
export interface Recognition {
  readonly matcher: Matcher;
  /** How many numbers a template has. */
  readonly dims: number;
}

export interface Listening extends AsyncDisposable {
  /** The address that browsers open; undefined for a platform without one. */
  readonly url?: string;
}

type Values<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>;

interface Declared<Shape extends z.ZodRawShape> extends About {
  readonly variables: Shape;
  readonly complaints?: (values: Values<Shape>) => readonly string[];
  readonly configure: (
    values: Values<Shape>,
    circumstances: Circumstances,
  ) => Omit<ConfiguredPlatform, 'id' | 'isLocal' | 'carrier'> | undefined;
}

/**
 * Declares a platform. The rest of the program passes the variables as raw strings. They are parsed
 * here, so the platform's code gets values with types.
 */
export function platform<Shape extends z.ZodRawShape>(declared: Declared<Shape>): Platform {
  const { id, isLocal, carrier } = declared;
  const schema = z.object(declared.variables);
  return {
    ...declared,
    complaints: (raw) => declared.complaints?.(schema.parse(raw)) ?? [],
    configure(raw, circumstances) {
      const configured = declared.configure(schema.parse(raw), circumstances);
      return configured && { id, isLocal, ...(carrier && { carrier }), ...configured };
    },
  };
}
