/**
 * @file By how much a loss is multiplied before gradients of 16 bits are made of it, so that small ones are not lost: a power of two, which
 * changes no digit of what is divided by it again. As PyTorch's GradScaler (same defaults), but for this: a step whose gradients
 * are no numbers is not left out but made again with half the scale, so that as many steps are made as were asked for.
 */

export interface LossScaleState {
  /** a power of two, 1 or more */
  readonly value: number;
  /** steps since it last changed */
  readonly steps: number;
}

const first = 2 ** 16;
/** So many steps without infinities double it. */
const patience = 2000;
const most = 2 ** 24;

export class LossScale {
  #state: LossScaleState;

  /** @param state to go on from; the same steps then lead to the same scale */
  constructor(state: LossScaleState = { value: first, steps: 0 }) {
    this.#state = state;
  }

  get value(): number {
    return this.#state.value;
  }

  get state(): LossScaleState {
    return this.#state;
  }

  /** Gradients were numbers. */
  good(): void {
    const { value, steps } = this.#state;
    this.#state =
      steps + 1 < patience ? { value, steps: steps + 1 } : { value: Math.min(most, 2 * value), steps: 0 };
  }

  /** Some were not. @returns false: the scale is at its least, and is not to blame */
  halve(): boolean {
    const { value } = this.#state;
    if (value <= 1) return false;
    this.#state = { value: value / 2, steps: 0 };
    return true;
  }
}
