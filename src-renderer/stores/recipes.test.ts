import { describe, expect, test } from 'vitest';
import type { Input, Output } from '../../src-preload/contract/index.ts';
import { recipeSchema } from '../../src-preload/contract/recipe.ts';
import type { Call } from './client.ts';
import { createRecipesStore, isDirty, recipeFileName, recipesToStart } from './recipes.ts';

const recipe = recipeSchema.parse({ model: { type: 'xgboost' } });

/** Validation answers when the test says so, to try answers that come late. */
function setUp() {
  const checks: { text: string; answer: (value: Output<'recipes.validate'>) => void }[] = [];
  const api = ((name: string, input: unknown): Promise<unknown> => {
    if (name === 'recipes.get') return Promise.resolve({ name: 'x.yaml', text: 'one' });
    if (name === 'recipes.edit') {
      const { text, set } = input as Input<'recipes.edit'>;
      return Promise.resolve({ text: `${text} ${Object.keys(set).join()}` });
    }
    if (name === 'recipes.save')
      return Promise.resolve({ name: (input as Input<'recipes.save'>).name, title: 'Own' });
    if (name === 'recipes.validate')
      return new Promise<Output<'recipes.validate'>>((answer) => {
        checks.push({ text: (input as Input<'recipes.validate'>).text, answer });
      });
    throw new Error(name);
  }) as Call;
  const store = createRecipesStore(api, 0);
  return { store, checks, draft: () => store.getState().drafts['x.yaml'] };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('the editor', () => {
  test('an answer about an older text is dropped', async () => {
    const { store, checks, draft } = setUp();
    void store.getState().openDraft('x.yaml');
    await settle();
    checks[0].answer({ issues: [], recipe });
    await settle();
    store.getState().setText('two');
    await settle();
    store.getState().setText('three');
    await settle();
    const bad = {
      severity: 'error',
      code: 'c',
      message: 'late',
      line: 1,
      column: 1,
      key: null,
      suggestion: null,
    };
    checks[1].answer({ issues: [bad as Output<'recipes.validate'>['issues'][0]], recipe: null });
    await settle();
    expect(draft().issues).toEqual([]);
    expect(draft().checking).toBe(true);
    checks[2].answer({ issues: [], recipe });
    await settle();
    expect(draft()).toMatchObject({ text: 'three', checking: false, valid: true });
  });

  test('a text that does not parse keeps the last recipe for the form, and says so', async () => {
    const { store, checks, draft } = setUp();
    void store.getState().openDraft('x.yaml');
    await settle();
    checks[0].answer({ issues: [], recipe });
    await settle();
    store.getState().setText('broken');
    await settle();
    checks[1].answer({ issues: [], recipe: null });
    await settle();
    expect(draft().valid).toBe(false);
    expect(draft().recipe).toEqual(recipe);
    expect(isDirty(draft())).toBe(true);
  });

  test('two form edits at once both land, in their order', async () => {
    const { store, checks, draft } = setUp();
    void store.getState().openDraft('x.yaml');
    await settle();
    checks[0].answer({ issues: [], recipe });
    await settle();
    const both = Promise.all([store.getState().edit({ a: 1 }), store.getState().edit({ b: 2 })]);
    await settle();
    checks[1].answer({ issues: [], recipe });
    await settle();
    checks[2].answer({ issues: [], recipe });
    await both;
    expect(draft().text).toBe('one a b');
  });

  test('saved under a new name, the card it came from is as it was', async () => {
    const { store, checks } = setUp();
    void store.getState().openDraft('x.yaml');
    await settle();
    checks[0].answer({ issues: [], recipe });
    store.getState().selectOnly(['x.yaml']);
    store.getState().setText('mine');
    await store.getState().saveAs('own.yaml', 'Own');
    const { drafts, open, selected } = store.getState();
    expect(drafts['x.yaml'].text).toBe('one');
    expect(drafts['own.yaml'].text).toBe('mine name');
    expect(isDirty(drafts['own.yaml'])).toBe(false);
    expect(open).toBe('own.yaml');
    expect([...selected]).toEqual(['own.yaml']);
  });
});

test('an edited card starts as its text, the others by name', () => {
  const draft = { name: 'a', issues: [], recipe: null, valid: true, checking: false };
  expect(
    recipesToStart(['a', 'b', 'c'], {
      a: { ...draft, text: 'edited', savedText: 'orig' },
      b: { ...draft, text: 'same', savedText: 'same' },
    }),
  ).toEqual(['edited', 'b', 'c']);
});

test.each([
  ['My plant, v2', 'my_plant_v2.yaml'],
  ['Día siguiente.yml', 'dia_siguiente.yaml'],
  ['../../etc', 'etc.yaml'],
  ['  ', ''],
])('file name of %j', (title, name) => expect(recipeFileName(title)).toBe(name));
