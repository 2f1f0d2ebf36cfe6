/** @file The report in Spanish. */
import type { Texts } from './texts.ts';

export const spanish: Texts = {
  language: 'es',
  report: 'Informe de previsión',
  madeBy: (version) => `Hecho con Voltcast ${version}`.trim(),
  verdict: {
    quality: {
      strong: (f) =>
        `${f.model} ${f.verb} ${f.target} ${f.ahead} con un error medio de ${f.mae}, un ${f.skill} menos que ${f.baseline}.`,
      useful: (f) =>
        `${f.model} ${f.verb} ${f.target} ${f.ahead} con un error medio de ${f.mae}, un ${f.skill} menos que ${f.baseline}.`,
      slight: (f) =>
        `${f.model} ${f.verb} ${f.target} ${f.ahead} con un error medio de ${f.mae}, solo un ${f.skill} menos que ${f.baseline}.`,
      none: (f) =>
        `${f.model} ${f.verb} ${f.target} ${f.ahead} con un error medio de ${f.mae}, no mejor que ${f.baseline}.`,
      unknown: (f) =>
        `${f.model} ${f.verb} ${f.target} ${f.ahead} con un error medio de ${f.mae}; no hay referencia con la que compararlo.`,
    },
    trust: {
      trusted: (coverage) => `Su intervalo del 80\u00a0% contuvo el ${coverage} de las lecturas: es fiable.`,
      narrow: (coverage) =>
        `Su intervalo del 80\u00a0% solo contuvo el ${coverage} de las lecturas: es demasiado estrecho, conviene dejar más margen.`,
      wide: (coverage) =>
        `Su intervalo del 80\u00a0% contuvo el ${coverage} de las lecturas: es más ancho de lo necesario.`,
      unknown: () => 'No incluye intervalo de predicción.',
    },
    runnerUp: (f) =>
      f.significant
        ? `La ventaja sobre ${f.model} es mayor de lo que explica el azar (p ${f.pValue}).`
        : `La diferencia con ${f.model} puede deberse al azar (p ${f.pValue}).`,
  },
  baselineOf: (name) =>
    name.includes('week')
      ? 'repetir la última semana conocida'
      : /dai|day/.test(name)
        ? 'repetir el último día conocido'
        : name,
  baselineRow: { daily: 'Último día conocido repetido', weekly: 'Última semana conocida repetida' },
  task: {
    forecast: { verb: 'prevé', how: null },
    regression: { verb: 'estima', how: 'a partir de lecturas del mismo instante' },
  },
  ahead: (length, isDay) => (isDay ? 'a un día vista' : `con ${length} de antelación`),
  testSpan: (f) =>
    `Prueba del ${f.from} al ${f.to}: ${f.readings} lecturas que ningún modelo vio al entrenar, ${f.windows === null ? 'cada una estimada con las entradas de su mismo instante' : `previstas desde ${f.windows} orígenes`}.`,
  cards: {
    mae: { label: 'Error absoluto medio', note: 'MAE' },
    skill: { label: 'Mejora sobre la referencia', note: 'según el MAE' },
    wape: { label: 'Error como parte de la carga', note: 'WAPE' },
    coverage: { label: 'Dentro del intervalo del 80\u00a0%', note: 'lo correcto es el 80\u00a0%' },
    peak: { label: 'Error de la punta diaria', note: 'solo días completos' },
  },
  headings: {
    recent: 'Los últimos días de la prueba',
    forecast: 'Previsión',
    leaderboard: 'Modelos comparados',
    errors: 'Cuándo se equivoca',
    worst: 'Dónde falla más',
    calibration: '¿Es fiable el intervalo?',
    data: 'Datos',
    inputs: 'En qué se fija el modelo',
    recipe: 'Receta',
    reproduce: 'Cómo reproducirlo',
    figures: 'Todas las cifras',
  },
  leads: {
    recent: (days) => `Cada lectura junto al valor que se predijo para ella, durante los últimos ${days}.`,
    forecast: (f) => `Emitida el ${f.issued}, con lecturas hasta el ${f.origin}.`,
    leaderboard: {
      forecast:
        'Todos los modelos prevén las mismas lecturas desde los mismos orígenes. Cuanto menor el error, mejor; repetir el último día o la última semana es lo mínimo que un modelo debe superar.',
      regression:
        'Todos los modelos estiman las mismas lecturas. Cuanto menor el error, mejor; repetir el último día o la última semana es lo mínimo que un modelo debe superar.',
    },
    errors: (oneLead) =>
      oneLead
        ? 'Con qué frecuencia se desvió el modelo y cuánto.'
        : 'Error según la antelación, y con qué frecuencia se desvió la previsión y cuánto.',
    worst:
      'Los días con mayor error absoluto medio. Paradas, festivos y cambios de turno suelen aparecer aquí primero.',
    calibration:
      'En una previsión calibrada, el cuantil de nivel 30\u00a0% queda por encima del 30\u00a0% de las lecturas: los puntos siguen la diagonal.',
    inputs: 'Parte de cada entrada en lo que el modelo aprendió. Una parte grande no es una causa.',
    reproduce: 'Con el mismo archivo, estas órdenes dan las mismas cifras, bit a bit.',
  },
  legend: {
    actual: 'Medido',
    predicted: 'Previsto',
    median: 'Previsto, mediana',
    outer: 'Intervalo 10–90\u00a0%',
    inner: 'Intervalo 30–70\u00a0%',
    bias: 'Sesgo (previsto − medido)',
    origin: 'Origen',
  },
  charts: {
    byLead: 'Error absoluto medio según la antelación',
    byHour: 'Error absoluto medio por hora de la semana',
    histogram: 'Distribución de los errores (previsto − medido)',
    calibration: 'Parte observada frente al nivel del cuantil',
    week: 'Semana típica, media por hora local',
    nominal: 'nivel del cuantil',
    observed: 'parte observada',
    hoursAhead: 'horas de antelación',
    daysAhead: 'días de antelación',
  },
  table: {
    rank: 'N.º',
    model: 'Modelo',
    skill: 'Mejora',
    coverage: 'En 80\u00a0%',
    time: 'Tiempo',
    day: 'Día',
    meanActual: 'Medido',
    meanPredicted: 'Previsto',
    direction: 'Desviación',
    against: 'p',
    column: 'Entrada',
    share: 'Parte',
  },
  unitNote: (unit) => `MAE y RMSE en ${unit}.`,
  champion: 'Campeón',
  otherRows: 'evaluado en otras filas',
  tooHigh: 'por exceso',
  tooLow: 'por defecto',
  mixed: 'en la forma',
  heatmapNote: (f) => `Más difícil: ${f.worst}. Más fácil: ${f.best}.`,
  g14: {
    heading: 'ASHRAE Guideline 14',
    sentence: (f) =>
      `CV(RMSE) ${f.cv} (límite ${f.cvLimit}) y NMBE ${f.nmbe} (límite ±${f.nmbeLimit}) sobre valores ${{ hourly: 'horarios', daily: 'diarios', monthly: 'mensuales' }[f.basis]}: los límites ${f.met ? 'se cumplen' : 'no se cumplen'}.`,
    note: 'Los límites están pensados para líneas base calibradas; la previsión de una planta con horas de parada y de trabajo puede superarlos y seguir siendo útil. El NMBE es positivo cuando el modelo prevé de menos.',
  },
  metrics: {
    rmse: { name: 'RMSE', meaning: 'raíz del error cuadrático medio' },
    mae: { name: 'MAE', meaning: 'error absoluto medio' },
    r2: { name: 'R²', meaning: 'parte de la varianza explicada' },
    mape: { name: 'MAPE', meaning: 'error porcentual absoluto medio, sin los ceros' },
    smape: { name: 'sMAPE', meaning: 'error porcentual simétrico, de 0 a 200\u00a0%' },
    wape: { name: 'WAPE', meaning: 'suma de errores absolutos entre suma de lecturas' },
    mase: { name: 'MASE', meaning: 'MAE entre el de repetir el día anterior al entrenar' },
    bias: { name: 'Sesgo', meaning: 'media de previsto − medido' },
    cvrmse: { name: 'CV(RMSE)', meaning: 'RMSE entre la lectura media' },
    nmbe: { name: 'NMBE', meaning: 'media de medido − previsto entre la lectura media' },
    peakError: { name: 'Error de punta', meaning: 'error medio del máximo diario' },
    wql: { name: 'WQL', meaning: 'pérdida de cuantiles ponderada, todos los niveles' },
    coverage80: { name: 'Cobertura', meaning: 'lecturas dentro del intervalo 10–90\u00a0%' },
  },
  data: {
    labels: {
      dataset: 'Conjunto de datos',
      source: 'Archivo',
      hash: 'Huella del contenido',
      span: 'Periodo',
      rows: 'Lecturas',
      frequency: 'Resolución',
      zone: 'Zona horaria',
      stamps: 'Marcas de tiempo del archivo',
      gaps: 'Huecos',
      duplicates: 'Marcas repetidas',
      missing: 'Faltan en el objetivo',
      split: 'Periodo de prueba',
    },
    version: (version) => `versión ${version}`,
    stamps: { beginning: 'inicio del intervalo', ending: 'fin del intervalo, llevado a su inicio' },
    gaps: (f) => `${f.countText} ${f.count === 1 ? 'hueco' : 'huecos'}, ${f.steps} lecturas en total`,
    noGaps: 'ninguno',
    repairs: 'Reparaciones',
    noRepairs: 'No hizo falta ninguna reparación.',
    repair: {
      'midnight-previous-day': 'Lecturas de medianoche que llevaban la fecha del día anterior',
      'zero-holes': 'Huecos escritos como ceros, ahora ausentes',
      'duplicate-timestamps': 'Marcas repetidas unidas',
      'out-of-order': 'Filas puestas en orden temporal',
      'meter-total': 'Total acumulado del contador convertido en consumo',
      'stuck-values': 'Valores detenidos un tiempo improbable, ahora ausentes',
      'category-spelling': 'Grafías de categorías unificadas',
      'dst-repeat': 'Hora repetida del cambio de hora distinguida',
      'dst-gap': 'Marcas en la hora que el cambio de hora salta',
    },
    repairRows: (f) => `${f.countText} ${f.count === 1 ? 'fila' : 'filas'}`,
    repairEffect: (f) => `${f.figure}: ${f.before} antes, ${f.after} después`,
    notApplied: 'propuesta, no aplicada',
    leakage: 'Columnas que delatan el objetivo',
    leakAlone: (f) => `${f.column}, medida en el mismo instante, explica ${f.target} con R² ${f.r2}.`,
    leakTogether: (f) =>
      `${f.columns}, medidas en el mismo instante, explican juntas ${f.target} con R² ${f.r2}.`,
    leakAdvice:
      'No se conocen de antemano, así que ninguna cifra de este informe las usa en el instante que predicen. Los resultados publicados cercanos a R² 1 con estos datos provienen de esta fuga.',
    leakAllowed:
      'Esta ejecución tenía permiso para usarlas: sus cifras describen el mismo instante y nada dicen de una previsión.',
    warnings: 'Otras observaciones de la importación',
  },
  reproduce: {
    purposes: {
      import: 'Importar',
      train: 'Entrenar',
      compare: 'Comparar',
      forecast: 'Prever',
      report: 'Este informe',
    },
    conditions: (f) =>
      `Voltcast ${f.version}, semilla ${f.seed}. Contenido de los datos ${f.contentHash}; SHA-256 del archivo ${f.fileHash}.`,
    processor: 'el procesador',
    device: (f) => `Los árboles se calcularon en ${f.device}; son los mismos en cualquier dispositivo.`,
    edited: 'La receta siguiente es la que se ejecutó, tal como se escribió.',
  },
  page: 'Página',
};
