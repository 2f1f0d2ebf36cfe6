import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState, Text } from '@codemirror/state';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { recipeSchema } from '../../../src-preload/contract/recipe.ts';
import type { RecipeIssue } from '../../../src-preload/contract/index.ts';
import { completeRecipe, diagnosticsOf } from './yaml-support.ts';

const issue = (line: number | null, column: number | null): RecipeIssue => ({
  severity: 'error',
  code: 'unknown-key',
  message: 'Unknown key',
  line,
  column,
  key: null,
  suggestion: 'horizon',
});
const doc = Text.of(['task: forecast', 'forecast:', '  horizn: 96']);

describe('marks', () => {
  test('the word at line and column', () => {
    const [mark] = diagnosticsOf([issue(3, 3)], doc);
    expect(doc.sliceString(mark.from, mark.to)).toBe('horizn');
    expect(mark.message).toContain('horizon');
  });
  test('the line where the column is not known; never outside the text', () => {
    const [mark] = diagnosticsOf([issue(2, null)], doc);
    expect(doc.sliceString(mark.from, mark.to)).toBe('forecast:');
    for (const odd of [issue(99, 99), issue(null, null), issue(0, 0)]) {
      const [place] = diagnosticsOf([odd], doc);
      expect(place.from).toBeGreaterThanOrEqual(0);
      expect(place.to).toBeLessThanOrEqual(doc.length);
    }
  });
});

describe('completion', () => {
  const complete = completeRecipe(z.toJSONSchema(recipeSchema, { io: 'input' }) as Record<string, unknown>);
  const labels = (text: string, explicit = false): string[] =>
    complete(new CompletionContext(EditorState.create({ doc: text }), text.length, explicit))?.options.map(
      (option) => option.label,
    ) ?? [];
  test('keys of the section, with what they mean', () => {
    expect(labels('forecast:\n  ho')).toContain('horizon');
    expect(labels('ta')).toContain('task');
  });
  test('values of a key', () => {
    expect(labels('split:\n  strategy: s')).toEqual(['expanding', 'sliding']);
    expect(labels('features:\n  calendar: t')).toEqual(['true', 'false']);
  });
  test('nothing pops up unasked on an empty line', () => {
    expect(labels('forecast:\n  ')).toEqual([]);
    expect(labels('forecast:\n  ', true)).toContain('quantiles');
  });
});
