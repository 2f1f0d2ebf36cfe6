/** @file The JSON form of a {@link TreeEnsemble}: its own fields, arrays packed as base64 so that every bit comes back. */
import { z } from 'zod';
import { pack, packedSchema, parseModel, unpack } from '../../codec.ts';
import type { NodeTrees, SymmetricTrees, TreeEnsemble } from '../ensemble.ts';
import { validateEnsemble } from './validate.ts';

const text = z.string().max(10_000);
const number = z.number();
const index = z.number().int().nonnegative();

const featureSchema = z.strictObject({
  name: text,
  kind: z.enum(['number', 'category']),
  categories: z.array(text).nullable(),
});

const derivedSchema = z.strictObject({
  statistic: z.enum(['Borders', 'Buckets', 'BinarizedTargetMeanValue', 'Counter']),
  columns: z.array(index),
  binary: z.array(z.strictObject({ column: index, border: number })),
  equal: z.array(z.strictObject({ column: index, code: z.number().int() })),
  targetBorder: index,
  prior: z.strictObject({ numerator: number, denominator: number }),
  shift: number,
  scale: number,
  table: index,
});

const tableSchema = z.strictObject({
  hashes: packedSchema,
  counts: packedSchema,
  classes: index,
  total: number,
});

const nodesSchema = z.strictObject({
  shape: z.literal('nodes'),
  start: packedSchema,
  feature: packedSchema,
  threshold: packedSchema,
  left: packedSchema,
  right: packedSchema,
  flags: packedSchema,
  value: packedSchema,
  gain: packedSchema,
  cover: packedSchema,
  count: packedSchema,
  setStart: packedSchema,
  setBits: packedSchema,
});

const symmetricSchema = z.strictObject({
  shape: z.literal('symmetric'),
  start: packedSchema,
  feature: packedSchema,
  border: packedSchema,
  equal: packedSchema,
  leafStart: packedSchema,
  value: packedSchema,
  weight: packedSchema,
  gain: packedSchema,
});

export const ensembleSchema = z.strictObject({
  format: z.literal('voltcast-trees'),
  version: z.literal(1),
  dialect: z.enum(['xgboost', 'lightgbm', 'catboost', 'forest']),
  features: z.array(featureSchema).max(1_000_000),
  derived: z.array(derivedSchema).max(1_000_000),
  tables: z.array(tableSchema).max(1_000_000),
  outputs: index,
  leafWidth: index,
  treeOutput: packedSchema,
  base: packedSchema,
  scale: number,
  treesPerRound: index,
  trees: z.discriminatedUnion('shape', [nodesSchema, symmetricSchema]),
  compare: z.enum(['lt', 'le']),
  single: z.boolean(),
  missingAs: z.array(z.enum(['min', 'max'])).nullable(),
  link: z.enum(['identity', 'logistic', 'exp', 'softmax']),
  objective: text,
  levels: z.array(z.number().gt(0).lt(1)).min(1).nullable(),
});
export type EnsembleJson = z.infer<typeof ensembleSchema>;

export function ensembleToJson(ensemble: TreeEnsemble): EnsembleJson {
  const { dialect, outputs, leafWidth, scale, treesPerRound, compare, single, link, objective } = ensemble;
  return {
    format: 'voltcast-trees',
    version: 1,
    dialect,
    features: ensemble.features.map(({ name, kind, categories }) => ({
      name,
      kind,
      categories: categories === null ? null : [...categories],
    })),
    derived: ensemble.derived.map((column) => ({
      ...column,
      columns: [...column.columns],
      binary: [...column.binary],
      equal: [...column.equal],
    })),
    tables: ensemble.tables.map(({ hashes, counts, classes, total }) => ({
      hashes: pack(hashes),
      counts: pack(counts),
      classes,
      total,
    })),
    outputs,
    leafWidth,
    treeOutput: pack(ensemble.treeOutput),
    base: pack(ensemble.base),
    scale,
    treesPerRound,
    trees: ensemble.trees.shape === 'nodes' ? nodesToJson(ensemble.trees) : symmetricToJson(ensemble.trees),
    compare,
    single,
    missingAs: ensemble.missingAs === null ? null : [...ensemble.missingAs],
    link,
    objective,
    levels: ensemble.levels === null ? null : [...ensemble.levels],
  };
}

