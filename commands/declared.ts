import type {
  AdminDeclaration,
  AdminTurn,
  PhotoDeclaration,
  PhotoTurn,
  PlainDeclaration,
  Turn,
} from '../src/chat/command.ts';
import type { Reply } from '../src/chat/reply.ts';
import type { Tools } from './tools.ts';

/** A command in its own file: its declaration, and what it does once it has its tools. */
export type Declared =
  | (PlainDeclaration & { readonly run: (tools: Tools, turn: Turn) => Promise<Reply[]> })
  | (AdminDeclaration & { readonly run: (tools: Tools, turn: AdminTurn) => Promise<Reply[]> })
  | (PhotoDeclaration & { readonly run: (tools: Tools, turn: PhotoTurn) => Promise<Reply[]> });
