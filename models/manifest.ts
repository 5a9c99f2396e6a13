import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a sha256 in lower-case hex');
const point = z.tuple([z.number(), z.number()]);
const perChannel = z.union([z.number(), z.tuple([z.number(), z.number(), z.number()])]);

/** Little-endian floats of 32 bits, one for each of the embedder's dims. */
const floats = z.base64();

const registry = z.templateLiteral([z.enum(['npm', 'pypi']), ':', z.string()]);
const https = z.url({ protocol: /^https$/ });
/** A path on this machine, relative to the manifest's folder. */
const beside = z.templateLiteral(['file:', z.string()]);

/** One source of a file. */
const place = z.union([
  /**
   * A package of the npm registry, or a wheel of the Python one, as `<name>@<version>`, and a path
   * in it.
   */
  z.strictObject({ source: registry, path: z.string() }),
  z.strictObject({ source: https }),
  z.strictObject({ source: beside }),
  /**
   * No source of its own: dlib's net is made of face-api's weights and their list. The manifest
   * names both files before this one.
   */
  z.strictObject({ source: z.literal('made:dlib'), from: z.tuple([sha256, sha256]) }),
]);

/** What makes an ONNX file runnable, step by step. */
const repairStep = z.discriminatedUnion('kind', [
  /** Keeps only those inputs of the graph that are in `keep`. */
  z.strictObject({ kind: z.literal('inputs'), keep: z.array(z.string()).min(1) }),
  /**
   * Leaves the sizes of inputs, outputs and inner values open: a convolutional net takes pictures
   * of any size.
   */
  z.strictObject({ kind: z.literal('any-size') }),
  /**
   * Removes axis and block size where a list is dequantised in one block. Otherwise onnxruntime
   * refuses the file: it takes the list's one scale for the scales of several blocks.
   */
  z.strictObject({ kind: z.literal('one-block') }),
]);

/** `of` is the sha256 of the file before the repair. */
const repair = z.strictObject({ of: sha256, steps: z.array(repairStep).min(1) });

/**
 * Where one file comes from: the first of these sources that has it. `sha256` tells whether a file
 * is the right one.
 */
const wholeFile = z.strictObject({ sources: z.array(place).min(1), sha256, repair: repair.optional() });

/** A file with its sources, or the short form with one source and nothing to repair. */
const file = z.union([
  wholeFile,
  // Older manifests also hold the tarball's integrity: it is not read.
  z
    .object({ source: registry, path: z.string(), sha256 })
    .transform(({ source, path, sha256 }): PackFile => ({ sources: [{ source, path }], sha256 })),
  z
    .strictObject({ source: z.union([https, beside]), sha256 })
    .transform(({ source, sha256 }): PackFile => ({ sources: [{ source }], sha256 })),
]);

/** Further options of a net's onnxruntime session, by their full names. */
const session = z.record(z.string().regex(/^session\./), z.string());

/** How a picture becomes a net's input tensor. */
const input = z.strictObject({
  name: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
  layout: z.enum(['NCHW', 'NHWC']),
  /** GREY is BT.601 luma, one channel. */
  channels: z.enum(['RGB', 'BGR', 'GREY']),
  /**
   * (v - mean) / std of v in 0..255, in the order of `channels`. `image` takes both from the
   * picture.
   */
  values: z.union([z.strictObject({ mean: perChannel, std: perChannel }), z.literal('image')]),
});

/** How a detector's outputs are read; each kind is named by its geometry. */
const boxes = z.discriminatedUnion('kind', [
  /**
   * Decoded boxes x0 y0 x1 y1 as fractions of the input. Column `column` of each row of `scores` is
   * the score.
   */
  z.strictObject({ kind: z.literal('corners'), scores: z.string(), column: z.int(), boxes: z.string() }),
  /**
   * For each stride one anchor per cell, row by row: the offset of the box's centre and the
   * logarithm of its size, in strides. The score is the geometric mean of the outputs in `scores`.
   */
  z.strictObject({
    kind: z.literal('cells'),
    strides: z.array(
      z.strictObject({ stride: z.int(), scores: z.array(z.string()).min(1), boxes: z.string(), points: z.string() }),
    ),
  }),
  /**
   * For each stride `anchors` anchors per cell, row by row: the distances from the cell's corner to
   * the box's left, top, right and bottom, in strides.
   */
  z.strictObject({
    kind: z.literal('distances'),
    anchors: z.int().positive(),
    strides: z.array(z.strictObject({ stride: z.int(), scores: z.string(), boxes: z.string(), points: z.string() })),
  }),
]);

const detector = z.strictObject({
  file: z.string(),
  /** Its size is the size of the largest view. */
  input,
  /**
   * The net also takes smaller views whose sides are multiples of this. Without it, every view has
   * the input's size.
   */
  multiple: z.int().positive().optional(),
  session: session.optional(),
  /** Where a smaller view lies in the input, and what fills the rest (0..255). */
  fit: z.strictObject({ place: z.enum(['centre', 'corner']), fill: z.number() }),
  output: boxes,
  /**
   * The least score of a face. In tiles of a group photo a detector errs more often. There
   * `tileScore` is the least score.
   */
  minScore: z.number(),
  tileScore: z.number(),
  /** When two boxes overlap by more than this intersection over union, the better one stays. */
  overlap: z.number(),
});

