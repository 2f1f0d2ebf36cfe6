/** @file The part of ONNX's model format that we write (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), as plain data. */

/** Element types and their numbers in the format. */
export const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
} as const;
export type ElementType = keyof typeof elementTypes;

/** A fixed size, or the name of one that is known only when the model runs. */
export type OnnxDim = number | string;

export interface OnnxTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  /**
   * Little-endian elements, or the place of them in a file beside the model (`length` and `offset` in bytes), which is how a
   * model of more than 2 GB is kept.
   */
  readonly data: Uint8Array | { readonly location: string; readonly offset: number; readonly length: number };
}

/** An attribute is told apart by its JavaScript shape; whole numbers that are meant as floats say so. */
export type OnnxAttribute =
  | { readonly float: number }
  | { readonly int: number | bigint }
  | { readonly string: string }
  | { readonly tensor: OnnxTensor }
  | { readonly floats: ArrayLike<number> }
  | { readonly ints: ArrayLike<number> }
  | { readonly strings: readonly string[] };

export interface OnnxNode {
  readonly type: string;
  /** '' is the ONNX domain itself */
  readonly domain?: string;
  readonly name?: string;
  /** '' stands for an optional input that is left out */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxValueInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly OnnxDim[];
}

export interface OnnxModel {
  readonly irVersion: number;
  readonly producer: string;
  /** operator set version by domain; '' is ONNX itself */
  readonly opsets: Readonly<Record<string, number>>;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly graph: {
    readonly name: string;
    readonly nodes: readonly OnnxNode[];
    readonly inputs: readonly OnnxValueInfo[];
    readonly outputs: readonly OnnxValueInfo[];
    readonly initializers: ReadonlyMap<string, OnnxTensor>;
  };
}
