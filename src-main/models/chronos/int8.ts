/**
 * @file Weights of 8 bits for the processor: products of whole numbers are several times as fast as of floating-point ones. Weights have
 * a scale per output; what they are multiplied with gets one when the graph runs, by its largest and smallest number.
 */

/** A matrix as [in, out], as ONNX Runtime's product of whole numbers takes it. */
export interface Int8Weight {
  readonly values: Int8Array;
  /** per output */
  readonly scales: Float32Array;
  readonly inner: number;
  readonly out: number;
}

/** Processors without VNNI add up pairs of products in 16 bits: 2 x 255 x 63 fits, 2 x 255 x 127 does not. */
const largest = 63;

/** Matrices of the layers; the first and the last ones, few operations but all of the numbers' range, stay as they are. */
export const isInt8 = (name: string): boolean =>
  /^encoder\.block\.\d+\.layer\.\d\.(self_attention|mlp)\./.test(name);

/** @param weight [out, in] */
export function toInt8(weight: Float32Array, out: number, inner: number): Int8Weight {
  const values = new Int8Array(weight.length);
  const scales = new Float32Array(out);
  for (let row = 0; row < out; row++) {
    let top = 0;
    for (let i = row * inner; i < (row + 1) * inner; i++) top = Math.max(top, Math.abs(weight[i]));
    scales[row] = top === 0 ? 1 : top / largest;
    const factor = 1 / scales[row];
    for (let i = 0; i < inner; i++) values[i * out + row] = Math.round(weight[row * inner + i] * factor);
  }
  return { values, scales, inner, out };
}
