"""
Contrastive texture consistency (InfoNCE, after DHVC), twice: the texture painted in a region shall be nearer to that of the same region in the source than to
those of all other regions of the batch, and that of a picture nearer to those of its own clip, now and in batches before, than to those of other clips.
Regions are those of the label map where there is one, else squares of 32 pixels. A texture code is how rough each colour is in four octaves and how much
rougher across than down: mean magnitudes of differences of a box pyramid, so the term says nothing of where an edge lies, and nothing has to be learned beside.

    loss = - mean_i log( sum_(j of i's kind) exp(t_i . t_j / tau) / sum_j exp(t_i . t_j / tau) )
"""
import re

import torch
from torch.nn import functional as F

CELL = 8
SQUARE = 4
OCTAVES = 4
TEMPERATURE = 0.1
REMEMBERED = 256


def roughness(pictures):
    """[n, 3, h, w] -> [n, 24, h/8, w/8]: mean magnitudes of differences, by octave, direction and colour."""
    n, _, height, width = pictures.shape
    picture = pictures[:, :, : height // CELL * CELL, : width // CELL * CELL]
    features = []
    for octave in range(OCTAVES):
        right = F.pad((picture[..., 1:] - picture[..., :-1]).abs(), (0, 1))
        down = F.pad((picture[..., 1:, :] - picture[..., :-1, :]).abs(), (0, 0, 0, 1))
        features.append(F.avg_pool2d(torch.cat([right, down], 1), CELL >> octave))
        picture = F.avg_pool2d(picture, 2)
    return torch.cat(features, 1)


def of_squares(features):
    """Means of squares of 32 pixels: [regions, 24]."""
    return F.avg_pool2d(features, SQUARE).permute(0, 2, 3, 1).reshape(-1, features.shape[1])


def of_regions(features, labels):
    """Means of the regions of label maps [n, h/8, w/8] of whole numbers: [regions, 24]."""
    own = labels + (labels.max() + 1) * torch.arange(len(labels), device=labels.device).view(-1, 1, 1)
    _, places = own.flatten().unique(return_inverse=True)
    rows = features.permute(0, 2, 3, 1).reshape(-1, features.shape[1])
    count = int(places.max()) + 1
    sums = torch.zeros(count, rows.shape[1], dtype=rows.dtype, device=rows.device).index_add(0, places, rows)
    return sums / torch.bincount(places, minlength=count).unsqueeze(1)


def texture_codes(features):
    """Codes of length 1. What all have in common tells none from another."""
    codes = torch.log(features + 0.01)
    return F.normalize(codes - codes.mean(0, keepdim=True).detach(), dim=1)


def consistency(painted, source, labels=None):
    """The loss of a batch by regions. Only the painted pictures are learned from."""
    shown, true = roughness(painted), roughness(source.detach())
    pooled = [of_squares(one) if labels is None else of_regions(one, labels) for one in (shown, true)]
    codes, wanted = texture_codes(torch.cat(pooled)).chunk(2)
    return F.cross_entropy(codes @ wanted.detach().T / TEMPERATURE, torch.arange(len(codes), device=codes.device))


def clip_of(name):
    """The film or photograph that a crop is from: crops.mjs ends its names in three numbers."""
    return re.sub(r'(-\d+){3}$', '', name)


class Clips:
    """The loss by clips, with the textures of batches before as further examples."""

    def __init__(self):
        self.features, self.names = None, []

    def loss(self, painted, source, names):
        """`names`: the clip of each picture of the batch."""
        true = roughness(source.detach()).mean((2, 3))
        known = true if self.features is None else torch.cat([true, self.features])
        whose = list(names) + self.names
        codes = texture_codes(torch.cat([roughness(painted).mean((2, 3)), known]))
        shown, wanted = codes[: len(names)], codes[len(names) :].detach()
        alike = torch.tensor([[one == other for other in whose] for one in names], device=painted.device)
        closeness = shown @ wanted.T / TEMPERATURE
        self.features, self.names = known[:REMEMBERED], whose[:REMEMBERED]
        return (closeness.logsumexp(1) - closeness.masked_fill(~alike, -1e9).logsumexp(1)).mean()
