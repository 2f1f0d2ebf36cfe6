import { expect, test } from 'vitest';
import i18n from '../i18n.ts';
import { errorText } from './error-text.ts';

const error = { code: 'disk-full', message: 'The disk is full.', hint: 'Free some space.' };

test('English is what came', () => {
  expect(errorText(i18n.t, 'en-GB', error)).toEqual({
    message: error.message,
    hint: error.hint,
    detail: null,
  });
});

test('another language by code, with the original as detail', () => {
  expect(errorText(i18n.t, 'es', error)).toEqual({
    message: 'El disco está lleno.',
    hint: expect.stringContaining('reanude'),
    detail: 'The disk is full. Free some space.',
  });
});

test('a code without a text falls back to the original', () => {
  expect(errorText(i18n.t, 'es', { code: 'quite-new', message: 'Quite new.' })).toEqual({
    message: 'Quite new.',
    hint: null,
    detail: null,
  });
});
