"""The same numbers as bench/contender.ts makes and picks."""

import numpy as np


def uniform(length, seed):
    """Numbers in [0, 1) from a hash of their places."""
    with np.errstate(over="ignore"):
        offset = np.uint32((1 + seed * 0x9E3779B1) & 0xFFFFFFFF)
        hashed = (np.arange(length, dtype=np.uint32) + offset) * np.uint32(0x85EBCA6B)
        hashed = (hashed ^ (hashed >> np.uint32(15))) * np.uint32(0xC2B2AE35)
        hashed = hashed ^ (hashed >> np.uint32(13))
    return hashed.astype(np.float64) / 2**32


def spread(length, seed, scale=1.0):
    return scale * (2 * uniform(length, seed) - 1)


def samples(values):
    """At most 512 of them, evenly spaced."""
    flat = np.asarray(values).reshape(-1)
    count = min(len(flat), 512)
    return flat[[i * len(flat) // count for i in range(count)]].tolist()


def torch_alone():
    """PyTorch on one thread."""
    import torch

    torch.set_num_threads(1)
    return torch
