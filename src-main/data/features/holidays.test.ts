import { expect, test } from 'vitest';
import { holidayDays } from './holidays.ts';

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

test('public holidays of a country, a region, and lunar ones', async () => {
  const spain = await holidayDays('es', null, 2024, 2024);
  expect(spain).toContain(dayOf('2024-01-01'));
  expect(spain).toContain(dayOf('2024-12-25'));
  expect(spain).not.toContain(dayOf('2024-12-24'));
  const madrid = await holidayDays('ES', 'MD', 2024, 2024);
  expect(madrid).toContain(dayOf('2024-05-02'));
  expect(spain).not.toContain(dayOf('2024-05-02'));
  // Chuseok 2018: 23 to 25 September
  const korea = await holidayDays('KR', null, 2018, 2018);
  for (const date of ['2018-09-23', '2018-09-24', '2018-09-25']) expect(korea, date).toContain(dayOf(date));
  expect([...korea]).toEqual([...korea].sort((a, b) => a - b));
});

test('an unknown country or region is named', async () => {
  await expect(holidayDays('XX', null, 2024, 2024)).rejects.toMatchObject({ code: 'unknown-country' });
  await expect(holidayDays('DE', 'QQ', 2024, 2024)).rejects.toMatchObject({ code: 'unknown-region' });
});
