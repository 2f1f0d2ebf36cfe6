/** @file From the usual level to one prediction, contribution by contribution: a table whose bars show the way. */
import { useTranslation } from 'react-i18next';
import type { StepExplanation } from '../../src-preload/contract/index.ts';
import { useTokens } from '../theme/use-tokens.ts';
import { useFormat } from '../widgets/use-format.ts';
import { digitsOf, featureName, valueText, waterfall, waterfallDomain } from './explain-shapes.ts';
import type { WaterfallRow } from './explain-shapes.ts';
import classes from './explain.module.css';

const top = 9;

export function ExplainWaterfall({
  step,
  stepMs,
}: {
  readonly step: StepExplanation;
  readonly stepMs: number;
}) {
  const { t } = useTranslation('explain');
  const tokens = useTokens();
  const format = useFormat();
  const rows = waterfall(step, top);
  const [low, high] = waterfallDomain(rows);
  const place = (value: number): number =>
    (100 * (Math.min(high, Math.max(low, value)) - low)) / (high - low);
  const unit = step.link === 'identity' ? step.unit : null;
  const digits = digitsOf(step.expected, step.predicted);
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${format.unit(value, unit, digits)}`;

  const nameOf = (row: WaterfallRow): string => {
    switch (row.kind) {
      case 'expected':
        return t('moment.usual');
      case 'predicted':
        return t('moment.predicted');
      case 'limited':
        return t('moment.limited');
      case 'others':
        return t('moment.others', { count: row.count });
      case 'feature':
        return featureName(t, format, step.contributions[row.index].feature.label, stepMs);
    }
  };
  return (
    <table className={classes['waterfall']}>
      <thead>
        <tr>
          <th scope="col">{t('moment.input')}</th>
          <th scope="col">{t('moment.value')}</th>
          <th scope="col" aria-hidden />
          <th scope="col" className={classes['right']}>
            {t('moment.contribution')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => {
          const total = row.kind === 'expected' || row.kind === 'predicted';
          const change = row.to - row.from;
          const [from, to] = [place(Math.min(row.from, row.to)), place(Math.max(row.from, row.to))];
          const entry = row.kind === 'feature' ? step.contributions[row.index] : null;
          return (
            <tr key={i} {...(total ? { 'data-total': true } : {})}>
              <td>{nameOf(row)}</td>
              <td className={classes['fallValue']}>
                {entry && entry.value !== null
                  ? valueText(t, format, entry.feature, entry.value, stepMs)
                  : ''}
              </td>
              <td className={classes['fallTrack']} aria-hidden>
                <span
                  className={classes['fallBar']}
                  style={{
                    left: `${from}%`,
                    width: `${Math.max(0.4, to - from)}%`,
                    background: total ? tokens.borderStrong : change >= 0 ? tokens.series2 : tokens.series1,
                  }}
                />
              </td>
              <td className={classes['right']}>
                {total ? format.unit(row.to, unit, digits) : signed(change)}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