const landmarks = z.discriminatedUnion('kind', [
  /** The detector's own five points. */
  z.strictObject({ kind: z.literal('detector') }),
  /** A net that sees a square crop around the box and gives points as fractions of it. */
  z.strictObject({
    kind: z.literal('net'),
    file: z.string(),
    input,
    output: z.string(),
    count: z.int().positive(),
    /** Side of the square, in heights of the detector's box. */
    side: z.number().positive(),
    /** Where the mean of the five points lies in the upright square, for the refining passes. */
    centre: point,
    passes: z.int().min(0),
    /**
     * In the last pass the points of an upright face move less than this on average, in eye
     * distances.
     */
    rest: z.number(),
  }),
]);

const align = z.discriminatedUnion('kind', [
  /**
   * A least-squares similarity lays the five points onto `template` (pixels of a square of `size`).
   */
  z.strictObject({
    kind: z.literal('points'),
    size: z.int().positive(),
    template: z.tuple([point, point, point, point, point]),
  }),
  /** The box, made square, widened by `margin` of its side and turned upright. */
  z.strictObject({ kind: z.literal('box'), size: z.int().positive(), margin: z.number() }),
]);

const embedder = z
  .strictObject({
    file: z.string(),
    input,
    output: z.string(),
    dims: z.int().positive(),
    normalise: z.enum(['l2', 'none']),
    /**
     * What is taken off a normalised vector before it is normalised again: the mean of a
     * population, and the directions in which photos differ but people do not (glasses, a mask,
     * blur). `facefinder calibrate --correct` measures it.
     */
    correction: z.strictObject({ mean: floats, directions: z.array(floats).min(1) }).optional(),
    session: session.optional(),
  })
  .refine(fits, 'a correction is of normalised vectors, and has `dims` floats in its mean and in each direction');

/** Where an impostor table comes from, so that it can be measured again. */
const provenance = z.strictObject({
  /** Name of the data set. */
  source: z.string(),
  photos: z.int().positive(),
  /** How many of these photos showed no face; they took no part. */
  withoutFace: z.int().min(0),
  people: z.int().positive(),
  /** Pairs of photos of different people. */
  pairs: z.int().positive(),
  measured: z.iso.date(),
  /** `<name>@<version>` of the pack. */
  pack: z.string(),
  /** The version of the code between photo and embedding. */
  pipeline: z.string(),
});

/** Everything that is particular to a set of models. The code knows nothing else about it. */
export const manifestSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  /** Raised whenever old vectors no longer compare with new ones. */
  version: z.string(),
  summary: z.string(),
  licences: z.strictObject({ code: z.string(), weights: z.string() }),
  /** What is known, and not known, about where the weights come from. */
  origin: z.string(),
  files: z.record(z.string(), file),
  detector,
  landmarks,
  /**
   * The five points, from the left of the picture: eye, eye, nose, corner of the mouth, corner of
   * the mouth. Each is the mean of the landmarks listed.
   */
  points: z.tuple([indices(), indices(), indices(), indices(), indices()]),
  align,
  embedder,
  /**
   * `verify` is the Euclidean distance up to which two photos count as one person, at a false-match
   * rate of 1e-3. For normalised vectors d² = 2 - 2cos, so a cosine threshold converts.
   */
  thresholds: z.strictObject({ verify: z.number() }),
  /**
   * Rows of a false-match rate and its distance, both falling from row to row. `facefinder
   * calibrate` measures them.
   */
  impostors: z.strictObject({
    fmr: z
      .array(z.tuple([z.number(), z.number()]))
      .min(2)
      .refine(falls, 'rates and distances must fall from row to row'),
    /**
     * The population for which the table is least true, because its people look more alike. In this
     * population the false-match rate is the table's rate to the power of `power`. `facefinder
     * calibrate --groups` measures it.
     */
    worstGroup: z.strictObject({ group: z.string(), power: z.number().gt(0).max(1), people: z.int() }).optional(),
    provenance,
  }),
});

function falls(rows: readonly (readonly [number, number])[]): boolean {
  return rows.every(([rate, distance], i) => {
    const [rateBefore, distanceBefore] = rows[i - 1] ?? [Infinity, Infinity];
    return rate < rateBefore && distance < distanceBefore;
  });
}

function fits({
  dims,
  normalise,
  correction,
}: {
  readonly dims: number;
  readonly normalise: 'l2' | 'none';
  readonly correction?: { readonly mean: string; readonly directions: readonly string[] } | undefined;
}): boolean {
  if (!correction) return true;
  const lists = [correction.mean, ...correction.directions];
  return normalise === 'l2' && lists.every((list) => Buffer.from(list, 'base64').length === dims * 4);
}

function indices() {
  return z.array(z.int().min(0)).min(1);
}

export type Manifest = z.infer<typeof manifestSchema>;
export type PackFile = z.infer<typeof wholeFile>;
export type Place = z.infer<typeof place>;
export type RepairStep = z.infer<typeof repairStep>;
export type NetInput = z.infer<typeof input>;
