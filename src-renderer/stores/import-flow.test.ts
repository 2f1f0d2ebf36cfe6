import { describe, expect, test } from 'vitest';
import { AppError } from '../../src-preload/contract/errors.ts';
import type { ImportPreview } from '../../src-preload/contract/index.ts';
import type { Call } from './client.ts';
import { baseName, createImportFlow, hearImport, openQuestions } from './import-flow.ts';

/** Answers calls by hand, in the order the test wants. */
function desk() {
  const asked: {
    name: string;
    input: unknown;
    answer: (value: unknown) => void;
    fail: (e: Error) => void;
  }[] = [];
  const api = ((name: string, input: unknown) =>
    new Promise((answer, fail) => asked.push({ name, input, answer, fail }))) as unknown as Call;
  return { api, asked };
}
const send = (file: File): Promise<string> => Promise.resolve(`upload:${file.name}`);
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const preview = (questions: ImportPreview['questions'] = []): ImportPreview =>
  ({ questions, repairs: [], warnings: [], columns: [] }) as unknown as ImportPreview;
const question: ImportPreview['questions'][number] = {
  code: 'date-order',
  message: '',
  option: 'dateOrder',
  choices: [{ value: 'dmy', label: 'Day first' }],
  blocking: true,
};

describe('one file', () => {
  test('is sent, read, asked about and imported', async () => {
    const { api, asked } = desk();
    const flow = createImportFlow(api, send);
    flow.getState().open([new File(['a'], 'a.csv')]);
    expect(flow.getState().state.phase).toBe('sending');
    await settle();
    expect(flow.getState().state.phase).toBe('reading');
    expect(asked[0]).toMatchObject({
      name: 'datasets.preview',
      input: { file: 'upload:a.csv', options: {} },
    });
    asked[0]!.answer(preview([question]));
    await settle();
    expect(flow.getState().state.phase).toBe('asking');

    flow.getState().answer({ dateOrder: 'dmy' });
    await settle();
    expect(asked[1]!.input).toEqual({ file: 'upload:a.csv', options: { dateOrder: 'dmy' } });
    asked[1]!.answer(preview());
    await settle();
    void flow.getState().confirm();
    expect(asked[2]).toMatchObject({ name: 'datasets.import', input: { options: { dateOrder: 'dmy' } } });
    asked[2]!.answer({ dataset: 'a' });
    await settle();
    expect(flow.getState().state).toMatchObject({ phase: 'done', outcome: { dataset: 'a' } });
  });

  test('an answer that comes after closing changes nothing', async () => {
    const { api, asked } = desk();
    const flow = createImportFlow(api, send);
    flow.getState().open([new File(['a'], 'a.csv')]);
    await settle();
    flow.getState().close();
    // the other side need not read on
    expect(asked[1]).toMatchObject({ name: 'datasets.cancelImport', input: { file: 'upload:a.csv' } });
    asked[0]!.answer(preview());
    await settle();
    expect(flow.getState().state.phase).toBe('closed');
  });

  test('a newer answer wins over the preview still on its way', async () => {
    const { api, asked } = desk();
    const flow = createImportFlow(api, send);
    flow.getState().openPaths(['/data/a.csv']);
    asked[0]!.answer(preview());
    await settle();
    flow.getState().answer({ target: 'first' });
    flow.getState().answer({ target: 'second' });
    asked[2]!.answer({ ...preview(), target: 'second' });
    await settle();
    asked[1]!.answer({ ...preview(), target: 'first' });
    await settle();
    expect(flow.getState().state).toMatchObject({ phase: 'asking', preview: { target: 'second' } });
  });

  test('a failure keeps what was known, and retry reads again with the same options', async () => {
    const { api, asked } = desk();
    const flow = createImportFlow(api, send);
    flow.getState().openPaths(['/data/a.csv']);
    asked[0]!.fail(new AppError({ code: 'no-timestamp', message: 'No column holds a time.' }));
    await settle();
    expect(flow.getState().state).toMatchObject({ phase: 'failed', error: { code: 'no-timestamp' } });
    flow.getState().retry();
    expect(asked[1]).toMatchObject({ name: 'datasets.preview', input: { file: '/data/a.csv' } });
  });
});

test('several files come one after the other', async () => {
  const { api, asked } = desk();
  const flow = createImportFlow(api, send);
  flow.getState().open([new File(['a'], 'a.csv'), new File(['b'], 'b.csv')]);
  await settle();
  asked[0]!.answer(preview());
  await settle();
  expect(flow.getState().waiting).toHaveLength(1);
  flow.getState().close();
  await settle();
  expect(flow.getState().state).toMatchObject({ phase: 'reading', fileName: 'b.csv' });
  expect(flow.getState().waiting).toHaveLength(0);
});

test('only blocking questions without an answer hold the import back', () => {
  const asking = preview([question, { ...question, code: 'timezone', option: 'timezone', blocking: false }]);
  expect(openQuestions(asking, {})).toEqual(['date-order']);
  expect(openQuestions(asking, { dateOrder: 'dmy' })).toEqual([]);
});

test('progress of the own file is heard, of others not; an upload is known by its id within a path', () => {
  const state = {
    phase: 'reading',
    fileName: 'a.csv',
    file: 'upload:1234',
    options: {},
    preview: null,
    fraction: null,
    message: '',
  } as const;
  const event = (file: string) =>
    ({ type: 'import-progress', file, fraction: 0.5, message: 'half' }) as const;
  expect(hearImport(state, [event('/ws/incoming/1234/a.csv')])).toMatchObject({
    fraction: 0.5,
    message: 'half',
  });
  expect(hearImport(state, [event('/ws/incoming/9999/a.csv')])).toBe(state);
});

test('a path of either kind ends in its name', () => {
  expect([baseName('/data/a.csv'), baseName('C:\\data\\b.csv'), baseName('c.csv')]).toEqual([
    'a.csv',
    'b.csv',
    'c.csv',
  ]);
});
