"""The training step of the network for handwritten digits."""

import numpy as np

from common import samples, spread, torch_alone, uniform

BATCH, INPUTS, HIDDEN, CLASSES = 128, 784, 128, 10
RATE = np.float32(0.1)

X = uniform(BATCH * INPUTS, 1).astype(np.float32).reshape(BATCH, INPUTS)
LABELS = np.floor(uniform(BATCH, 2) * CLASSES).astype(np.int64)
W1 = spread(INPUTS * HIDDEN, 3, 0.05).astype(np.float32).reshape(INPUTS, HIDDEN)
W2 = spread(HIDDEN * CLASSES, 4, 0.1).astype(np.float32).reshape(HIDDEN, CLASSES)


def results(run, weights):
    losses = [run() for _ in range(3)]
    return [losses, *map(samples, weights())]


def with_numpy():
    w1, b1 = W1.copy(), np.zeros(HIDDEN, np.float32)
    w2, b2 = W2.copy(), np.zeros(CLASSES, np.float32)
    rows = np.arange(BATCH)

    def run():
        nonlocal w1, b1, w2, b2
        h = np.maximum(X @ w1 + b1, 0)
        logits = h @ w2 + b2
        logits -= logits.max(1, keepdims=True)
        exponentials = np.exp(logits)
        totals = exponentials.sum(1)
        loss = (np.log(totals) - logits[rows, LABELS]).mean()
        slopes = exponentials / totals[:, None]
        slopes[rows, LABELS] -= 1
        slopes /= np.float32(BATCH)
        hidden = (slopes @ w2.T) * (h > 0)
        w2 -= RATE * (h.T @ slopes)
        b2 -= RATE * slopes.sum(0)
        w1 -= RATE * (X.T @ hidden)
        b1 -= RATE * hidden.sum(0)
        return float(loss)

    return lambda: results(run, lambda: [w1, w2, b2]), run


def with_torch():
    torch = torch_alone()
    x, labels = torch.from_numpy(X), torch.from_numpy(LABELS)
    zeros = lambda n: torch.zeros(n, requires_grad=True)
    leaf = lambda values: torch.from_numpy(values.copy()).requires_grad_()
    w1, b1, w2, b2 = leaf(W1), zeros(HIDDEN), leaf(W2), zeros(CLASSES)
    optimizer = torch.optim.SGD([w1, b1, w2, b2], lr=float(RATE))

    def run():
        h = torch.relu(torch.addmm(b1, x, w1))
        loss = torch.nn.functional.cross_entropy(torch.addmm(b2, h, w2), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return lambda: results(run, lambda: [p.detach().numpy() for p in (w1, w2, b2)]), run
