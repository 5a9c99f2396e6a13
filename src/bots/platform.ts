import { z } from 'zod';
import type { Chat } from '../chat/chat.ts';
import type { Declaration } from '../chat/command.ts';
import type { Courier } from '../chat/courier.ts';
import type { Carrier } from '../chat/notice.ts';
import type { Platform as PlatformId } from '../consent/who.ts';
import type { Finding } from '../finding.ts';
import type { Hearing } from '../health/hearing.ts';
import type { Probes } from '../health/probes.ts';
import type { Log } from '../log.ts';
import type { Matcher } from '../match/matcher.ts';

/** What is said of a platform before anything is configured. */
export interface About {
  readonly id: PlatformId;
  /** How operators call it. */
  readonly title: string;
  /** What ids look like there, for operators who name a person or a group. */
  readonly ids: { readonly person: string; readonly place: string };
  /** Its asks never leave the process that took them in, which therefore has to be listener and worker in one. */
  readonly isLocal: boolean;
  /** Who carries the messages, told in every notice; left out where nobody does. */
  readonly carrier?: Carrier;
  /** The variable that turns it on. */
  readonly turnedOnBy: string;
  /** Those of its variables that are secrets: they may be given as a file, and are never printed. */
  readonly secrets: readonly string[];
}

/** All that is around a platform when the configuration is read. */
export interface Circumstances {
  /** No other platform is configured. */
  readonly isOnly: boolean;
}

/** A chat platform, or the page, as the rest of the program knows it. */
export interface Platform extends About {
  /** What each of its variables may hold. */
  readonly variables: z.ZodRawShape;
  /** What is wrong about values that are fine alone; a line each. `raw` passed `variables`. */
  readonly complaints: (raw: Readonly<Record<string, string>>) => readonly string[];
  /** The platform as these variables make it; undefined when it is not turned on. `raw` passed `variables`. */
  readonly configure: (
    raw: Readonly<Record<string, string>>,
    circumstances: Circumstances,
  ) => ConfiguredPlatform | undefined;
}

/** A platform that is turned on. Nothing of its library is loaded yet. */
export interface ConfiguredPlatform extends Pick<About, 'id' | 'isLocal' | 'carrier'> {
  /** How `doctor` names the way in: `page on port 8080`. */
  readonly door: string;
  /** Where it listens itself, and which variable says so; on all of this machine's addresses where no `host` is named. */
  readonly port?: { readonly variable: string; readonly port: number; readonly host?: string };
  /** The address of its API; left out where it has none. */
  readonly api?: string;
  /** Opens the side that answers; it needs no connection, and a worker has it too. */
  readonly open: () => Promise<OpenPlatform>;
  /** Looks at the bot as the platform knows it; never throws. Left out where there is nothing to be looked at. */
  readonly check?: (options: {
    readonly policyUrl: string | undefined;
    readonly commands: readonly Declaration[];
  }) => Promise<Finding[]>;
}

/** A platform whose answers can be delivered. */
export interface OpenPlatform {
  readonly courier: Courier;
  /**
   * Takes in what people say there, until disposed.
   * @throws an Error that says what to do when the platform refuses it, or its port cannot be had
   */
  readonly listen: (reception: Reception) => Promise<Listening>;
}

/** What a listener hands people's words to, and what it may need to know for it. */
export interface Reception {
  readonly chat: Chat;
  /** What a person can type, in the order in which it is shown. */
  readonly commands: readonly Declaration[];
  readonly log: Log;
  readonly probes: Probes;
  /** To be told how the platform is heard, from now on. */
  readonly hearing: Hearing;
  readonly recognition: Recognition;
  /** To be told of each ask that ended before the chat had it, and whose sender was told nothing. */
  readonly onUnheard: () => void;
}

/** How faces are compared here, for a platform that explains it. */
export interface Recognition {
  readonly matcher: Matcher;
  /** As given to the matcher. */
  readonly thresholds: { readonly verification: number; readonly matchDistance: number | undefined };
  /** Numbers in a template. */
  readonly dims: number;
}

export interface Listening extends AsyncDisposable {
  /** Where a browser finds it; undefined where none does. */
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

/** Declares a platform: its own folder knows the values of its variables by type, nobody else does. */
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
