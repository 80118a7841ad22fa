"""The generator's network in PyTorch, layer for layer as src/generator/texture-generator.ts runs it, and its int8 file (src/generator/network-file.ts)."""
import json
import struct

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

CELL_FEATURES = 6
FORMAT = 'mixreel-generator-1'


class Block(nn.Module):
    """Residual block modulated by the cells (FiLM in space)."""

    def __init__(self, width, condition):
        super().__init__()
        self.film = nn.Conv2d(condition, 2 * width, 1)
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.film.weight)
        nn.init.zeros_(self.film.bias)
        self.second.weight.data *= 0.2

    def forward(self, x, condition):
        gain, offset = F.interpolate(self.film(condition), scale_factor=2, mode='nearest').chunk(2, 1)
        inner = F.leaky_relu(self.first(x), 0.1)
        return x + self.second(inner * (1 + gain) + offset)


class Generator(nn.Module):
    """picture [n, 3, h, w], cells [n, 6, h/8, w/8], noise [n, 1, h/2, w/2], all in -1..1; h and w multiples of 8. Gives [n, 3, h, w]."""

    def __init__(self, half=16, quarter=40, condition=16, blocks=4):
        super().__init__()
        self.shape = {'half': half, 'quarter': quarter, 'condition': condition, 'blocks': blocks}
        self.enter = nn.Conv2d(13, half, 3, padding=1)
        self.down = nn.Conv2d(half, quarter, 2, stride=2)
        self.condition = nn.Conv2d(CELL_FEATURES, condition, 3, padding=1)
        self.blocks = nn.ModuleList([Block(quarter, condition) for _ in range(blocks)])
        self.up = nn.Conv2d(quarter, 4 * half, 1)
        self.leave = nn.Conv2d(half, 12, 3, padding=1)
        # At the start the picture comes out as it went in.
        self.leave.weight.data *= 0.05
        nn.init.zeros_(self.leave.bias)

    def forward(self, picture, cells, noise):
        half = F.leaky_relu(self.enter(torch.cat([F.pixel_unshuffle(picture, 2), noise], 1)), 0.1)
        condition = F.leaky_relu(self.condition(cells), 0.1)
        quarter = self.down(half)
        for block in self.blocks:
            quarter = block(quarter, condition)
        raised = F.leaky_relu(half + F.pixel_shuffle(self.up(quarter), 2), 0.1)
        return picture + F.pixel_shuffle(self.leave(raised), 2)

    def layers(self):
        """Convolutions in the order of the file."""
        inside = [layer for block in self.blocks for layer in (block.film, block.first, block.second)]
        return [self.enter, self.down, self.condition, *inside, self.up, self.leave]


def quantise(model):
    """Rounds every weight to int8 with one scale an output channel, in place; returns [(scales, biases, int8 weights)]."""
    out = []
    with torch.no_grad():
        for layer in model.layers():
            flat = layer.weight.flatten(1)
            scale = (flat.abs().amax(1) / 127).clamp_min(1e-12)
            # The sum makes -0, which int8 has not, 0.
            whole = torch.round(flat / scale[:, None]).clamp(-127, 127) + 0.0
            layer.weight.copy_((whole * scale[:, None]).view_as(layer.weight))
            out.append([t.detach().cpu().numpy() for t in (scale, layer.bias, whole.to(torch.int8))])
    return out


def crc32c(data):
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 255] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def file_of(model, name, record):
    """Bytes of the .mxg file. The model is left as it is in the file: quantised."""
    header = json.dumps({'format': FORMAT, 'name': name, **model.shape, 'record': record}).encode()
    body = b''.join(
        scales.astype('<f4').tobytes() + biases.astype('<f4').tobytes() + whole.tobytes()
        for scales, biases, whole in quantise(model)
    )
    content = struct.pack('<I', len(header)) + header + body
    return content + struct.pack('<I', crc32c(content))


def noise_of(height, width):
    """The decoder's noise of a picture's own coordinates, [height/2, width/2]."""
    y, x = np.meshgrid(np.arange(height // 2, dtype=np.uint32), np.arange(width // 2, dtype=np.uint32), indexing='ij')
    h = (x * np.uint32(0x9E3779B1)) ^ (y * np.uint32(0x85EBCA6B))
    h = (h ^ (h >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
    h = (h ^ (h >> np.uint32(12))) * np.uint32(0x297A2D39)
    return ((h ^ (h >> np.uint32(15))).astype(np.float64) / 2147483648 - 1).astype(np.float32)
