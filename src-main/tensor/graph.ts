/**
 * @file A graph of operators under construction. Values know their type and shape at once, so a mistake shows where it is
 * made; each operator says how a gradient goes back through it, so a graph can be differentiated (`differentiate`).
 *
 * Operators are functions in `ops/`; what they have in common is {@link Graph.node}.
 */
import { bytesOf } from './bytes.ts';
import type { ElementType, OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor } from './onnx/model.ts';
import { ShapeError } from './shape.ts';
import type { Dim, Shape } from './shape.ts';

/** Gradient with respect to one input, made only if somebody asks for it. */
export type Backward = (gradients: readonly (Value | null)[]) => readonly ((() => Value) | null)[];

export interface GraphNode {
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
  /** values that gradients go back to: the inputs, or what a whole part of the graph was made from */
  readonly sources: readonly (Value | null)[];
  /** null where no gradient passes; a gradient per source */
  readonly backward: Backward | null;
}

/** A tensor that an operator makes, an input of the graph, or a stored tensor. */
export class Value {
  readonly graph: Graph;
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
  /** what makes it; null for inputs and stored tensors */
  readonly node: GraphNode | null;

  constructor(graph: Graph, name: string, type: ElementType, shape: Shape, node: GraphNode | null) {
    this.graph = graph;
    this.name = name;
    this.type = type;
    this.shape = shape;
    this.node = node;
  }

  get rank(): number {
    return this.shape.length;
  }
}

export interface NodeSpec {
  readonly type: string;
  /** operators outside of ONNX itself, e.g. `com.microsoft` */
  readonly domain?: string;
  /** null: an optional input that is left out */
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly { readonly type: ElementType; readonly shape: Shape }[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** default: the inputs */
  readonly sources?: readonly (Value | null)[];
  readonly backward?: Backward;
}

export interface GraphOptions {
  /** products are made of numbers of 16 bits (`ops/half.ts`) */
  readonly halfProducts?: boolean;
  /** attention is made in steps, not by the operator that does all of it (`ops/fused.ts`) */
  readonly plainAttention?: boolean;
  /** see {@link Graph.sizes} */
  readonly sizes?: ReadonlyMap<string, number>;
}

export class Graph {
  readonly name: string;
  readonly #nodes: GraphNode[] = [];
  readonly #inputs: Value[] = [];
  readonly #outputs = new Map<string, Value>();
  readonly #stored = new Map<string, OnnxTensor>();
  readonly #constants = new Map<string, Value>();
  /** where the size of a named dimension can be read when the graph runs */
  readonly #carriers = new Map<string, { readonly value: Value; readonly axis: number }>();
  readonly #names = new Set<string>();
  #scope = '';
  /** what named sizes are going to be, as far as that is known: operators may take the form that suits them, and are right for others too */
  readonly sizes: ReadonlyMap<string, number>;
  readonly plainAttention: boolean;
  #halfProducts: boolean;

  constructor(
    name: string,
    { halfProducts = false, plainAttention = false, sizes = new Map() }: GraphOptions = {},
  ) {
    this.name = name;
    this.sizes = sizes;
    this.plainAttention = plainAttention;
    this.#halfProducts = halfProducts;
  }

  /** Operands of 32 bits are rounded to 16 for products. */
  get halfProducts(): boolean {
    return this.#halfProducts;
  }

  /** Products that `work` adds keep the type of their operands. */
  exactly<T>(work: () => T): T {
    const outer = this.#halfProducts;
    this.#halfProducts = false;
    try {
      return work();
    } finally {
      this.#halfProducts = outer;
    }
  }

  /** Something handed over at each run. */
  input(name: string, type: ElementType, shape: Shape): Value {
    const value = this.#value(this.#claim(name), type, shape, null);
    this.#inputs.push(value);
    return value;
  }

  /** A stored tensor under its own name, such as a weight; its bytes are not copied. */
  stored(name: string, tensor: OnnxTensor): Value {
    return this.#store(this.#claim(name), tensor);
  }

