/** @file Element-wise operators, with NumPy's broadcasting, and their derivatives. */
import type { Backward, Value } from '../graph.ts';
import type { ElementType } from '../onnx/model.ts';
import { ShapeError, broadcast } from '../shape.ts';
import { sumTo } from './arrange.ts';
import { scalar } from './scalar.ts';

/** A number, or a value of the same type. */
export type Operand = Value | number;

function pair(a: Operand, b: Operand): readonly [Value, Value] {
  if (typeof a !== 'number') return [a, typeof b === 'number' ? scalar(a, b) : b];
  if (typeof b === 'number') throw new ShapeError('an operator needs at least one value of the graph');
  return [scalar(b, a), b];
}

function binary(type: string, a: Value, b: Value, result: ElementType, backward?: Backward): Value {
  if (a.type !== b.type) throw new ShapeError(`${type} of ${a.type} and ${b.type}`);
  return a.graph.node({
    type,
    inputs: [a, b],
    outputs: [{ type: result, shape: broadcast(a.shape, b.shape) }],
    ...(backward === undefined ? {} : { backward }),
  })[0];
}

function unary(type: string, x: Value, derivative: ((g: Value, y: () => Value) => Value) | null): Value {
  const made: Value[] = [];
  const [y] = x.graph.node({
    type,
    inputs: [x],
    outputs: [{ type: x.type, shape: x.shape }],
    ...(derivative === null
      ? {}
      : { backward: ([g]) => [g === null ? null : () => derivative(g, () => made[0])] }),
  });
  made.push(y);
  return y;
}

export function add(left: Operand, right: Operand): Value {
  const [a, b] = pair(left, right);
  return binary('Add', a, b, a.type, ([g]) =>
    g === null ? [null, null] : [() => sumTo(g, a.shape), () => sumTo(g, b.shape)],
  );
}

export function sub(left: Operand, right: Operand): Value {
  const [a, b] = pair(left, right);
  return binary('Sub', a, b, a.type, ([g]) =>
    g === null ? [null, null] : [() => sumTo(g, a.shape), () => sumTo(neg(g), b.shape)],
  );
}

export function mul(left: Operand, right: Operand): Value {
  const [a, b] = pair(left, right);
  return binary('Mul', a, b, a.type, ([g]) =>
    g === null ? [null, null] : [() => sumTo(mul(g, b), a.shape), () => sumTo(mul(g, a), b.shape)],
  );
}

export function div(left: Operand, right: Operand): Value {
  const [a, b] = pair(left, right);
  return binary('Div', a, b, a.type, ([g]) =>
    g === null
      ? [null, null]
      : [() => sumTo(div(g, b), a.shape), () => sumTo(neg(div(mul(g, a), mul(b, b))), b.shape)],
  );
}

/** The smaller (larger) of two; of equal ones the gradient goes to the first. */
export const min = (left: Operand, right: Operand): Value => extreme('Min', left, right);
export const max = (left: Operand, right: Operand): Value => extreme('Max', left, right);

function extreme(type: 'Min' | 'Max', left: Operand, right: Operand): Value {
  const [a, b] = pair(left, right);
  const taken = (): Value => (type === 'Min' ? lessOrEqual(a, b) : lessOrEqual(b, a));
  return binary(type, a, b, a.type, ([g]) =>
    g === null
      ? [null, null]
      : [() => sumTo(where(taken(), g, 0), a.shape), () => sumTo(where(taken(), 0, g), b.shape)],
  );
}

export const neg = (x: Value): Value => unary('Neg', x, neg);
export const exp = (x: Value): Value => unary('Exp', x, (g, y) => mul(g, y()));
export const log = (x: Value): Value => unary('Log', x, (g) => div(g, x));
export const sqrt = (x: Value): Value => unary('Sqrt', x, (g, y) => div(g, mul(2, y())));
export const abs = (x: Value): Value => unary('Abs', x, (g) => mul(g, sign(x)));
export const sign = (x: Value): Value => unary('Sign', x, null);
export const sin = (x: Value): Value => unary('Sin', x, (g) => mul(g, cos(x)));
export const cos = (x: Value): Value => unary('Cos', x, (g) => neg(mul(g, sin(x))));
export const tanh = (x: Value): Value => unary('Tanh', x, (g, y) => mul(g, sub(1, mul(y(), y()))));
export const sigmoid = (x: Value): Value => unary('Sigmoid', x, (g, y) => mul(g, mul(y(), sub(1, y()))));
export const sinh = (x: Value): Value => unary('Sinh', x, (g) => mul(g, unary('Cosh', x, null)));
export const asinh = (x: Value): Value => unary('Asinh', x, (g) => div(g, sqrt(add(mul(x, x), 1))));
export const isNaN = (x: Value): Value =>
  x.graph.node({ type: 'IsNaN', inputs: [x], outputs: [{ type: 'bool', shape: x.shape }] })[0];

/** max(x, 0); slope 0 at 0: what comes out is 0 or positive, so its sign is the slope */
export const relu = (x: Value): Value => unary('Relu', x, (g, y) => mul(g, sign(y())));

/** x by the normal distribution function of x (Hendrycks and Gimpel, 2016), exact form. */
export function gelu(x: Value): Value {
  const erf = unary('Erf', mul(x, Math.SQRT1_2), (g) => {
    const half = mul(x, x);
    return mul(g, mul(2 / Math.sqrt(Math.PI), exp(mul(-0.5, half))));
  });
  return mul(mul(x, 0.5), add(erf, 1));
}

export const greater = (a: Operand, b: Operand): Value => compared('Greater', a, b);
export const less = (a: Operand, b: Operand): Value => compared('Less', a, b);
export const lessOrEqual = (a: Operand, b: Operand): Value => compared('LessOrEqual', a, b);
export const equal = (a: Operand, b: Operand): Value => compared('Equal', a, b);

function compared(type: string, left: Operand, right: Operand): Value {
  const [a, b] = pair(left, right);
  return binary(type, a, b, 'bool');
}

/** a where the condition (bool) holds, else b. */
export function where(condition: Value, left: Operand, right: Operand): Value {
  const [a, b] = pair(left, right);
  return a.graph.node({
    type: 'Where',
    inputs: [condition, a, b],
    outputs: [{ type: a.type, shape: broadcast(condition.shape, broadcast(a.shape, b.shape)) }],
    backward: ([g]) =>
      g === null
        ? [null, null, null]
        : [null, () => sumTo(where(condition, g, 0), a.shape), () => sumTo(where(condition, 0, g), b.shape)],
  })[0];
}
