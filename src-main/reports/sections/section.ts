/** @file What every section of the report is given. */
import type { Formatter } from '../format.ts';
import type { ReportData } from '../report-data.ts';
import type { Texts } from '../texts/texts.ts';

export interface Section {
  readonly data: ReportData;
  readonly texts: Texts;
  readonly format: Formatter;
}
