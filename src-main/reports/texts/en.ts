/** @file The report in English. */
import type { Texts } from './texts.ts';

export const english: Texts = {
  language: 'en',
  report: 'Forecast report',
  madeBy: (version) => `Made by Voltcast ${version}`.trim(),
  verdict: {
    quality: {
      strong: (f) =>
        `${f.model} ${f.verb} ${f.target} ${f.ahead} with a mean error of ${f.mae}, ${f.skill} less than ${f.baseline}.`,
      useful: (f) =>
        `${f.model} ${f.verb} ${f.target} ${f.ahead} with a mean error of ${f.mae}, ${f.skill} less than ${f.baseline}.`,
      slight: (f) =>
        `${f.model} ${f.verb} ${f.target} ${f.ahead} with a mean error of ${f.mae}, only ${f.skill} less than ${f.baseline}.`,
      none: (f) =>
        `${f.model} ${f.verb} ${f.target} ${f.ahead} with a mean error of ${f.mae}, no better than ${f.baseline}.`,
      unknown: (f) =>
        `${f.model} ${f.verb} ${f.target} ${f.ahead} with a mean error of ${f.mae}; there is no baseline to hold it against.`,
    },
    trust: {
      trusted: (coverage) => `Its 80% interval held ${coverage} of the readings, so it can be trusted.`,
      narrow: (coverage) =>
        `Its 80% interval held only ${coverage} of the readings: it is too narrow, plan with more margin.`,
      wide: (coverage) =>
        `Its 80% interval held ${coverage} of the readings: it is wider than it needs to be.`,
      unknown: () => 'It comes without a prediction interval.',
    },
    runnerUp: (f) =>
      f.significant
        ? `The lead over ${f.model} is larger than chance explains (p ${f.pValue}).`
        : `The difference to ${f.model} may be chance (p ${f.pValue}).`,
  },
  baselineOf: (name) =>
    name.includes('week')
      ? 'repeating the last known week'
      : /dai|day/.test(name)
        ? 'repeating the last known day'
        : name,
  baselineRow: { daily: 'Last known day repeated', weekly: 'Last known week repeated' },
  task: {
    forecast: { verb: 'forecasts', how: null },
    regression: { verb: 'estimates', how: 'from readings of the same instant' },
  },
  ahead: (length, isDay) => (isDay ? 'a day ahead' : `${length} ahead`),
  testSpan: (f) =>
    `Tested on ${f.from} to ${f.to}: ${f.readings} readings that no model saw in training${f.windows === null ? ', each estimated from the inputs of its own instant' : `, forecast from ${f.windows} origins`}.`,
  cards: {
    mae: { label: 'Mean absolute error', note: 'MAE' },
    skill: { label: 'Better than the baseline', note: 'skill, by MAE' },
    wape: { label: 'Error as a share of the load', note: 'WAPE' },
    coverage: { label: 'Inside the 80% interval', note: '80% is right' },
    peak: { label: 'Error of the daily peak', note: 'complete days only' },
  },
  headings: {
    recent: 'The last days of the test',
    forecast: 'Forecast',
    leaderboard: 'Models compared',
    errors: 'When it errs',
    worst: 'Where it fails worst',
    calibration: 'Can the interval be trusted?',
    data: 'Data',
    inputs: 'What the model looks at',
    recipe: 'Recipe',
    reproduce: 'How to reproduce this',
    figures: 'All figures',
  },
  leads: {
    recent: (days) => `Each reading beside what was predicted for it, over the last ${days}.`,
    forecast: (f) => `Issued ${f.issued}, using readings up to ${f.origin}.`,
    leaderboard: {
      forecast:
        'All models forecast the same readings from the same origins. Lower errors are better; repeating the last known day or week is what no model should lose against.',
      regression:
        'All models estimate the same readings. Lower errors are better; repeating the last known day or week is what no model should lose against.',
    },
    errors: (oneLead) =>
      oneLead
        ? 'How often the model was how far off.'
        : 'Error by lead time, and how often the forecast was how far off.',
    worst:
      'The days with the largest mean absolute error. Shut-downs, holidays and changes of shift usually show here first.',
    calibration:
      'In a calibrated forecast, a quantile of level 30% lies above 30% of the readings: the dots follow the diagonal.',
    inputs: 'Share of each input in what the model learned. Large shares are not causes.',
    reproduce: 'With the same file these commands give the same figures, bit for bit.',
  },
  legend: {
    actual: 'Measured',
    predicted: 'Forecast',
    median: 'Forecast, median',
    outer: '10–90% interval',
    inner: '30–70% interval',
    bias: 'Bias (forecast − measured)',
    origin: 'Origin',
  },
  charts: {
    byLead: 'Mean absolute error by lead time',
    byHour: 'Mean absolute error by hour of the week',
    histogram: 'Distribution of the errors (forecast − measured)',
    calibration: 'Observed share against quantile level',
    week: 'Typical week, mean by local hour',
    nominal: 'quantile level',
    observed: 'observed share',
    hoursAhead: 'hours ahead',
    daysAhead: 'days ahead',
  },
  table: {
    rank: '#',
    model: 'Model',
    skill: 'Skill',
    coverage: 'In 80%',
    time: 'Time',
    day: 'Day',
    meanActual: 'Measured',
    meanPredicted: 'Forecast',
    direction: 'Off by',
    against: 'p',
    column: 'Input',
    share: 'Share',
  },
  unitNote: (unit) => `MAE and RMSE in ${unit}.`,
  champion: 'Champion',
  otherRows: 'scored on other rows',
  tooHigh: 'too high',
  tooLow: 'too low',
  mixed: 'shape',
  heatmapNote: (f) => `Hardest: ${f.worst}. Easiest: ${f.best}.`,
  g14: {
    heading: 'ASHRAE Guideline 14',
    sentence: (f) =>
      `CV(RMSE) ${f.cv} (limit ${f.cvLimit}) and NMBE ${f.nmbe} (limit ±${f.nmbeLimit}) on ${f.basis} values: the limits are ${f.met ? 'met' : 'not met'}.`,
    note: 'The limits are made for calibrated energy baselines; a forecast of a plant with idle and working hours can miss them and still be useful. NMBE is positive when the model predicts too little.',
  },
  metrics: {
    rmse: { name: 'RMSE', meaning: 'root mean squared error' },
    mae: { name: 'MAE', meaning: 'mean absolute error' },
    r2: { name: 'R²', meaning: 'share of the variance explained' },
    mape: { name: 'MAPE', meaning: 'mean absolute percentage error, zeros left out' },
    smape: { name: 'sMAPE', meaning: 'symmetric percentage error, 0 to 200%' },
    wape: { name: 'WAPE', meaning: 'sum of absolute errors over sum of readings' },
    mase: { name: 'MASE', meaning: 'MAE over that of the daily naive forecast in training' },
    bias: { name: 'Bias', meaning: 'mean of forecast − measured' },
    cvrmse: { name: 'CV(RMSE)', meaning: 'RMSE over the mean reading' },
    nmbe: { name: 'NMBE', meaning: 'mean of measured − forecast over the mean reading' },
    peakError: { name: 'Peak error', meaning: 'mean error of the daily maximum' },
    wql: { name: 'WQL', meaning: 'weighted quantile loss over all levels' },
    coverage80: { name: 'Coverage', meaning: 'readings inside the 10–90% interval' },
  },
  data: {
    labels: {
      dataset: 'Dataset',
      source: 'File',
      hash: 'Content hash',
      span: 'Span',
      rows: 'Readings',
      frequency: 'Resolution',
      zone: 'Time zone',
      stamps: 'Stamps in the file',
      gaps: 'Gaps',
      duplicates: 'Repeated stamps',
      missing: 'Missing in the target',
      split: 'Test span',
    },
    version: (version) => `version ${version}`,
    stamps: { beginning: 'beginning of the interval', ending: 'end of the interval, moved to its beginning' },
    gaps: (f) => `${f.countText} ${f.count === 1 ? 'gap' : 'gaps'}, ${f.steps} readings in all`,
    noGaps: 'none',
    repairs: 'Repairs',
    noRepairs: 'No repair was needed.',
    repair: {
      'midnight-previous-day': 'Midnight readings that carried the previous day’s date',
      'zero-holes': 'Holes written as zeros, now missing',
      'duplicate-timestamps': 'Repeated stamps merged',
      'out-of-order': 'Rows put into time order',
      'meter-total': 'Running meter total turned into consumption',
      'stuck-values': 'Values stuck for an unlikely time, now missing',
      'category-spelling': 'Spellings of categories joined',
      'dst-repeat': 'The repeated hour of the clock change told apart',
      'dst-gap': 'Stamps in the hour that the clock change skips',
    },
    repairRows: (f) => `${f.countText} ${f.count === 1 ? 'row' : 'rows'}`,
    repairEffect: (f) => `${f.figure}: ${f.before} before, ${f.after} after`,
    notApplied: 'proposed, not applied',
    leakage: 'Columns that give the target away',
    leakAlone: (f) => `${f.column} measured in the same instant explains ${f.target} with R² ${f.r2}.`,
    leakTogether: (f) =>
      `${f.columns} measured in the same instant together explain ${f.target} with R² ${f.r2}.`,
    leakAdvice:
      'They are not known ahead, so no figure in this report uses them at the time they would predict. Published scores near R² 1 on such data come from this leak.',
    leakAllowed:
      'This run was allowed to use them: its figures describe the same instant and say nothing about a forecast.',
    warnings: 'Other remarks of the import',
  },
  reproduce: {
    purposes: {
      import: 'Import',
      train: 'Train',
      compare: 'Compare',
      forecast: 'Forecast',
      report: 'This report',
    },
    conditions: (f) =>
      `Voltcast ${f.version}, seed ${f.seed}. Dataset content ${f.contentHash}; file SHA-256 ${f.fileHash}.`,
    processor: 'the processor',
    device: (f) => `Trees were grown on ${f.device}; they are the same on any device.`,
    edited: 'The recipe below is the one that was run, as it was written.',
  },
  page: 'Page',
};
