/** The bytes of a text, with these bits flipped. Bit 0 is the lowest of the first byte. */
export function flipped(text: string, bits: readonly number[]): Buffer {
  const bytes = Buffer.from(text);
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return bytes;
}
