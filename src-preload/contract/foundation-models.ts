/** @file Foundation models (Chronos): which are here, which can be got, and getting one from the hub, a folder or an archive. */
import { z } from 'zod';
import { errorDataSchema } from './errors.ts';

export const foundationKinds = ['chronos-2', 'chronos-bolt', 'chronos-t5'] as const;
/** The architecture: what runs it. */
export type FoundationKind = (typeof foundationKinds)[number];

export const licenceSchema = z.object({
  /** as the hub names it, e.g. `apache-2.0`; null: the model says nothing */
  id: z.string().max(200).nullable(),
  name: z.string().max(500).nullable(),
  link: z.string().max(2000).nullable(),
  /** known to allow every use, so that nothing has to be accepted */
  permissive: z.boolean(),
});
export type Licence = z.infer<typeof licenceSchema>;

export const foundationManifestSchema = z.object({
  format: z.literal('voltcast-foundation-model'),
  version: z.literal(1),
  /** what recipes name it by: `owner/name` of the hub, or a name of its own */
  name: z.string(),
  kind: z.enum(foundationKinds),
  /** of the hub, as asked for; null: not from there */
  revision: z.string().nullable(),
  /** the revision's commit, 40 hexadecimal digits */
  commit: z.string().nullable(),
  licence: licenceSchema,
  source: z.object({
    from: z.enum(['hub', 'folder', 'archive', 'built-in']),
    /** the hub's address, or the name of the folder or archive */
    name: z.string(),
  }),
  files: z.array(
    z.object({
      /** inside of the model's folder, with slashes */
      path: z.string(),
      bytes: z.number().int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
  /** UTC ms */
  addedAt: z.number(),
});
export type FoundationManifest = z.infer<typeof foundationManifestSchema>;

export const foundationModelSchema = z.object({
  name: z.string(),
  /** absolute path of its folder */
  folder: z.string(),
  builtIn: z.boolean(),
  bytes: z.number(),
  /** null where `problem` says why */
  kind: z.enum(foundationKinds).nullable(),
  revision: z.string().nullable(),
  commit: z.string().nullable(),
  licence: licenceSchema.nullable(),
  source: foundationManifestSchema.shape.source.nullable(),
  addedAt: z.number().nullable(),
  /** why it cannot be used */
  problem: errorDataSchema.nullable(),
});
export type FoundationModel = z.infer<typeof foundationModelSchema>;

/** A model of the hub that Voltcast is made for. */
export const officialModelSchema = z.object({
  name: z.string(),
  kind: z.enum(foundationKinds),
  /** million parameters, rounded */
  parameters: z.number(),
  /** about; the hub says it exactly before anything is downloaded */
  bytes: z.number(),
});
export type OfficialModel = z.infer<typeof officialModelSchema>;

export const offeredModelSchema = z.object({
  name: z.string(),
  revision: z.string(),
  commit: z.string(),
  kind: z.enum(foundationKinds),
  licence: licenceSchema,
  files: z.array(z.object({ path: z.string(), bytes: z.number() })),
  bytes: z.number(),
  /** the same commit is here already */
  installed: z.boolean(),
});
export type OfferedModel = z.infer<typeof offeredModelSchema>;

/** A model on its way into the library. */
export const modelJobSchema = z.object({
  /** chosen by who asked for it */
  job: z.string(),
  /** of the model, or of the folder or archive it comes from */
  name: z.string(),
  phase: z.enum(['asking', 'downloading', 'reading', 'checking', 'done', 'failed']),
  /** there so far, and altogether; null: not known yet */
  bytes: z.number(),
  totalBytes: z.number().nullable(),
  /** null while it cannot be said */
  bytesPerSecond: z.number().nullable(),
  etaMs: z.number().nullable(),
  error: errorDataSchema.nullable(),
});
export type ModelJob = z.infer<typeof modelJobSchema>;

const network = {
  /** address of the proxy; default: of the settings, else HTTPS_PROXY, HTTP_PROXY and NO_PROXY */
  proxy: z.string().optional(),
  /** address of a mirror of the hub; default: of the settings, else HF_ENDPOINT */
  mirror: z.string().optional(),
};

export const foundationCalls = {
  'models.library': {
    input: z.strictObject({}),
    output: z.object({
      /** where models are put */
      folder: z.string(),
      models: z.array(foundationModelSchema),
      official: z.array(officialModelSchema),
      /** on their way right now */
      adding: z.array(modelJobSchema),
    }),
  },
  /** what the hub has under a name, before anything is downloaded; `model`: `owner/name` or `owner/name@revision` */
  'models.lookup': {
    input: z.strictObject({ model: z.string().min(1).max(300), ...network }),
    output: offeredModelSchema,
  },
  /** `model` of the hub, or `file`: a folder or an archive. Answers when it is there; see the event `model-job` for progress */
  'models.add': {
    input: z.strictObject({
      model: z.string().min(1).max(300).optional(),
      file: z.string().min(1).optional(),
      /** of a model from a file; default: what its manifest or the file's name says */
      name: z.string().min(1).max(200).optional(),
      /** for a licence that is not known to allow every use */
      acceptLicence: z.boolean().default(false),
      /** names the progress; default: the model or file */
      job: z.string().min(1).max(300).optional(),
      ...network,
    }),
    output: foundationModelSchema.extend({
      /** false: it was there already, unchanged */
      added: z.boolean(),
    }),
  },
  'models.cancelAdd': {
    input: z.strictObject({ job: z.string() }),
    output: z.object({ ok: z.literal(true) }),
  },
} as const;
