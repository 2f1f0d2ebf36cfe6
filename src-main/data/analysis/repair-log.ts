/** @file Repairs as they are proposed, and the one place that decides which of them are carried out. */
import type { ImportOptions, Repair, RepairCode } from '../../../src-preload/contract/index.ts';

export interface RepairLog {
  readonly repairs: Repair[];
  /** Notes the proposal and says whether to carry it out. */
  propose(repair: Omit<Repair, 'applied'>): boolean;
  /** Notes a repair without which there is no time axis at all, so that it is carried out whatever was asked for. */
  force(repair: Omit<Repair, 'applied' | 'recommended'>): void;
  wanted(code: RepairCode, recommended: boolean): boolean;
}

/** `repairs` of the import options: `recommended` (default), `none`, or the codes to carry out. */
export function createRepairLog(choice: ImportOptions['repairs']): RepairLog {
  const repairs: Repair[] = [];
  const wanted = (code: RepairCode, recommended: boolean): boolean => {
    if (choice === undefined || choice === 'recommended') return recommended;
    return choice === 'none' ? false : choice.includes(code);
  };
  return {
    repairs,
    wanted,
    propose(repair) {
      const applied = wanted(repair.code, repair.recommended);
      repairs.push({ ...repair, applied });
      return applied;
    },
    force(repair) {
      repairs.push({ ...repair, recommended: true, applied: true });
    },
  };
}
