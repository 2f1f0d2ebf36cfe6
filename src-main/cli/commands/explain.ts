/** @file `voltcast runs explain`: what drives a model, or why it predicts one value. */
import { AppError } from '../../../src-preload/contract/index.ts';
import type { Explanation } from '../../../src-preload/contract/index.ts';
import { wallToUtc } from '../../data/time/zone.ts';
import type { Session } from '../context.ts';
import { figure, percent, print, printJson, printTable } from '../output.ts';

const reasons: Readonly<Record<NonNullable<Explanation['none']>, string>> = {
  'no-features': 'This kind of model repeats or continues the readings; it has no inputs to tell apart.',
  'no-statistics': 'This model was made without the statistics that contributions need. Train it again.',
  'unknown-model': 'Voltcast cannot look inside this kind of model.',
};
/** Rows of a table for people; `--json` has them all. */
const most = 20;

/** @param flags.at local time of one prediction of the backtest, e.g. `2018-12-31 18:45` */
export async function explainRun(
  session: Session,
  id: string,
  flags: { readonly at?: string },
): Promise<number> {
  const explanation = await session.api.call('runs.explain', { id });
  if (flags.at !== undefined) return explainMoment(session, explanation, flags.at);
  if (session.flags.json === true) {
    printJson(explanation);
    return 0;
  }
  if (explanation.none !== null) {
    print(reasons[explanation.none]);
    return 0;
  }
  const { features, importance, unit, sample } = explanation;
  const inUnit = unit === null ? '' : ` ${unit}`;
  printTable(
    ['input', `contribution${inUnit}`, `shuffled: error +${inUnit}`, 'gain', 'splits'],
    features
      .slice(0, most)
      .map(({ key }, i) => [
        key,
        figure(importance.shap[i]),
        figure(importance.permutation[i]?.mean),
        importance.gain === null ? null : percent(importance.gain[i]),
        importance.weight === null ? null : percent(importance.weight[i]),
      ]),
  );
  if (features.length > most) print(`and ${features.length - most} more: --json has them all`);
  print(
    `usual prediction ${figure(explanation.expected, 4)}${inUnit}; from ${sample.rows} of ${sample.of} predictions of the backtest`,
  );
  return 0;
}

async function explainMoment(session: Session, explanation: Explanation, at: string): Promise<number> {
  const step = await session.api.call('runs.explainStep', {
    id: explanation.runId,
    t: momentOf(at, explanation.timezone),
  });
  if (session.flags.json === true) {
    printJson(step);
    return 0;
  }
  const inUnit = step.unit === null ? '' : ` ${step.unit}`;
  printTable(
    ['input', 'value', `contribution${inUnit}`],
    [
      ['usual prediction', null, figure(step.expected, 4)],
      ...step.contributions
        .slice(0, most)
        .map(({ feature, value, contribution }) => [
          feature.key,
          figure(value, 4),
          `${contribution > 0 ? '+' : ''}${figure(contribution)}`,
        ]),
      ['prediction', null, figure(step.predicted, 4)],
      ['what it was', null, figure(step.actual, 4)],
    ],
  );
  return 0;
}

/** @throws AppError `invalid-option` */
function momentOf(text: string, zone: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d))?$/.exec(text);
  if (match === null)
    throw new AppError({
      code: 'invalid-option',
      message: `--at takes a local time like 2018-12-31 18:45, not "${text}".`,
    });
  const [year, month, day, hour, minute] = match.slice(1).map((part) => Number(part ?? 0));
  return wallToUtc(Float64Array.of(Date.UTC(year, month - 1, day, hour, minute)), zone).utc[0]!;
}
