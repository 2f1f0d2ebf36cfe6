/** @file A recipe as text. Loaded when first shown: the editor is larger than the rest of the page. */
import { autocompletion } from '@codemirror/autocomplete';
import { yaml } from '@codemirror/lang-yaml';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { useEffect, useLayoutEffect, useRef } from 'react';
import type { RecipeIssue } from '../../../src-preload/contract/index.ts';
import type { Schema } from '../../stores/recipes-schema.ts';
import { completeRecipe, diagnosticsOf, recipeLook } from './yaml-support.ts';

export default function YamlEditor({
  value,
  onChange,
  issues,
  schema,
  label,
  readOnly = false,
  minHeight = '20rem',
}: {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly issues: readonly RecipeIssue[];
  readonly schema: Schema | null;
  readonly label: string;
  readonly readOnly?: boolean;
  readonly minHeight?: string;
}) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const completion = useRef(new Compartment());
  const lock = useRef(new Compartment());
  const latest = useRef({ onChange, value });
  useLayoutEffect(() => {
    latest.current = { onChange, value };
  });

  useEffect(() => {
    const made = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          basicSetup,
          yaml(),
          lintGutter(),
          completion.current.of([]),
          lock.current.of([]),
          recipeLook,
          EditorView.lineWrapping,
          // Escape first closes the editor's own list; a dialog around it must not take the key
          EditorView.contentAttributes.of({ 'aria-label': label, 'data-mantine-stop-propagation': 'true' }),
          // high enough to work in, low enough that the messages below stay in sight
          EditorView.theme({
            '&': { minHeight },
            '.cm-scroller': {
              minHeight,
              maxHeight: `max(${minHeight}, calc(100dvh - 19rem))`,
              overflow: 'auto',
            },
          }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            const text = update.state.doc.toString();
            // set from outside: not the user's typing
            if (text !== latest.current.value) latest.current.onChange(text);
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, [label, minHeight]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const old = editor.state.doc.toString();
    if (old !== value) editor.dispatch({ changes: changeBetween(old, value) });
  }, [value]);

  useEffect(() => {
    view.current?.dispatch({
      effects: [
        completion.current.reconfigure(
          schema ? autocompletion({ override: [completeRecipe(schema)], icons: false }) : [],
        ),
        lock.current.reconfigure(readOnly ? [EditorState.readOnly.of(true)] : []),
      ],
    });
  }, [schema, readOnly, label, minHeight]);

  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(issues, editor.state.doc)));
  }, [issues, label, minHeight]);

  return <div ref={host} />;
}

/** Only what differs is replaced, so that cursor and folding stay where they are. */
function changeBetween(old: string, next: string): { from: number; to: number; insert: string } {
  let from = 0;
  while (from < old.length && from < next.length && old[from] === next[from]) from++;
  let tail = 0;
  while (
    tail < old.length - from &&
    tail < next.length - from &&
    old[old.length - 1 - tail] === next[next.length - 1 - tail]
  )
    tail++;
  return { from, to: old.length - tail, insert: next.slice(from, next.length - tail) };
}
