"""
The conceptual codec's networks in PyTorch, layer for layer as src/concept runs them, and their int8 file (src/concept/concept-file.ts).

An encoder turns a picture into texture tokens (finite scalar quantisation, Mentzer et al. 2024, arXiv 2309.15505) on a grid of 16 pixels, finer ones on a grid of 8, and one style code
for each region, pooled from its features. A generator draws the picture from the label map, the regions' colours and styles, and the tokens: residual blocks at 1/16, 1/8 and 1/4 of the
sides, modulated in space by what is coarser (SPADE, Park et al. 2019; styles by region as in SEAN, Zhu et al. 2020). A last layer says which style a region of the text layer has.
"""
import json
import struct

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from network import crc32c, quantise

FORMAT = 'mixreel-concept-1'
# Levels of each dimension. All odd but one, so that "nothing special" is a level.
TOKEN_LEVELS = (8, 5, 5, 5)
FINE_LEVELS = (5, 5, 5)
STYLE_LEVELS = (5, 5, 5, 5, 5, 5)
# What the text layer says of a region: colour 3, roughness 4, direction 2.
WORDS = 9
# Region's colour 3, style, borders to the right and below 2, finer token, 1 where there is one.
CELL_CHANNELS = 3 + len(STYLE_LEVELS) + 2 + len(FINE_LEVELS) + 1
TOKEN_CHANNELS = len(TOKEN_LEVELS) + 1
SHAPE = {'half': 16, 'quarter': 32, 'eighth': 64, 'sixteenth': 96, 'condition': 24, 'blocks16': 2, 'blocks8': 2, 'blocks4': 1}


def leaky(x):
    return F.leaky_relu(x, 0.1)


def levels_of(x, levels):
    """Level numbers of unbounded features [n, d, ...]: division and rounding only, so that every machine agrees."""
    most = torch.tensor([count - 1 for count in levels], dtype=x.dtype, device=x.device).view(1, -1, *[1] * (x.dim() - 2))
    bound = (1.25 * x / (1 + x.abs())).clamp(-1, 1)
    return torch.floor((bound + 1) / 2 * most + 0.5), most, bound


def quantised(x, levels):
    """Features as the generator gets them, -1 to 1 in steps; slopes pass as if nothing had been rounded."""
    level, most, bound = levels_of(x, levels)
    return bound + (2 * level / most - 1 - bound).detach()


class Residual(nn.Module):
    """Residual block; `condition` channels of half its resolution modulate it, 0: nothing does."""

    def __init__(self, width, condition):
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.film = nn.Conv2d(condition, 2 * width, 1) if condition else None

    def forward(self, x, condition=None):
        inner = leaky(self.first(x))
        if self.film is not None:
            gain, offset = F.interpolate(self.film(condition), scale_factor=2, mode='nearest').chunk(2, 1)
            inner = inner * (1 + gain) + offset
        return x + self.second(inner)

    def layers(self):
        return [layer for layer in (self.film, self.first, self.second) if layer is not None]