/** @throws AppError `model-invalid` that names the field; what is returned is safe to walk (see `validateEnsemble`) */
export function ensembleFromJson(json: unknown, name = 'ensemble'): TreeEnsemble {
  const parsed = parseModel(ensembleSchema, json, name);
  const ensemble: TreeEnsemble = {
    dialect: parsed.dialect,
    features: parsed.features,
    derived: parsed.derived,
    tables: parsed.tables.map((table, t) => ({
      hashes: unpack(table.hashes, 'u64', `${name}.tables.${t}.hashes`),
      counts: unpack(table.counts, 'f64', `${name}.tables.${t}.counts`),
      classes: table.classes,
      total: table.total,
    })),
    outputs: parsed.outputs,
    leafWidth: parsed.leafWidth,
    treeOutput: unpack(parsed.treeOutput, 'i32', `${name}.treeOutput`),
    base: unpack(parsed.base, 'f64', `${name}.base`),
    scale: parsed.scale,
    treesPerRound: parsed.treesPerRound,
    trees:
      parsed.trees.shape === 'nodes'
        ? nodesFromJson(parsed.trees, name)
        : symmetricFromJson(parsed.trees, name),
    compare: parsed.compare,
    single: parsed.single,
    missingAs: parsed.missingAs,
    link: parsed.link,
    objective: parsed.objective,
    levels: parsed.levels,
  };
  validateEnsemble(ensemble, name);
  return ensemble;
}

const nodesToJson = (trees: NodeTrees): z.infer<typeof nodesSchema> => ({
  shape: 'nodes',
  start: pack(trees.start),
  feature: pack(trees.feature),
  threshold: pack(trees.threshold),
  left: pack(trees.left),
  right: pack(trees.right),
  flags: pack(trees.flags),
  value: pack(trees.value),
  gain: pack(trees.gain),
  cover: pack(trees.cover),
  count: pack(trees.count),
  setStart: pack(trees.setStart),
  setBits: pack(trees.setBits),
});

const nodesFromJson = (json: z.infer<typeof nodesSchema>, name: string): NodeTrees => ({
  shape: 'nodes',
  start: unpack(json.start, 'i32', `${name}.trees.start`),
  feature: unpack(json.feature, 'i32', `${name}.trees.feature`),
  threshold: unpack(json.threshold, 'f64', `${name}.trees.threshold`),
  left: unpack(json.left, 'i32', `${name}.trees.left`),
  right: unpack(json.right, 'i32', `${name}.trees.right`),
  flags: unpack(json.flags, 'u8', `${name}.trees.flags`),
  value: unpack(json.value, 'f64', `${name}.trees.value`),
  gain: unpack(json.gain, 'f64', `${name}.trees.gain`),
  cover: unpack(json.cover, 'f64', `${name}.trees.cover`),
  count: unpack(json.count, 'f64', `${name}.trees.count`),
  setStart: unpack(json.setStart, 'i32', `${name}.trees.setStart`),
  setBits: unpack(json.setBits, 'u32', `${name}.trees.setBits`),
});

const symmetricToJson = (trees: SymmetricTrees): z.infer<typeof symmetricSchema> => ({
  shape: 'symmetric',
  start: pack(trees.start),
  feature: pack(trees.feature),
  border: pack(trees.border),
  equal: pack(trees.equal),
  leafStart: pack(trees.leafStart),
  value: pack(trees.value),
  weight: pack(trees.weight),
  gain: pack(trees.gain),
});

const symmetricFromJson = (json: z.infer<typeof symmetricSchema>, name: string): SymmetricTrees => ({
  shape: 'symmetric',
  start: unpack(json.start, 'i32', `${name}.trees.start`),
  feature: unpack(json.feature, 'i32', `${name}.trees.feature`),
  border: unpack(json.border, 'f64', `${name}.trees.border`),
  equal: unpack(json.equal, 'u8', `${name}.trees.equal`),
  leafStart: unpack(json.leafStart, 'i32', `${name}.trees.leafStart`),
  value: unpack(json.value, 'f64', `${name}.trees.value`),
  weight: unpack(json.weight, 'f64', `${name}.trees.weight`),
  gain: unpack(json.gain, 'f64', `${name}.trees.gain`),
});
