"""Products of square matrices."""

import numpy as np

from common import samples, spread


def with_numpy(dtype, size):
    left, right = (spread(size * size, seed).astype(dtype).reshape(size, size) for seed in (6, 7))

    def run():
        return left @ right

    return lambda: [samples(run())], run