class Encoder(nn.Module):
    """picture, base [n, 3, h, w] in -1..1, h and w multiples of 16. Gives features of tokens at 1/16, of finer ones and of styles at 1/8, none of them quantised."""

    def __init__(self, half, quarter, eighth, sixteenth, **_):
        super().__init__()
        self.enter = nn.Conv2d(24, half, 3, padding=1)
        self.quarter = nn.Conv2d(4 * half, quarter, 1)
        self.eighth = nn.Conv2d(4 * quarter, eighth, 1)
        self.mix8 = nn.Conv2d(eighth, eighth, 3, padding=1)
        self.sixteenth = nn.Conv2d(4 * eighth, sixteenth, 1)
        self.mix16 = nn.Conv2d(sixteenth, sixteenth, 3, padding=1)
        self.token = nn.Conv2d(sixteenth, len(TOKEN_LEVELS), 1)
        self.fine = nn.Conv2d(eighth, len(FINE_LEVELS), 1)
        self.style = nn.Conv2d(eighth, len(STYLE_LEVELS), 1)
        # Straight from samples to codes: where linear_start puts the best linear codec.
        self.token_direct = nn.Conv2d(1536, len(TOKEN_LEVELS), 1)
        self.fine_direct = nn.Conv2d(384, len(FINE_LEVELS), 1)

    def forward(self, picture, base):
        entered = torch.cat([F.pixel_unshuffle(picture, 2), F.pixel_unshuffle(base, 2)], 1)
        x = leaky(self.enter(entered))
        x = leaky(self.quarter(F.pixel_unshuffle(x, 2)))
        x = leaky(self.mix8(leaky(self.eighth(F.pixel_unshuffle(x, 2)))))
        y = leaky(self.mix16(leaky(self.sixteenth(F.pixel_unshuffle(x, 2)))))
        samples8 = F.pixel_unshuffle(F.pixel_unshuffle(entered, 2), 2)
        samples16 = F.pixel_unshuffle(samples8, 2)
        return self.token(y) + self.token_direct(samples16), self.fine(x) + self.fine_direct(samples8), self.style(x)

    def layers(self):
        deep = [self.enter, self.quarter, self.eighth, self.mix8, self.sixteenth, self.mix16, self.token, self.fine, self.style]
        return [*deep, self.token_direct, self.fine_direct]


class Generator(nn.Module):
    """base [n, 3, h, w], cells [n, 15, h/8, w/8], tokens [n, 5, h/16, w/16], noise [n, 1, h/2, w/2]. Gives [n, 3, h, w]."""

    def __init__(self, half, quarter, eighth, sixteenth, condition, blocks16, blocks8, blocks4):
        super().__init__()
        self.tokens = nn.Conv2d(TOKEN_CHANNELS, sixteenth, 3, padding=1)
        self.blocks16 = nn.ModuleList([Residual(sixteenth, 0) for _ in range(blocks16)])
        self.cells = nn.Conv2d(CELL_CHANNELS, eighth, 3, padding=1)
        self.up16 = nn.Conv2d(sixteenth, 4 * eighth, 1)
        self.blocks8 = nn.ModuleList([Residual(eighth, sixteenth) for _ in range(blocks8)])
        self.condition = nn.Conv2d(CELL_CHANNELS, condition, 3, padding=1)
        self.noise = nn.Conv2d(4, quarter, 3, padding=1)
        self.up8 = nn.Conv2d(eighth, 4 * quarter, 1)
        self.blocks4 = nn.ModuleList([Residual(quarter, condition) for _ in range(blocks4)])
        self.base = nn.Conv2d(12, half, 1)
        self.up4 = nn.Conv2d(quarter, 4 * half, 1)
        self.leave = nn.Conv2d(half, 12, 3, padding=1)
        # Straight from codes and coarse features to samples, as in StyleGAN2's skips (Karras et al. 2020): learns an order of magnitude sooner.
        self.sketch16 = nn.Conv2d(TOKEN_CHANNELS, 768, 3, padding=1)
        self.sketch_cells = nn.Conv2d(CELL_CHANNELS, 192, 3, padding=1)
        self.sketch8 = nn.Conv2d(eighth, 192, 1)
        self.sketch4 = nn.Conv2d(quarter, 48, 1)

    def forward(self, base, cells, tokens, noise):
        sketch = F.pixel_shuffle(self.sketch16(tokens), 2)
        x = leaky(self.tokens(tokens))
        for block in self.blocks16:
            x = block(x)
        tokens = x
        x = leaky(self.cells(cells) + F.pixel_shuffle(self.up16(x), 2))
        for block in self.blocks8:
            x = block(x, tokens)
        sketch = F.pixel_shuffle(self.sketch_cells(cells) + self.sketch8(x) + sketch, 2)
        condition = leaky(self.condition(cells))
        x = leaky(self.noise(F.pixel_unshuffle(noise, 2)) + F.pixel_shuffle(self.up8(x), 2))
        for block in self.blocks4:
            x = block(x, condition)
        sketch = F.pixel_shuffle(self.sketch4(x) + sketch, 2)
        x = leaky(self.base(F.pixel_unshuffle(base, 2)) + F.pixel_shuffle(self.up4(x), 2))
        return base + F.pixel_shuffle(self.leave(x) + sketch, 2)

    def layers(self):
        inside = [[layer for block in blocks for layer in block.layers()] for blocks in (self.blocks16, self.blocks8, self.blocks4)]
        return [self.tokens, *inside[0], self.cells, self.up16, *inside[1], self.condition, self.noise, self.up8, *inside[2], self.base, self.up4, self.leave, self.sketch16, self.sketch_cells, self.sketch8, self.sketch4]


