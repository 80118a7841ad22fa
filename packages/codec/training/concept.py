"""
Trains the conceptual codec's networks (concept_network.py) for so many minutes, going on from the checkpoint in the work folder if there is one; then trains the prior (prior.py) on
the tokens of the training pictures, writes the weights file, both networks as ONNX (checked against PyTorch) and a check of the decoder. One command; run it again for a better model:

    node packages/codec/training/make-labels.mjs PAIR_FOLDER                                      # once, after make-pairs.mjs
    python3 packages/codec/training/concept.py WORK_FOLDER --pairs PAIR_FOLDER --minutes 20

Loss: mean absolute difference + LPIPS-squeeze on a share of the batch (+ contrastive texture consistency, if asked for), on crops. One time in eight all tokens of a crop are left out, so
that the generator learns what labels and styles alone look like; finer tokens are there for a random share of places, so that one model serves every rate.
"""
import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from concept_network import FINE_LEVELS, SHAPE, STYLE_LEVELS, TOKEN_LEVELS, Concept, base_of, borders, file_of, levels_of, pooled, quantised, spread
from contrast import Clips, clip_of, consistency
from distance import Distance
from export_onnx import check_onnx
from linear_start import linear_start
from network import noise_of
from prior import fit, sample
from train import SHARED, read_pair, save

# Most regions of a label map, one more: a renderer's has one a thing.
REGIONS = 256


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('work', type=Path)
    parser.add_argument('--pairs', type=Path, required=True)
    parser.add_argument('--minutes', type=float, default=20)
    parser.add_argument('--steps', type=int, default=10**9, help='at most so many in this call')
    parser.add_argument('--batch', type=int, default=8, help='8 for a CPU, 64 for a GPU')
    parser.add_argument('--crop', type=int, default=96, help='side, a multiple of 16')
    parser.add_argument('--rate', type=float, default=2e-3)
    for key, value in SHAPE.items():
        parser.add_argument(f'--{key}', type=int, default=value)
    parser.add_argument('--metric', choices=['squeeze', 'alex', 'none'], default='squeeze', help='none: L1 alone')
    parser.add_argument('--metric-weight', type=float, default=0.5, help='of LPIPS; at 1 it wove grids within 900 steps')
    parser.add_argument('--metric-share', type=float, default=0.5, help='share of the batch that LPIPS looks at')
    parser.add_argument('--contrast', type=float, default=0.0, help='weight of contrastive texture consistency of regions (contrast.py)')
    parser.add_argument('--clip-contrast', type=float, default=0.0, help='the same of films and photographs')
    parser.add_argument('--prior-steps', type=int, default=600)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--name', default='concept')
    return parser.parse_args()


def read_picture(path):
    """(source [3, h, w] uint8, labels [h/8, w/8], colour codes [regions, 3], words [regions, 9], name of its clip)."""
    source, _ = read_pair(path)
    found = json.loads(path.with_suffix('.labels').read_text())
    labels = np.array(found['labels'], np.int64).reshape(found['rows'], found['columns'])
    colors, words = np.zeros((REGIONS, 3), np.float32), np.zeros((REGIONS, 9), np.float32)
    colors[: len(found['colors'])] = found['colors']
    words[: len(found['words'])] = found['words']
    return source, labels, colors, words, clip_of(path.stem)


