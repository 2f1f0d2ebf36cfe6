/** @file CodeMirror for recipes: marks where the service finds a mistake, completion from the recipe's schema, our colours. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Diagnostic } from '@codemirror/lint';
import type { Extension, Text } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { RecipeIssue } from '../../../src-preload/contract/index.ts';
import { fieldsAt, modelTypeIn, yamlPosition } from '../../stores/recipes-schema.ts';
import type { Schema, SchemaField } from '../../stores/recipes-schema.ts';

/** The word at the issue's place; the whole line where only the line is known; the first where nothing is. */
export function diagnosticsOf(issues: readonly RecipeIssue[], doc: Text): Diagnostic[] {
  return issues
    .map((issue): Diagnostic => {
      const line = doc.line(Math.min(Math.max(issue.line ?? 1, 1), doc.lines));
      const start = Math.min(line.from + Math.max((issue.column ?? 1) - 1, 0), line.to);
      const word = /^[\w.-]+/.exec(line.text.slice(start - line.from))?.[0].length ?? 0;
      const from = issue.column === null ? line.from : start;
      const to = issue.column === null || word === 0 ? line.to : start + word;
      return {
        from,
        to: Math.max(from, to),
        severity: issue.severity,
        message:
          issue.suggestion && !issue.message.includes(issue.suggestion)
            ? `${issue.message} (${issue.suggestion})`
            : issue.message,
      };
    })
    .sort((a, b) => a.from - b.from);
}

/** Keys that may stand here, or the values of the key whose value is being typed. */
export function completeRecipe(schema: Schema) {
  return (context: CompletionContext): CompletionResult | null => {
    const text = context.state.doc.toString();
    const position = yamlPosition(text, context.pos);
    const typed = context.pos - position.from;
    if (typed === 0 && !context.explicit) return null;
    const fields = fieldsAt(schema, position.path, modelTypeIn(text));
    if (position.valueOf !== null) {
      const field = fields.find((item) => item.key === position.valueOf);
      const options = field ? valuesOf(field) : [];
      return options.length === 0 ? null : { from: position.from, options, validFor: /^[\w.-]*$/ };
    }
    if (fields.length === 0) return null;
    return { from: position.from, options: fields.map(keyOption), validFor: /^[\w.-]*$/ };
  };
}

const keyOption = (field: SchemaField): Completion => ({
  label: field.key,
  type: 'property',
  apply: field.kind === 'object' ? `${field.key}:\n` : `${field.key}: `,
  ...(field.description ? { info: field.description } : {}),
  ...(field.default !== undefined && typeof field.default !== 'object'
    ? { detail: String(field.default) }
    : {}),
});

function valuesOf(field: SchemaField): Completion[] {
  const values = field.kind === 'boolean' ? ['true', 'false'] : [...new Set(field.choices)];
  return values.map((label) => ({ label, type: 'enum' }));
}

const colours = HighlightStyle.define([
  {
    tag: [tags.propertyName, tags.definition(tags.propertyName)],
    color: 'var(--vc-accent-text)',
    fontWeight: '600',
  },
  { tag: [tags.string, tags.content], color: 'var(--vc-text)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--vc-info)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--vc-muted)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator], color: 'var(--vc-muted)' },
]);

const frame = EditorView.theme({
  '&': {
    color: 'var(--vc-text)',
    backgroundColor: 'var(--vc-sunken)',
    border: '1px solid var(--vc-border)',
    borderRadius: '8px',
    fontSize: '0.8125rem',
    overflow: 'hidden',
  },
  '&.cm-focused': { outline: '2px solid var(--vc-focus)', outlineOffset: '1px' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.6' },
  '.cm-content': { caretColor: 'var(--vc-text)', padding: '0.6rem 0' },
  '.cm-cursor': { borderLeftColor: 'var(--vc-text)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--vc-muted)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in srgb, var(--vc-text) 5%, transparent)',
  },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--vc-band)',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--vc-raised)',
    color: 'var(--vc-text)',
    border: '1px solid var(--vc-border)',
    borderRadius: '8px',
    overflow: 'hidden',
  },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--vc-accent-soft)',
    color: 'var(--vc-text)',
  },
  '.cm-completionInfo': { maxWidth: '22rem', padding: '0.4rem 0.6rem' },
  '.cm-completionDetail': { color: 'var(--vc-muted)' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--vc-bad)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--vc-warn)' },
  '.cm-foldPlaceholder': { backgroundColor: 'transparent', border: 'none', color: 'var(--vc-muted)' },
});

export const recipeLook: Extension = [frame, syntaxHighlighting(colours)];