class Concept(nn.Module):
    def __init__(self, **shape):
        super().__init__()
        self.shape = {**SHAPE, **shape}
        self.encoder = Encoder(**self.shape)
        self.generator = Generator(**self.shape)
        self.words = nn.Conv2d(WORDS, len(STYLE_LEVELS), 1)
        # As loud after every layer as before (PyTorch's own start fades: the tokens' slopes were 1e-6), but for residuals and modulation, which start small.
        for layer in self.layers():
            nn.init.kaiming_normal_(layer.weight, a=0.1)
            nn.init.zeros_(layer.bias)
        blocks = [*self.generator.blocks16, *self.generator.blocks8, *self.generator.blocks4]
        for layer in [*(block.second for block in blocks), *(block.film for block in blocks if block.film is not None), self.generator.noise]:
            layer.weight.data *= 0.2
        for layer in (self.generator.leave, self.generator.sketch8, self.generator.sketch4):
            layer.weight.data *= 0.02

    def layers(self):
        """Convolutions in the order of the file."""
        return [*self.encoder.layers(), self.words, *self.generator.layers()]


def pooled(features, labels, regions):
    """Mean features of every region: [n, d, h, w], [n, h, w] -> [n, d, regions]; 0 for a region without cells."""
    flat = F.one_hot(labels.flatten(1), regions).to(features.dtype)
    return features.flatten(2) @ flat / flat.sum(1).clamp_min(1)[:, None]


def spread(values, labels):
    """Each cell its region's values: [n, d, regions], [n, h, w] -> [n, d, h, w]."""
    n, d, _ = values.shape
    return values.gather(2, labels.flatten(1)[:, None].expand(n, d, -1)).view(n, d, *labels.shape[1:])


def borders(labels):
    """[n, 2, h, w]: 1 where the cell to the right (below) is of another region."""
    right = F.pad((labels[:, :, 1:] != labels[:, :, :-1]).float(), (0, 1))
    below = F.pad((labels[:, 1:] != labels[:, :-1]).float(), (0, 0, 0, 1))
    return torch.stack([right, below], 1)


def base_of(colors):
    """Base picture [n, 3, 8 h, 8 w] of the cells' colour codes [n, 3, h, w] (y, co, cg), -1 to 1, as src/structure/base-picture.ts draws it but for its rounding."""
    y, co, cg = 4 * colors[:, 0] + 2, 8 * (colors[:, 1] - 32), 8 * (colors[:, 2] - 32)
    middle = y - cg / 2
    planes = torch.stack([middle + co / 2, middle + cg, middle - co / 2], 1)
    return F.interpolate(planes, scale_factor=8, mode='bilinear', align_corners=False).clamp(0, 255) / 127.5 - 1


def file_of(model, prior, name, record):
    """Bytes of the .mxg file; `prior`: the bytes of prior.py. The model is left as it is in the file: quantised."""
    header = json.dumps({'format': FORMAT, 'name': name, **model.shape, 'record': record}).encode()
    layers = b''.join(s.astype('<f4').tobytes() + b.astype('<f4').tobytes() + w.tobytes() for s, b, w in quantise(model))
    content = struct.pack('<I', len(header)) + header + layers + prior
    return content + struct.pack('<I', crc32c(content))
