/** @file Feature matrices of single predictions: an origin and the row it predicts. */
import { buildFeatures, createFeatureSource } from '../../data/features/builder.ts';
import type { Frame } from '../../data/frame.ts';
import { correctionFeatures, originalFeatures } from '../ensembles/correction.ts';
import { applyCombination } from '../ensembles/fitted-stack.ts';
import type { FeatureMatrix } from '../estimator.ts';
import { targetValues } from '../series.ts';
import { FittedTabular } from '../tabular/forecaster.ts';
import type { SeenPart } from './keyed.ts';
import { isCorrection } from './parts.ts';
import type { CorrectionPart, MemberPart, ModelPart } from './parts.ts';
import { partSays } from './prediction.ts';

export interface Cells {
  /** last row whose readings may be used, shape (cells) */
  readonly origin: Int32Array;
  /** row that is predicted, shape (cells) */
  readonly target: Int32Array;
}

/** What all parts see of each cell. */
export function seeCells(parts: readonly ModelPart[], frame: Frame, cells: Cells): SeenPart[] {
  return seeAll(parts, frame, cells, (part) => cellFeatures(part, frame, cells));
}

/** The same for one cell as the forecast truly sees it: over its own predictions where it goes on from them. */
export function seeStep(
  parts: readonly ModelPart[],
  frame: Frame,
  origin: number,
  target: number,
): SeenPart[] {
  const cells = { origin: Int32Array.of(origin), target: Int32Array.of(target) };
  return seeAll(parts, frame, cells, (part) => stepFeatures(part, frame, origin, target));
}

function seeAll(
  parts: readonly ModelPart[],
  frame: Frame,
  cells: Cells,
  see: (part: MemberPart) => FeatureMatrix,
): SeenPart[] {
  const seen: SeenPart[] = [];
  // members stand before the correction of their sum
  for (const part of parts)
    seen.push(
      isCorrection(part)
        ? { ...part, features: correctionSees(part, seen, frame, cells) }
        : { ...part, features: see(part) },
    );
  return seen;
}

function correctionSees(
  { model }: CorrectionPart,
  members: readonly SeenPart[],
  frame: Frame,
  cells: Cells,
): FeatureMatrix {
  const base = members.map((member) => partSays(member, member.features));
  const { spec, target } = model.state;
  const rows = members.every((member) => !(member.model instanceof FittedTabular));
  const original =
    spec === null
      ? null
      : originalFeatures(
          spec,
          frame,
          targetValues(frame, target),
          frame.time.length,
          rowsBehind(frame, cells),
          rows ? cells.target.map((row) => row - 1) : cells.origin,
          cells.target,
        );
  return correctionFeatures(base, applyCombination(base, model.combination), model.labels, original);
}

const rowsBehind = (frame: Frame, { target }: Cells): number =>
  Math.max(0, target.reduce((most, row) => Math.max(most, row), 0) + 1 - frame.time.length);

/**
 * What a part sees of each cell. A model that reaches further than its training by going on from its own predictions is
 * shown the readings instead: one block of its own, from a later origin.
 */
export function cellFeatures({ model }: MemberPart, frame: Frame, cells: Cells): FeatureMatrix {
  const { spec, target } = model.state;
  const extra = rowsBehind(frame, cells);
  if (!(model instanceof FittedTabular)) {
    const source = createFeatureSource(frame, new Float64Array(0), 0, extra, spec);
    return buildFeatures(
      source,
      cells.target.map((row) => row - 1),
      cells.target,
    );
  }
  const source = createFeatureSource(frame, targetValues(frame, target), frame.time.length, extra, spec);
  const origin = cells.origin.map((row, i) => Math.max(row, cells.target[i] - spec.maxLead));
  return buildFeatures(source, origin, cells.target);
}

function stepFeatures(part: MemberPart, frame: Frame, origin: number, target: number): FeatureMatrix {
  const { model } = part;
  const { spec } = model.state;
  const lead = target - origin;
  const one = { origin: Int32Array.of(origin), target: Int32Array.of(target) };
  if (!(model instanceof FittedTabular) || lead <= spec.maxLead) return cellFeatures(part, frame, one);
  const done = Math.floor((lead - 1) / spec.maxLead) * spec.maxLead;
  const known = targetValues(frame, model.state.target);
  const values = new Float64Array(Math.max(known.length, origin + done + 1)).fill(Number.NaN);
  values.set(known.subarray(0, origin + 1));
  values.set(model.forecast(frame, one.origin, done, 0).point, origin + 1);
  const extra = Math.max(0, target + 1 - frame.time.length);
  const source = createFeatureSource(
    frame,
    values.subarray(0, frame.time.length + extra),
    origin + done + 1,
    extra,
    spec,
  );
  return buildFeatures(source, Int32Array.of(origin + done), one.target, one.origin);
}
