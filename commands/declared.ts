import type {
  AdminCall,
  AdminDeclaration,
  CommandCall,
  Look,
  PhotoCall,
  PhotoDeclaration,
  PlainDeclaration,
} from '../src/chat/command.ts';
import type { Reply } from '../src/chat/reply.ts';
import type { Tools } from './tools.ts';

/** A command in its own file: its declaration, and what it does once it has its tools. */
export type Declared =
  | (PlainDeclaration & { readonly run: (tools: Tools, call: CommandCall) => Promise<Reply[]> })
  | (AdminDeclaration & { readonly run: (tools: Tools, call: AdminCall) => Promise<Reply[]> })
  | (PhotoDeclaration & {
      readonly run: (tools: Tools, call: PhotoCall) => Promise<Reply[]>;
      readonly look?: (tools: Tools, ...of: Parameters<Look>) => ReturnType<Look>;
    });