def crop_of(picture, side, rng):
    source, labels, colors, words, clip = picture
    y, x = (int(rng.integers((length - side) // 8 + 1)) for length in source.shape[1:])
    n = side // 8
    source, labels = source[:, 8 * y : 8 * y + side, 8 * x : 8 * x + side], labels[y : y + n, x : x + n]
    if rng.random() < 0.5:
        source, labels = source[:, :, ::-1], labels[:, ::-1]
    return source, labels, colors, words, clip


def batch_of(pictures, side, count, rng, device):
    crops = [crop_of(pictures[rng.integers(len(pictures))], side, rng) for _ in range(count)]
    *arrays, clips = zip(*crops)
    source, labels, colors, words = (torch.from_numpy(np.ascontiguousarray(np.stack(parts))).to(device) for parts in arrays)
    return source.float() / 127.5 - 1, labels, colors.transpose(1, 2), words.transpose(1, 2), clips


def inputs_of(labels, colors, style, token, fine, refined):
    """What the generator is given of a batch. `refined` [n, 1, h/16, w/16]: 1 where there are finer tokens."""
    color = spread(colors, labels)
    mask = refined.repeat_interleave(2, 2).repeat_interleave(2, 3)
    cells = torch.cat([color / 31.5 - 1, spread(style, labels), borders(labels), fine * mask, mask], 1)
    return base_of(color), cells, torch.cat([token, torch.ones_like(token[:, :1])], 1)


def drawn(model, batch, rng):
    """The batch's pictures as they come out, and how far the style of the words is from that of the pictures."""
    source, labels, colors, words, _ = batch
    n, _, height, width = source.shape
    token, fine, style = model.encoder(source, base_of(spread(colors, labels)))
    token, fine = quantised(token, TOKEN_LEVELS), quantised(fine, FINE_LEVELS)
    style = quantised(pooled(style, labels, REGIONS), STYLE_LEVELS)
    share = torch.from_numpy(rng.choice([0.0, 0.1, 0.3, 1.0], n)).view(n, 1, 1, 1)
    places = torch.from_numpy(rng.random((n, 1, height // 16, width // 16)))
    refined = (places < share).float().to(source.device)
    whole = torch.from_numpy((rng.random((n, 1, 1, 1)) >= 0.125).astype(np.float32)).to(source.device)
    base, cells, tokens = inputs_of(labels, colors, style, token, fine, refined * whole)
    noise = torch.rand(n, 1, height // 2, width // 2, device=source.device) * 2 - 1
    said = model.words(words[..., None])[..., 0]
    there = torch.zeros(n, 1, REGIONS, device=source.device).scatter_(2, labels.flatten(1)[:, None], 1.0)
    apart = ((said - style.detach()) ** 2 * there).sum() / there.sum() / len(STYLE_LEVELS)
    return model.generator(base, cells, tokens * whole, noise), apart


def start(model, pictures, rng):
    """The best linear codec, and styles of mean 0 and deviation 1: were all codes the same, the generator could learn nothing from them, nor they from it."""
    side = min(min(picture[0].shape[1:]) for picture in pictures) // 16 * 16
    batch = batch_of(pictures, side, min(96, 4 * len(pictures)), rng, 'cpu')
    source, labels, colors, *_ = batch
    base = base_of(spread(colors, labels))
    print(json.dumps({'left': linear_start(model, source, base)}), flush=True)
    with torch.no_grad():
        features = model.encoder(source[:16], base[:16])[2]
        deviation = features.std((0, 2, 3)).clamp_min(1e-4)
        model.encoder.style.bias.sub_(features.mean((0, 2, 3))).div_(deviation)
        model.encoder.style.weight.div_(deviation[:, None, None, None])


def main():
    options = arguments()
    torch.manual_seed(options.seed)
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    options.work.mkdir(parents=True, exist_ok=True)
    checkpoint = options.work / 'concept.pt'
    state = torch.load(checkpoint, map_location=device) if checkpoint.exists() else None
    shape = state['shape'] if state else {key: getattr(options, key) for key in SHAPE}
    model = Concept(**shape)
    pictures = [read_picture(path) for path in sorted(options.pairs.glob('*.pair')) if path.with_suffix('.labels').exists()]
    pictures = [picture for picture in pictures if min(picture[0].shape[1:]) >= options.crop]
    if not pictures:
        raise SystemExit(f'{options.pairs} holds no labelled picture of {options.crop} pixels a side: run make-pairs.mjs and make-labels.mjs')
    if not state:
        start(model, pictures, np.random.default_rng(options.seed))
    model.to(device)
    optimiser = torch.optim.Adam(model.parameters(), lr=options.rate, betas=(0.9, 0.99))
    average = {key: value.clone() for key, value in model.state_dict().items()}
    step, seconds = 0, 0.0
    if state:
        model.load_state_dict(state['model'])
        optimiser.load_state_dict(state['optimiser'])
        for group in optimiser.param_groups:
            group['lr'] = options.rate
        average, step, seconds = state['average'], state['step'], state['seconds']
    metric = Distance(SHARED / f'lpips_{options.metric}_v0.1.onnx', device) if options.metric != 'none' else None
    rng = np.random.default_rng([options.seed, step])
    torch.manual_seed(options.seed * 1_000_003 + step)
    began, last, first, shown, clips = time.time(), time.time(), step, [], Clips()

    def state_now():
        spent = seconds + time.time() - began
        return {'shape': shape, 'model': model.state_dict(), 'optimiser': optimiser.state_dict(), 'average': average, 'step': step, 'seconds': spent}

    while step - first < options.steps and time.time() - began < 60 * options.minutes:
        batch = batch_of(pictures, options.crop, options.batch, rng, device)
        source = batch[0]
        painted, apart = drawn(model, batch, rng)
        difference = (painted - source).abs().mean()
        # Means of squares of 4 and 16 pixels beside single ones: what tokens can say is learned from the first step on.
        coarse = sum((F.avg_pool2d(painted, side) - F.avg_pool2d(source, side)).abs().mean() for side in (4, 16))
        loss = difference + coarse + 0.1 * apart
        distance = torch.zeros(())
        if metric:
            y, x = rng.integers(4, size=2)
            judged = max(1, round(options.metric_share * options.batch))
            distance = torch.stack([metric(a[None, :, y:, x:], b[None, :, y:, x:]) for a, b in zip(painted[:judged], source)]).mean()
            loss = loss + options.metric_weight * distance
        if options.contrast > 0:
            loss = loss + options.contrast * consistency(painted, source, batch[1])
        if options.clip_contrast > 0:
            loss = loss + options.clip_contrast * clips.loss(painted, source, batch[-1])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        keep = min(0.995, 1 - 1 / (step + 1))
        with torch.no_grad():
            for key, value in model.state_dict().items():
                average[key].lerp_(value, 1 - keep)
        shown.append([difference.item(), distance.item(), apart.item()])
        if step % 25 == 0:
            l1, lpips, words = np.mean(shown[-25:], axis=0)
            line = {'step': step, 'l1': round(l1, 4), 'lpips': round(lpips, 4), 'words': round(words, 4), 'seconds': round(seconds + time.time() - began)}
            print(json.dumps(line), flush=True)
        if time.time() - last > 120:
            save(checkpoint, state_now())
            last = time.time()
    save(checkpoint, state_now())
    export(options, state_now(), pictures, device)


def export(options, state, pictures, device):
    """Writes concept.mxg, concept-encoder.onnx, concept-generator.onnx, and concept-check.json: an input of each network and what PyTorch makes of it."""
    model = Concept(**state['shape'])
    model.load_state_dict(state['average'])
    record = {'steps': state['step'], 'seconds': round(state['seconds']), 'device': device.type, 'pictures': len(pictures), 'seed': options.seed, 'metric': options.metric, 'torch': torch.__version__}
    # Rounds the weights: the prior learns the tokens that the rounded encoder makes.
    file_of(model, b'', options.name, record)
    grids = []
    with torch.no_grad():
        for source, labels, colors, *_ in pictures[:: max(1, len(pictures) // 96)]:
            height, width = (length // 16 * 16 for length in source.shape[1:])
            picture = torch.from_numpy(source[None, :, :height, :width].copy()).float() / 127.5 - 1
            grid = torch.from_numpy(np.ascontiguousarray(labels[None, : height // 8, : width // 8]))
            token, _, _ = model.encoder(picture, base_of(spread(torch.from_numpy(colors.T[None].copy()), grid)))
            grids.append(levels_of(token, TOKEN_LEVELS)[0][0].permute(1, 2, 0).numpy().astype(np.int64))
    prior, bits = fit(grids, options.seed, options.prior_steps)
    record['bitsPerToken'] = round(bits, 3)
    content = file_of(model, prior.file(), options.name, record)
    (options.work / 'concept.mxg').write_bytes(content)
    batch = batch_of(pictures, 64, 1, np.random.default_rng(options.seed), torch.device('cpu'))
    apart = check(options.work, model, batch, sample(prior, options.seed))
    print(json.dumps({'written': 'concept.mxg', 'bytes': len(content), 'onnx_apart': apart, **record}), flush=True)


def check(work, model, batch, grid):
    source, labels, colors, words, _ = batch
    base = base_of(spread(colors, labels))
    with torch.no_grad():
        token, fine, style = model.encoder(source, base)
        pool = quantised(pooled(style, labels, REGIONS), STYLE_LEVELS)
        refined = torch.ones(1, 1, 4, 4)
        base, cells, tokens = inputs_of(labels, colors, pool, quantised(token, TOKEN_LEVELS), quantised(fine, FINE_LEVELS), refined)
        noise = torch.from_numpy(noise_of(64, 64))[None, None]
        painted = model.generator(base, cells, tokens, noise)
        said = model.words(words[..., None])
    encoder = check_onnx(model.encoder, work / 'concept-encoder.onnx', {'picture': (3, 1), 'base': (3, 1)}, ['token', 'fine', 'style'])
    sides = {'base': (3, 1), 'cells': (cells.shape[1], 8), 'tokens': (tokens.shape[1], 16), 'noise': (1, 2)}
    generator = check_onnx(model.generator, work / 'concept-generator.onnx', sides, ['picture'])
    maps = {'picture': source, 'base': base, 'cells': cells, 'tokens': tokens, 'token': token, 'fine': fine, 'style': style, 'noise': noise, 'painted': painted, 'words': words, 'said': said}
    listed = {key: [float(value) for value in values.flatten()] for key, values in maps.items()}
    listed['grid'] = grid
    (work / 'concept-check.json').write_text(json.dumps(listed))
    return max(encoder, generator)


if __name__ == '__main__':
    main()
