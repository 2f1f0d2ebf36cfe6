"""What the scripts that make golden files of Chronos models share: weights by formula (support/formula.ts does the same), and numbers as JSON."""

import numpy as np
import torch


def uniform(name, count):
    state = 2166136261
    for char in name:
        state = ((state ^ ord(char)) * 16777619) % 2**32
    s = (np.uint64(state) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x6D2B79F5)) % np.uint64(2**32)
    s = s.astype(np.uint32)
    t = (s ^ (s >> np.uint32(15))) * (s | np.uint32(1))
    t = t ^ (t + (t ^ (t >> np.uint32(7))) * (t | np.uint32(61)))
    return 2 * ((t ^ (t >> np.uint32(14))).astype(np.float64) / 4294967296) - 1


def weight(name, shape, head):
    u = uniform(name, int(np.prod(shape)))
    if name.endswith("layer_norm.weight"):
        u = 1 + 0.25 * u
    elif name.endswith(".bias"):
        u = 0.1 * u
    elif name != "shared.weight":
        u = u * np.sqrt(3 / (shape[1] if len(shape) > 1 else 1)) * (head**-0.5 if name.endswith("ttention.q.weight") else 1)
    return torch.tensor(u.astype(np.float32)).reshape(shape)


def nested(tensor, digits=6):
    def one(x):
        if isinstance(x, list):
            return [one(y) for y in x]
        return float(f"{x:.{digits}e}")

    return one(tensor.tolist())


def numbers(rows):
    return [[None if x != x else x for x in row] for row in rows]
