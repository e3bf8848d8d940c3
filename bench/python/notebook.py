"""The training step of the 3-2-2 network."""

import numpy as np

from common import torch_alone

W1 = [[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]]
B1 = [0.5, 0.5]
W2 = [[0.7, 0.9], [0.8, 0.1]]
B2 = [0.3, 0.3]
X = [1.0, 2.0, 3.0]
T = [0.5, 0.1]
RATE = 0.5


def with_numpy():
    w1, b1, w2, b2, x, t = map(np.array, (W1, B1, W2, B2, X, T))

    def run():
        nonlocal w1, b1, w2, b2
        h = 1 / (1 + np.exp(-(w1 @ x + b1)))
        y = 1 / (1 + np.exp(-(w2 @ h + b2)))
        e = y - t
        d = e * y * (1 - y)
        g = (w2.T @ d) * h * (1 - h)
        w1 -= RATE * np.outer(g, x)
        b1 -= RATE * g
        w2 -= RATE * np.outer(d, h)
        b2 -= RATE * d
        return 0.5 * (e @ e)

    def check():
        losses = [run() for _ in range(3)]
        return [losses, np.concatenate([w1.ravel(), b1, w2.ravel(), b2])]

    return check, run


def with_torch():
    torch = torch_alone()
    parameters = [torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in (W1, B1, W2, B2)]
    x, t = torch.tensor(X, dtype=torch.float64), torch.tensor(T, dtype=torch.float64)
    optimizer = torch.optim.SGD(parameters, lr=RATE)

    def run():
        w1, b1, w2, b2 = parameters
        h = torch.sigmoid(w1 @ x + b1)
        y = torch.sigmoid(w2 @ h + b2)
        loss = 0.5 * ((y - t) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    def check():
        losses = [run() for _ in range(3)]
        return [losses, torch.cat([p.detach().reshape(-1) for p in parameters])]

    return check, run