  /** A small tensor written in the program; equal ones are stored once. */
  constant(
    type: 'float32' | 'float64' | 'int64' | 'int32' | 'bool' | 'uint8',
    dims: readonly number[],
    values: ArrayLike<number>,
  ): Value {
    const data =
      type === 'float32'
        ? Float32Array.from(values)
        : type === 'float64'
          ? Float64Array.from(values)
          : type === 'int64'
            ? BigInt64Array.from(Array.from(values, (value) => BigInt(value)))
            : type === 'int32'
              ? Int32Array.from(values)
              : Uint8Array.from(values);
    const bytes = bytesOf(data);
    const key = `${type} ${dims.join('x')} ${Buffer.from(bytes).toString('latin1')}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const value = this.#store(this.#fresh('constant'), { type, dims, data: bytes });
    this.#constants.set(key, value);
    return value;
  }

  /** Adds an operator. Its output names are made from its type and the scope. */
  node(spec: NodeSpec): readonly Value[] {
    for (const input of spec.inputs)
      if (input !== null && input.graph !== this)
        throw new ShapeError(`${spec.type}: "${input.name}" belongs to another graph`);
    const outputs: Value[] = [];
    const node: GraphNode = {
      type: spec.type,
      domain: spec.domain ?? '',
      inputs: spec.inputs,
      outputs,
      attributes: spec.attributes ?? {},
      sources: spec.sources ?? spec.inputs,
      backward: spec.backward ?? null,
    };
    for (const { type, shape } of spec.outputs)
      outputs.push(this.#value(this.#fresh(spec.type), type, shape, node));
    this.#nodes.push(node);
    return outputs;
  }

  /** What `work` gives, and the operators it added. */
  recorded<T>(work: () => T): { readonly result: T; readonly nodes: ReadonlySet<GraphNode> } {
    const from = this.#nodes.length;
    const result = work();
    return { result, nodes: new Set(this.#nodes.slice(from)) };
  }

  /** Names made inside of `work` begin with `scope/`. */
  scoped<T>(scope: string, work: () => T): T {
    const outer = this.#scope;
    this.#scope = outer === '' ? scope : `${outer}/${scope}`;
    try {
      return work();
    } finally {
      this.#scope = outer;
    }
  }

  /** Makes a value available to whoever runs the graph. */
  output(name: string, value: Value): void {
    if (value.graph !== this) throw new ShapeError(`output "${name}" belongs to another graph`);
    if (this.#outputs.has(name)) throw new ShapeError(`there are two outputs "${name}"`);
    this.#outputs.set(name, value);
  }

  get outputNames(): ReadonlySet<string> {
    return new Set(this.#outputs.keys());
  }

  /** Where a named size can be read; null for a name that no value carries. */
  carrier(dim: string): { readonly value: Value; readonly axis: number } | null {
    return this.#carriers.get(dim) ?? null;
  }

  /** What ONNX Runtime needs; operators that no output depends on are left out. */
  toOnnx(): OnnxModel {
    const needed = new Set<GraphNode>();
    const used = new Set<Value>();
    const open: Value[] = [...this.#outputs.values()];
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      if (used.has(value)) continue;
      used.add(value);
      if (value.node === null || needed.has(value.node)) continue;
      needed.add(value.node);
      for (const input of value.node.inputs) if (input !== null) open.push(input);
    }
    const nodes: OnnxNode[] = this.#nodes
      .filter((node) => needed.has(node))
      .map(({ type, domain, inputs, outputs, attributes }) => ({
        type,
        domain,
        inputs: inputs.map((input) => input?.name ?? ''),
        outputs: outputs.map((output) => output.name),
        attributes,
      }));
    // an output has a name of its own: what it shows may be an input, or shown twice
    for (const [name, value] of this.#outputs)
      nodes.push({ type: 'Identity', inputs: [value.name], outputs: [name] });
    const usedNames = new Set([...used].map((value) => value.name));
    return {
      irVersion: 10,
      producer: 'voltcast',
      opsets: { '': 21, 'com.microsoft': 1 },
      graph: {
        name: this.name,
        nodes,
        inputs: this.#inputs.map(({ name, type, shape }) => ({ name, type, dims: shape })),
        outputs: [...this.#outputs].map(([name, { type, shape }]) => ({ name, type, dims: shape })),
        initializers: new Map([...this.#stored].filter(([name]) => usedNames.has(name))),
      },
    };
  }

  #store(name: string, tensor: OnnxTensor): Value {
    this.#stored.set(name, tensor);
    return this.#value(name, tensor.type, tensor.dims, null);
  }

  #value(name: string, type: ElementType, shape: Shape, node: GraphNode | null): Value {
    const value = new Value(this, name, type, shape, node);
    shape.forEach((dim: Dim, axis) => {
      if (typeof dim === 'string' && !this.#carriers.has(dim)) this.#carriers.set(dim, { value, axis });
    });
    return value;
  }

  #claim(name: string): string {
    if (this.#names.has(name) || this.#outputs.has(name))
      throw new ShapeError(`there are two values "${name}"`);
    this.#names.add(name);
    return name;
  }

  #fresh(type: string): string {
    const stem = this.#scope === '' ? type : `${this.#scope}/${type}`;
    let name = `${stem}_${this.#names.size}`;
    while (this.#names.has(name)) name += '_';
    this.#names.add(name);
    return name;
  }
}
