/**
 * `text` if it has at most `limit` UTF-16 units (Telegram never counts more). Otherwise the whole
 * lines that fit, with `more` below them. If the first line is too long, it ends after a word.
 */
export function cut(text: string, limit: number, more: string): string {
  if (text.length <= limit) return text;
  const room = limit - more.length - 1;
  const head = text.slice(0, room + 1);
  const end = [head.lastIndexOf('\n'), head.lastIndexOf(' ')].find((at) => at > 0) ?? room;
  return `${text
    .slice(0, end)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd()}\n${more}`;
}
