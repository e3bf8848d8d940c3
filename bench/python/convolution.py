"""A convolution with both gradients."""

import numpy as np

from common import samples, spread, torch_alone

BATCH, CHANNELS, SIDE, KERNEL = 16, 64, 32, 3
IMAGES = (BATCH, CHANNELS, SIDE, SIDE)
FILTERS = (CHANNELS, CHANNELS, KERNEL, KERNEL)


def drawn(shape, seed, scale=1.0):
    return spread(int(np.prod(shape)), seed, scale).astype(np.float32).reshape(shape)


def with_torch():
    torch = torch_alone()
    x = torch.from_numpy(drawn(IMAGES, 8)).requires_grad_()
    w = torch.from_numpy(drawn(FILTERS, 9, 0.1)).requires_grad_()
    c = torch.from_numpy(drawn(IMAGES, 10))

    def run():
        total = (torch.nn.functional.conv2d(x, w, padding=1) * c).sum()
        return total, *torch.autograd.grad(total, (x, w))

    def check():
        total, by_images, by_filters = run()
        return [[total.item()], samples(by_images.numpy()), samples(by_filters.numpy())]

    return check, run
