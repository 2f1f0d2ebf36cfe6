/** @file The recipe of an ensemble that is made of runs: their models, and everything else from the best of them. */
import { Document } from 'yaml';
import type { ModelType } from '../../src-preload/contract/index.ts';
import { readDocument } from './document.ts';

export interface CombinedRecipe {
  /** recipe text of the best run; its data, cleaning, features, split, forecast and so on are taken over */
  readonly base: string;
  readonly type: 'ensemble_ridge' | 'ensemble_lightgbm';
  readonly members: readonly {
    readonly type: ModelType;
    readonly params: Readonly<Record<string, unknown>>;
  }[];
  readonly name: string;
  /** where it comes from, one line each */
  readonly comment: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

const ownKeys = new Set(['version', 'name', 'description', 'model', 'tracking']);

/** The YAML text. */
export function combinedRecipe({ base, type, members, name, comment, tags }: CombinedRecipe): string {
  const raw = mapOf(readDocument(base).data);
  const tracking = mapOf(raw['tracking']);
  const training = mapOf(raw['training']);
  // an ensemble is trained anew
  if ('continueFrom' in training) raw['training'] = { ...training, continueFrom: null };
  const doc = new Document({
    version: 1,
    name,
    ...Object.fromEntries(Object.entries(raw).filter(([key, value]) => !ownKeys.has(key) && value !== null)),
    model: {
      type,
      params: {
        base_models: members.map((member) =>
          Object.keys(member.params).length === 0
            ? { type: member.type }
            : { type: member.type, params: member.params },
        ),
      },
    },
    tracking: { ...tracking, tags: { ...mapOf(tracking['tags']), ...tags } },
  });
  doc.commentBefore = comment.map((line) => ` ${line}`).join('\n');
  return doc.toString({ lineWidth: 0, flowCollectionPadding: false });
}

const mapOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
