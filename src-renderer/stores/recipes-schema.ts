/** @file Reads a recipe's JSON schema for people: which keys may stand where, what they mean, which values they take. */

export type Schema = Readonly<Record<string, unknown>>;

export interface SchemaField {
  readonly key: string;
  readonly kind: 'boolean' | 'integer' | 'number' | 'choice' | 'text' | 'list' | 'object';
  readonly description: string | null;
  readonly choices: readonly string[];
  readonly default: unknown;
  readonly minimum: number | null;
  readonly maximum: number | null;
}

const asSchema = (value: unknown): Schema | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : null;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** Follows `$ref` inside the same document. */
function resolve(schema: Schema, root: Schema): Schema {
  const ref = schema['$ref'];
  if (typeof ref !== 'string' || !ref.startsWith('#/')) return schema;
  let at: Schema | null = root;
  for (const part of ref.slice(2).split('/')) at = at === null ? null : asSchema(at[part]);
  return at ?? schema;
}

/** Every variant a value may take: the schema itself, or the branches of `anyOf`/`oneOf`. */
function variants(schema: Schema, root: Schema): readonly Schema[] {
  const own = resolve(schema, root);
  const branches = [...list(own['anyOf']), ...list(own['oneOf'])].map(asSchema).filter((b) => b !== null);
  return branches.length === 0 ? [own] : branches.flatMap((branch) => variants(branch, root));
}

/** The schema under a dotted path; the branch for `modelType` is taken where parameters depend on the model. */
export function schemaAt(root: Schema, path: readonly string[], modelType: string | null): Schema | null {
  let candidates: readonly Schema[] = [root];
  for (const key of path) {
    const next: Schema[] = [];
    for (const candidate of candidates)
      for (const variant of withConditions(candidate, root, modelType)) {
        const child = asSchema(asSchema(variant['properties'])?.[key]);
        if (child) next.push(resolve(child, root));
      }
    if (next.length === 0) return null;
    candidates = next;
  }
  // the most telling one: with properties of its own before a bare record
  return candidates.find((candidate) => asSchema(candidate['properties'])) ?? candidates[0];
}

/** A schema together with the `then` branches whose condition names this model type. */
function withConditions(schema: Schema, root: Schema, modelType: string | null): readonly Schema[] {
  const result: Schema[] = [];
  for (const variant of variants(schema, root)) {
    if (!fitsModel(variant, modelType)) continue;
    result.push(variant);
    for (const part of [variant, ...list(variant['allOf']).map(asSchema)]) {
      if (!part) continue;
      const condition = asSchema(part['if']);
      if (!condition) {
        if (part !== variant) result.push(part);
        continue;
      }
      const branch = asSchema(
        modelType !== null && fitsModel(condition, modelType) ? part['then'] : part['else'],
      );
      if (branch) result.push(resolve(branch, root));
    }
  }
  return result;
}

/** false only where the schema names model types (`type: {const}` or `{enum}`) and this one is not among them. */
function fitsModel(schema: Schema, modelType: string | null): boolean {
  const properties = asSchema(schema['properties']);
  const nested = asSchema(properties?.['model']);
  if (nested) return fitsModel(nested, modelType);
  const type = asSchema(properties?.['type']);
  if (!type || modelType === null) return true;
  if (typeof type['const'] === 'string') return type['const'] === modelType;
  const allowed = list(type['enum']);
  return allowed.length === 0 || allowed.includes(modelType);
}

export function fieldsAt(root: Schema, path: readonly string[], modelType: string | null): SchemaField[] {
  const schema = schemaAt(root, path, modelType);
  const fields = new Map<string, SchemaField>();
  if (!schema) return [];
  for (const variant of withConditions(schema, root, modelType)) {
    const properties = asSchema(variant['properties']) ?? {};
    for (const [key, value] of Object.entries(properties)) {
      const child = asSchema(value);
      if (child) fields.set(key, fieldOf(key, child, root));
    }
  }
  return [...fields.values()];
}

function fieldOf(key: string, schema: Schema, root: Schema): SchemaField {
  const own = resolve(schema, root);
  const all = variants(own, root);
  const choices = all.flatMap((variant) => [
    ...list(variant['enum']),
    ...(variant['const'] === undefined ? [] : [variant['const']]),
  ]);
  const numeric = all.find((variant) => variant['type'] === 'integer' || variant['type'] === 'number');
  const number = (value: unknown): number | null =>
    typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : null;
  return {
    key,
    kind: kindOf(all, choices),
    description: typeof own['description'] === 'string' ? own['description'] : null,
    choices: choices.map(String),
    default: own['default'],
    minimum: number(numeric?.['minimum'] ?? numeric?.['exclusiveMinimum']),
    maximum: number(numeric?.['maximum'] ?? numeric?.['exclusiveMaximum']),
  };
}

function kindOf(all: readonly Schema[], choices: readonly unknown[]): SchemaField['kind'] {
  const types = new Set(all.map((variant) => variant['type']));
  if (types.has('object') || all.some((variant) => variant['properties'])) return 'object';
  if (types.has('array')) return 'list';
  if (types.has('boolean') && choices.length === 0) return 'boolean';
  if (types.has('integer') && choices.length === 0) return 'integer';
  if (types.has('number') && choices.length === 0) return 'number';
  const open = types.has('string') && !all.every((variant) => variant['enum'] ?? variant['const']);
  if (choices.length > 0 && !open && !types.has('integer') && !types.has('number')) return 'choice';
  return 'text';
}

export interface YamlPosition {
  /** keys of the mappings the cursor stands in, outermost first */
  readonly path: readonly string[];
  /** the key whose value is being typed, or null while a key is typed */
  readonly valueOf: string | null;
  /** where the word under the cursor begins, offset in the text */
  readonly from: number;
}

/**
 * Where in a block-style YAML mapping the cursor stands, from indentation alone: completion must work while the text
 * does not parse.
 */
export function yamlPosition(text: string, offset: number): YamlPosition {
  const lines = text.slice(0, offset).split('\n');
  const current = lines[lines.length - 1];
  const start = offset - current.length;
  const keyed = /^(\s*)(?:- )?([\w.-]+):\s+(\S*)$/.exec(current);
  const indent = /^\s*/.exec(current)![0].length;
  const path: string[] = [];
  let limit = indent;
  for (let i = lines.length - 2; i >= 0 && limit > 0; i--) {
    const parent = /^(\s*)([\w.-]+):\s*(?:#.*)?$/.exec(lines[i]);
    if (parent && parent[1].length < limit) {
      path.unshift(parent[2]);
      limit = parent[1].length;
    }
  }
  if (keyed) return { path, valueOf: keyed[2], from: offset - keyed[3].length };
  return { path, valueOf: null, from: start + indent };
}

/** The model type written in the text, also while the rest does not parse. */
export const modelTypeIn = (text: string): string | null =>
  /^model:\s*(?:#.*)?\n(?:[ \t]+.*\n|\s*\n)*?[ \t]+type:\s*["']?([\w-]+)/m.exec(text)?.[1] ?? null;
