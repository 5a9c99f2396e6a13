import type { Api } from 'grammy';
import type { ChatAdministratorRights } from 'grammy/types';

/**
 * The rights that the bot asks for when somebody adds it to a group as an admin. It must be an
 * admin, because only admins reliably learn from Telegram who is a member. It asks only for the
 * right that every other right implies, and that lets it change nothing in a group.
 */
const RIGHTS: ChatAdministratorRights = {
  is_anonymous: false,
  can_manage_chat: true,
  can_delete_messages: false,
  can_manage_video_chats: false,
  can_restrict_members: false,
  can_promote_members: false,
  can_change_info: false,
  can_invite_users: false,
  can_post_stories: false,
  can_edit_stories: false,
  can_delete_stories: false,
  can_send_welcome_messages: false,
};

/** The same right in a link: https://core.telegram.org/api/links#groupchannel-bot-links */
const LEAST_IN_LINKS = 'manage_chat';

/** The link that adds the bot with this username to a group, as an admin with the least right. */
export function addLink(username: string): string {
  return `https://t.me/${username}?startgroup=true&admin=${LEAST_IN_LINKS}`;
}

/**
 * Lets the bot ask for the least right when somebody adds it to a group. If an operator chose other
 * rights, these stay.
 */
export async function setAdminRights(api: Api): Promise<void> {
  if (!(await asksForRights(api))) await api.setMyDefaultAdministratorRights({ rights: RIGHTS });
}

/** Whether the bot asks for some right when somebody adds it to a group. */
export async function asksForRights(api: Api): Promise<boolean> {
  const { is_anonymous: _, ...rights } = await api.getMyDefaultAdministratorRights();
  return Object.values(rights).some((right) => right === true);
}
