/** Telegram's own Bot API. */
export const TELEGRAM_API = 'https://api.telegram.org';
