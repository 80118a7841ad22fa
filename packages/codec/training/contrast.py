"""
Contrastive texture consistency (InfoNCE, after DHVC): the texture painted in a region shall be nearer to that of the same region in the source than to
those of all other regions of the batch. Regions are squares of 32 pixels. A region's texture code is how rough each colour is in four octaves and how much
rougher across than down: mean magnitudes of differences of a box pyramid, so the term says nothing of where an edge lies, and nothing has to be learned beside.

    loss = - mean_i log( exp(t_i . t_i+ / tau) / sum_j exp(t_i . t_j / tau) )
"""
import torch
from torch.nn import functional as F

REGION = 32
OCTAVES = 4
TEMPERATURE = 0.1


def texture_codes(pictures):
    """[n, 3, h, w] -> [regions, 24], each of length 1."""
    n, _, height, width = pictures.shape
    side_y, side_x = height // REGION * REGION, width // REGION * REGION
    picture = pictures[:, :, :side_y, :side_x]
    features = []
    for octave in range(OCTAVES):
        right = F.pad((picture[..., 1:] - picture[..., :-1]).abs(), (0, 1))
        down = F.pad((picture[..., 1:, :] - picture[..., :-1, :]).abs(), (0, 0, 0, 1))
        cells = REGION >> octave
        rough = F.avg_pool2d(torch.cat([right, down], 1), cells)
        features.append(rough.permute(0, 2, 3, 1).reshape(-1, 6))
        picture = F.avg_pool2d(picture, 2)
    codes = torch.log(torch.cat(features, 1) + 0.01)
    # What all regions share tells none from another.
    return F.normalize(codes - codes.mean(0, keepdim=True).detach(), dim=1)


def consistency(painted, source):
    """The loss of a batch. Only the painted pictures are learned from."""
    codes = texture_codes(torch.cat([painted, source.detach()]))
    shown, true = codes.chunk(2)
    return F.cross_entropy(shown @ true.detach().T / TEMPERATURE, torch.arange(len(shown), device=shown.device))
