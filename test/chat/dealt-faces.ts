import type { Face, Faces } from '../../src/face/face.ts';
import { GESTURES } from '../../src/face/gesture.ts';
import { landmarksOf } from '../support/landmarks.ts';

/**
 * Finds faces by a photo's text: "anna,ben" is a photo of two people; "anna~" is another photo of
 * Anna; "anna^chinUp" one with her chin up, "anna|" one that cuts her head; "" shows nobody;
 * "anna,+9" has nine more faces than are looked at; "anna,?" has a doubtful head; in "anna,<ben"
 * Ben stands before Anna.
 */
export function dealtFaces(dims: number, embeddings: ReadonlyMap<string, Float32Array>): Faces {
  const heads = async (photo: Uint8Array) => {
    const names = namesOn(photo).filter((part) => !part.startsWith('+'));
    const seen = names.map((name, index) => {
      const { box, score } = faceOf(name, index, dims);
      return { box, score: name.includes('?') ? 0.2 : score };
    });
    return { width: 400, height: 300, heads: seen, frame: 0 };
  };
  return {
    heads,
    async see(photo) {
      const parts = namesOn(photo).filter((part) => !part.includes('?'));
      const names = parts.filter((part) => !part.startsWith('+'));
      const faces = names.map((name, index) => {
        const face = faceOf(name, index, dims);
        return { ...face, embedding: embeddings.get(name.split('^')[0] ?? '') ?? face.embedding };
      });
      return {
        ...(await heads(photo)),
        ms: { decode: 0, detect: 0, landmarks: 0, embed: 0 },
        faces,
        left: Number(parts.find((part) => part.startsWith('+')) ?? 0),
      };
    },
    draw: async (_photo, marks) => Buffer.from(JSON.stringify(marks)),
    check: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

function namesOn(photo: Uint8Array): string[] {
  return Buffer.from(photo).toString().split(',').filter(Boolean);
}

function faceOf(called: string, index: number, dims: number): Face {
  const [named = '', gesture] = called.split('^');
  const name = named.replace(/[|<]/, '');
  const who = name.replaceAll('~', '');
  const embedding = new Float32Array(dims);
  embedding[[...who].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % dims, 7)] = 1;
  // Another photo of the same person is some 0.3 away.
  for (let tilde = name.length - who.length; tilde > 0; tilde--) embedding[dims - tilde] = 0.3;
  if (gesture) embedding[dims - 10] = 0.3;
  const norm = Math.hypot(...embedding);
  return {
    box: [10 + index * 90 - (called.includes('<') ? 60 : 0), 20, 80, 80],
    score: 0.99,
    landmarks: landmarksOf(GESTURES.find((one) => one === gesture)),
    quality: {
      eyeDistance: 40,
      margin: named.includes('|') ? 0.1 : 1,
      sharpness: 400,
      turn: 0.1,
      exposure: 0.5,
      covered: [],
    },
    embedding: embedding.map((value) => value / norm),
  };
}
