"""
Where training starts: the best linear codec of the training pictures, written into the layers that lead straight from samples to codes and from codes to samples. Tokens begin as the first
principal components of what the base leaves in a block, quantised; the generator's sketch as the least-squares estimate of the block from its token and the eight around, and so for the
finer tokens and what is still left. From there the networks learn what is not linear. Half a minute; from random weights the same error took some hundreds of steps.
"""
import torch
from torch.nn import functional as F

from concept_network import FINE_LEVELS, TOKEN_LEVELS, quantised

RIDGE = 1e-3


def squares(picture, times):
    for _ in range(times):
        picture = F.pixel_unshuffle(picture, 2)
    return picture


def components(blocks, count):
    """[n, d, h, w] -> the first principal components as rows, each of deviation 1 over the blocks, about 0."""
    flat = blocks.permute(0, 2, 3, 1).reshape(-1, blocks.shape[1])
    flat = flat[:: max(1, len(flat) // 40_000)]
    values, vectors = torch.linalg.eigh(flat.T @ flat / len(flat))
    order = values.argsort(descending=True)[:count]
    return (vectors[:, order] / values[order].clamp_min(1e-8).sqrt()).T


def estimate(codes, blocks):
    """Weights of a convolution of side 3: the least-squares estimate of the blocks from the codes."""
    inputs = F.unfold(codes, 3, padding=1).permute(0, 2, 1).reshape(-1, 9 * codes.shape[1])
    wanted = blocks.flatten(2).permute(0, 2, 1).reshape(-1, blocks.shape[1])
    square = inputs.T @ inputs / len(inputs) + RIDGE * torch.eye(inputs.shape[1])
    weights = torch.linalg.solve(square, inputs.T @ wanted / len(inputs)).T
    return weights.view(blocks.shape[1], codes.shape[1], 3, 3)


def linear_start(model, source, base):
    """`source`, `base`: [n, 3, h, w] in -1..1, some hundred pictures, sides multiples of 16."""
    encoder, generator = model.encoder, model.generator
    with torch.no_grad():
        rest = source - base
        blocks = squares(rest, 4)
        project = components(blocks, len(TOKEN_LEVELS))
        encoder.token_direct.weight.copy_(torch.cat([project, -project], 1)[..., None, None])
        features = F.conv2d(blocks, project[..., None, None])
        tokens = torch.cat([quantised(features, TOKEN_LEVELS), torch.ones_like(features[:, :1])], 1)
        generator.sketch16.weight.copy_(estimate(tokens, blocks))
        generator.sketch16.bias.zero_()
        left = blocks - generator.sketch16(tokens)
        before, after = blocks.square().mean().item(), left.square().mean().item()
        for _ in range(4):
            left = F.pixel_shuffle(left, 2)
        project = components(squares(left, 3), len(FINE_LEVELS))
        encoder.fine_direct.weight.copy_(torch.cat([project, -project], 1)[..., None, None])
        fine = quantised(F.conv2d(squares(rest, 3), project[..., None, None]), FINE_LEVELS)
        weights = estimate(fine, squares(left, 3))
        generator.sketch_cells.weight.zero_()
        generator.sketch_cells.weight[:, -1 - len(FINE_LEVELS) : -1].copy_(weights)
        generator.sketch_cells.bias.zero_()
        finest = squares(left, 3) - F.conv2d(fine, weights, padding=1)
        for head in (encoder.token, encoder.fine):
            head.weight.mul_(0.02)
        for layer in (encoder.token_direct, encoder.fine_direct):
            layer.bias.zero_()
        return [round(before, 5), round(after, 5), round(finest.square().mean().item(), 5)]
