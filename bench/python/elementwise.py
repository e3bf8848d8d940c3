"""Value and gradient of a long sum of functions of single elements."""

import numpy as np

from common import samples, spread, torch_alone

POINTS = spread(1_000_000, 5, 4.0)


def with_numpy(dtype):
    x = POINTS.astype(dtype)

    def run():
        e = np.exp(-x)
        s = 1 / (1 + e)
        t = np.tanh(x)
        squared = t * t
        total = (s * squared + np.log(1 + e)).sum()
        opposite = e * s
        return total, s * opposite * squared + 2 * s * t * (1 - squared) - opposite

    def check():
        total, slopes = run()
        return [[total], samples(slopes)]

    return check, run


def with_torch(dtype):
    torch = torch_alone()
    x = torch.from_numpy(POINTS.astype(dtype)).requires_grad_()

    def run():
        total = (torch.sigmoid(x) * torch.tanh(x) ** 2 + torch.log(1 + torch.exp(-x))).sum()
        (slopes,) = torch.autograd.grad(total, x)
        return total, slopes

    def check():
        total, slopes = run()
        return [[total.item()], samples(slopes.numpy())]

    return check, run
