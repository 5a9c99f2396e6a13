import type { REST } from '@discordjs/rest';
import { type APIApplication, ApplicationFlags, Routes } from 'discord-api-types/v10';

/** This bot as Discord's developer portal has it. Throws what Discord's client throws. */
export async function ownApplication(rest: REST): Promise<APIApplication> {
  return (await rest.get(Routes.currentApplication())) as APIApplication;
}

/** Whether Discord tells this bot who leaves: the privileged Server Members Intent is switched on in the portal. */
export function hearsWhoLeaves({ flags }: Pick<APIApplication, 'flags'>): boolean {
  const allowed = ApplicationFlags.GatewayGuildMembers | ApplicationFlags.GatewayGuildMembersLimited;
  return ((flags ?? 0) & allowed) !== 0;
}
