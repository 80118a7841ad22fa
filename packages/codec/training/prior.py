"""
The prior over texture tokens: how likely each level of each dimension is, given tokens around. One hidden layer; int8 weights, int32 sums, a table of exponentials, frequencies that sum
to 32768, so that every machine draws the same line between symbols (src/concept/token-prior.ts is the same arithmetic). It is trained as it is used: half of the time with what a
unit has when it is read (tokens of the same colour of the checkerboard before this one), half with whatever arrived around a hole (concealment).
"""
import struct

import numpy as np
import torch
from torch.nn import functional as F

from concept_network import TOKEN_LEVELS

# Steps (column, row) to the tokens that are looked at. The first four come before in the same colour of the checkerboard.
AROUND = ((-1, -1), (1, -1), (-2, 0), (0, -2), (-1, 0), (1, 0), (0, -1), (0, 1), (-1, 1), (1, 1), (2, 0), (0, 2))
BEFORE = 4
DIMENSIONS = len(TOKEN_LEVELS)
PRESENT = 8
INPUTS = len(AROUND) * (DIMENSIONS + 1) + DIMENSIONS - 1
HIDDEN = 48
OUTPUTS = sum(TOKEN_LEVELS)
TABLE = [max(1, round(4096 * float(np.exp(-i / 16)))) for i in range(256)]


def rounded(x, unit):
    return x + (torch.round(x / unit) * unit - x).detach()


def examples(grids):
    """Level grids [rows, columns, 4] -> inputs of all places with everything around, [n, 12, 5], and the levels, [n, 4]."""
    most = np.array([count - 1 for count in TOKEN_LEVELS])
    around, own = [], []
    for grid in grids:
        rows, columns, _ = grid.shape
        padded = np.zeros((rows + 4, columns + 4, DIMENSIONS + 1), np.float32)
        padded[2:-2, 2:-2, :-1] = 2 * grid - most
        padded[2:-2, 2:-2, -1] = PRESENT
        around.append(np.stack([padded[2 + y : 2 + y + rows, 2 + x : 2 + x + columns] for x, y in AROUND], 2).reshape(-1, len(AROUND), DIMENSIONS + 1))
        own.append(grid.reshape(-1, DIMENSIONS))
    return torch.from_numpy(np.concatenate(around)), torch.from_numpy(np.concatenate(own).astype(np.int64))


class Prior:
    def __init__(self, seed):
        random = torch.Generator().manual_seed(seed)
        self.first = (torch.randn(HIDDEN, INPUTS, generator=random) * 0.04).requires_grad_()
        self.first_bias = torch.full((HIDDEN,), 0.5).requires_grad_()
        self.second = (torch.randn(OUTPUTS, HIDDEN, generator=random) * 0.1).requires_grad_()
        self.second_bias = torch.zeros(OUTPUTS).requires_grad_()
        self.parameters = [self.first, self.first_bias, self.second, self.second_bias]

    def bits(self, around, own):
        """Mean bits of a token."""
        most = torch.tensor([count - 1 for count in TOKEN_LEVELS])
        centred = (2 * own - most).float()
        hidden = around.flatten(1) @ self._first()[:, : len(AROUND) * (DIMENSIONS + 1)].T + rounded(self.first_bias, 1 / 256)
        total, at = 0.0, 0
        for d, count in enumerate(TOKEN_LEVELS):
            if d > 0:
                hidden = hidden + centred[:, d - 1 : d] @ self._first()[:, len(AROUND) * (DIMENSIONS + 1) + d - 1, None].T
            active = hidden.clamp(0, 255 / 8)
            active = active + (torch.floor(active * 8) / 8 - active).detach()
            logits = active @ rounded(self.second, 1 / 64).clamp(-127 / 64, 127 / 64)[at : at + count].T + rounded(self.second_bias, 1 / 512)[at : at + count]
            total = total + F.cross_entropy(logits, own[:, d])
            at += count
        return total / np.log(2)

    def _first(self):
        return rounded(self.first, 1 / 256).clamp(-127 / 256, 127 / 256)

    def file(self):
        """The table of exponentials, then of both layers: int8 weights, int32 biases."""
        with torch.no_grad():
            first = torch.round(self.first * 256).clamp(-127, 127).to(torch.int8).numpy()
            second = torch.round(self.second * 64).clamp(-127, 127).to(torch.int8).numpy()
            biases = [torch.round(self.first_bias * 256), torch.round(self.second_bias * 512)]
        whole = [b.numpy().astype('<i4').tobytes() for b in biases]
        return struct.pack('<256H', *TABLE) + first.tobytes() + whole[0] + second.tobytes() + whole[1]


def fit(grids, seed, steps, batch=2048):
    """A prior that is trained on the grids, and its mean bits a token where a unit is read, on every eighth grid, which it is not trained on."""
    random = torch.Generator().manual_seed(seed)
    held = [grid for i, grid in enumerate(grids) if i % 8 == 7] or grids
    around, own = examples([grid for i, grid in enumerate(grids) if i % 8 != 7] or grids)
    prior = Prior(seed)
    optimiser = torch.optim.Adam(prior.parameters, lr=4e-3)
    for step in range(steps):
        for group in optimiser.param_groups:
            group['lr'] = 4e-3 * (1 - step / steps) + 1e-5
        chosen = torch.randint(len(own), (min(batch, len(own)),), generator=random)
        mask = (torch.rand(len(chosen), len(AROUND), generator=random) < 0.7).float()
        mask[::2, :BEFORE], mask[::2, BEFORE:] = 1, 0
        loss = prior.bits(around[chosen] * mask[..., None], own[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    around, own = examples(held)
    around[:, BEFORE:] = 0
    with torch.no_grad():
        return prior, float(prior.bits(around, own))


def sample(prior, seed):
    """Levels of a random grid, 12 x 10, and the bits that it takes as units are read: for the decoder's own check."""
    random = np.random.default_rng(seed)
    grid = np.stack([random.integers(count, size=(10, 12)) for count in TOKEN_LEVELS], 2)
    around, own = examples([grid])
    around[:, BEFORE:] = 0
    with torch.no_grad():
        return {'columns': 12, 'rows': 10, 'levels': grid.flatten().tolist(), 'bits': float(prior.bits(around, own)) * len(own)}
