/** @file Writes an ONNX model as protocol buffer. Field numbers are those of onnx.proto. */
import protobuf from 'protobufjs/minimal.js';
import { elementTypes } from './model.ts';
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from './model.ts';

type Writer = protobuf.Writer;
const tag = (field: number, wire: 0 | 2 | 5): number => (field << 3) | wire;

const text = (w: Writer, field: number, value: string): Writer => w.uint32(tag(field, 2)).string(value);
const whole = (w: Writer, field: number, value: number): Writer => w.uint32(tag(field, 0)).int64(value);
const raw = (w: Writer, field: number, value: Uint8Array): Writer => w.uint32(tag(field, 2)).bytes(value);

/** A nested message. */
function message(w: Writer, field: number, write: (w: Writer) => void): void {
  w.uint32(tag(field, 2)).fork();
  write(w);
  w.ldelim();
}

function writeTensor(w: Writer, tensor: OnnxTensor, name: string): void {
  for (const dim of tensor.dims) whole(w, 1, dim);
  w.uint32(tag(2, 0)).int32(elementTypes[tensor.type]);
  if (name !== '') text(w, 8, name);
  const { data } = tensor;
  if (data instanceof Uint8Array) {
    raw(w, 9, data);
    return;
  }
  for (const [key, value] of Object.entries({
    location: data.location,
    offset: data.offset,
    length: data.length,
  }))
    message(w, 13, (entry) => {
      text(entry, 1, key);
      text(entry, 2, String(value));
    });
  w.uint32(tag(14, 0)).int32(1);
}

/** Numbers of AttributeProto.AttributeType. */
const attributeType = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

function writeAttribute(w: Writer, name: string, value: OnnxAttribute): void {
  text(w, 1, name);
  let type: number;
  if ('float' in value) {
    w.uint32(tag(2, 5)).float(value.float);
    type = attributeType.float;
  } else if ('int' in value) {
    w.uint32(tag(3, 0)).int64(Number(value.int));
    type = attributeType.int;
  } else if ('string' in value) {
    text(w, 4, value.string);
    type = attributeType.string;
  } else if ('tensor' in value) {
    message(w, 5, (t) => writeTensor(t, value.tensor, ''));
    type = attributeType.tensor;
  } else if ('floats' in value) {
    // packed, as proto3 has it
    message(w, 7, (list) => {
      for (let i = 0; i < value.floats.length; i++) list.float(value.floats[i]);
    });
    type = attributeType.floats;
  } else if ('ints' in value) {
    message(w, 8, (list) => {
      for (let i = 0; i < value.ints.length; i++) list.int64(value.ints[i]);
    });
    type = attributeType.ints;
  } else {
    for (const one of value.strings) text(w, 9, one);
    type = attributeType.strings;
  }
  w.uint32(tag(20, 0)).int32(type);
}

function writeNode(w: Writer, node: OnnxNode): void {
  for (const input of node.inputs) text(w, 1, input);
  for (const output of node.outputs) text(w, 2, output);
  if (node.name !== undefined) text(w, 3, node.name);
  text(w, 4, node.type);
  for (const [name, value] of Object.entries(node.attributes ?? {}))
    message(w, 5, (a) => writeAttribute(a, name, value));
  if (node.domain !== undefined && node.domain !== '') text(w, 7, node.domain);
}

function writeValueInfo(w: Writer, info: OnnxValueInfo): void {
  text(w, 1, info.name);
  message(w, 2, (type) =>
    message(type, 1, (tensor) => {
      tensor.uint32(tag(1, 0)).int32(elementTypes[info.type]);
      message(tensor, 2, (shape) => {
        for (const dim of info.dims)
          message(shape, 1, (one) => {
            if (typeof dim === 'number') whole(one, 1, dim);
            else text(one, 2, dim);
          });
      });
    }),
  );
}

/** The bytes of an `.onnx` file. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const w = protobuf.Writer.create();
  whole(w, 1, model.irVersion);
  text(w, 2, model.producer);
  message(w, 7, (graph) => {
    for (const node of model.graph.nodes) message(graph, 1, (n) => writeNode(n, node));
    text(graph, 2, model.graph.name);
    for (const [name, tensor] of model.graph.initializers)
      message(graph, 5, (t) => writeTensor(t, tensor, name));
    for (const input of model.graph.inputs) message(graph, 11, (v) => writeValueInfo(v, input));
    for (const output of model.graph.outputs) message(graph, 12, (v) => writeValueInfo(v, output));
  });
  for (const [domain, version] of Object.entries(model.opsets))
    message(w, 8, (opset) => {
      text(opset, 1, domain);
      whole(opset, 2, version);
    });
  for (const [key, value] of Object.entries(model.metadata ?? {}))
    message(w, 14, (entry) => {
      text(entry, 1, key);
      text(entry, 2, value);
    });
  return w.finish();
}
