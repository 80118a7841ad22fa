"""
Trains the generator on pairs (make-pairs.mjs) for so many minutes, going on from the checkpoint in the work folder if there is one, then writes the
weights file and a check of it. One command; run it again to make the model better:

    python3 packages/codec/training/train.py WORK_FOLDER --pairs PAIR_FOLDER --minutes 20

Loss: mean absolute difference + LPIPS (squeeze by default, so that alex stays an independent judge), on crops, after a random shift of both pictures
so that nothing fits the metric's own sampling grid. Adam, constant rate (lower it in the last call), moving average of the weights over about the last
tenth of the steps, 1,000 at most; the average is what is written.
"""
import argparse
import json
import struct
import time
from pathlib import Path

import numpy as np
import torch

from contrast import Clips, clip_of, consistency
from distance import Distance
from export_onnx import write_onnx
from network import Generator, file_of, noise_of

SHARED = Path(__file__).resolve().parents[4] / 'shared' / 'metrics'


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('work', type=Path)
    parser.add_argument('--pairs', type=Path, required=True)
    parser.add_argument('--minutes', type=float, default=20)
    parser.add_argument('--steps', type=int, default=10**9, help='at most so many in this call')
    parser.add_argument('--batch', type=int, default=8, help='8 for a CPU, 64 for a GPU')
    parser.add_argument('--crop', type=int, default=96, help='side, a multiple of 8')
    parser.add_argument('--rate', type=float, default=1e-3)
    parser.add_argument('--half', type=int, default=16)
    parser.add_argument('--quarter', type=int, default=40)
    parser.add_argument('--condition', type=int, default=16)
    parser.add_argument('--blocks', type=int, default=4)
    parser.add_argument('--metric', choices=['squeeze', 'alex', 'none'], default='squeeze', help='none: L1 alone')
    parser.add_argument('--metric-weight', type=float, default=1.0, help='of LPIPS against the mean absolute difference')
    parser.add_argument('--contrast', type=float, default=0.0, help='weight of contrastive texture consistency of regions (contrast.py)')
    parser.add_argument('--clip-contrast', type=float, default=0.0, help='the same of films and photographs')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--name', default='texture-generator')
    return parser.parse_args()


def read_pair(path):
    data = path.read_bytes()
    (length,) = struct.unpack_from('<I', data)
    header = json.loads(data[4 : 4 + length])
    w, h, columns, rows = (header[key] for key in ('widthPx', 'heightPx', 'columns', 'rows'))
    at = 4 + length

    def take(*shape):
        nonlocal at
        count = int(np.prod(shape))
        at += count
        return np.frombuffer(data, np.uint8, count, at - count).reshape(shape)

    source = take(3, h, w)
    return source, [(take(3, h, w), take(6, rows, columns)) for _ in header['qps']]


def crop_of(pair, side, rng):
    """(source, decoded, cells) as uint8; at cells of 8, mirrored at random."""
    source, versions = pair
    decoded, cells = versions[rng.integers(len(versions))]
    y = int(rng.integers((source.shape[1] - side) // 8 + 1))
    x = int(rng.integers((source.shape[2] - side) // 8 + 1))
    n = side // 8
    parts = [a[:, 8 * y : 8 * y + side, 8 * x : 8 * x + side] for a in (source, decoded)]
    parts.append(cells[:, y : y + n, x : x + n])
    return [a[:, :, ::-1] for a in parts] if rng.random() < 0.5 else parts


def batch_of(pairs, side, count, rng, device):
    """Source, decoded, cells, and which pairs they are of."""
    chosen, crops = [], []
    for _ in range(count):
        chosen.append(int(rng.integers(len(pairs))))
        crops.append(crop_of(pairs[chosen[-1]], side, rng))
    stacks = [np.ascontiguousarray(np.stack(parts)) for parts in zip(*crops)]
    return *(torch.from_numpy(s).to(device).float() / 127.5 - 1 for s in stacks), chosen


def save(path, state):
    part = path.with_suffix('.part')
    torch.save(state, part)
    part.replace(path)


def main():
    options = arguments()
    torch.manual_seed(options.seed)
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    options.work.mkdir(parents=True, exist_ok=True)
    checkpoint = options.work / 'checkpoint.pt'
    state = torch.load(checkpoint, map_location=device) if checkpoint.exists() else None
    shape = state['shape'] if state else {key: getattr(options, key) for key in ('half', 'quarter', 'condition', 'blocks')}
    model = Generator(**shape).to(device)
    optimiser = torch.optim.Adam(model.parameters(), lr=options.rate, betas=(0.9, 0.99))
    average = {key: value.clone() for key, value in model.state_dict().items()}
    step, seconds = 0, 0.0
    if state:
        model.load_state_dict(state['model'])
        optimiser.load_state_dict(state['optimiser'])
        for group in optimiser.param_groups:
            group['lr'] = options.rate
        average, step, seconds = state['average'], state['step'], state['seconds']
    found = [(read_pair(path), clip_of(path.stem)) for path in sorted(options.pairs.glob('*.pair'))]
    found = [(pair, clip) for pair, clip in found if min(pair[0].shape[1:]) >= options.crop]
    pairs, names, clips = [pair for pair, _ in found], [clip for _, clip in found], Clips()
    if not pairs:
        raise SystemExit(f'{options.pairs} holds no pair of {options.crop} pixels a side: run make-pairs.mjs')
    metric = Distance(SHARED / f'lpips_{options.metric}_v0.1.onnx', device) if options.metric != 'none' else None
    # Steps of every call differ, but a run that is cut at the same steps is the same run.
    rng = np.random.default_rng([options.seed, step])
    torch.manual_seed(options.seed * 1_000_003 + step)
    began, last, first, shown = time.time(), time.time(), step, []

    def state_now():
        spent = seconds + time.time() - began
        return {'shape': shape, 'model': model.state_dict(), 'optimiser': optimiser.state_dict(), 'average': average, 'step': step, 'seconds': spent}

    while step - first < options.steps and time.time() - began < 60 * options.minutes:
        source, decoded, cells, chosen = batch_of(pairs, options.crop, options.batch, rng, device)
        noise = torch.rand(options.batch, 1, options.crop // 2, options.crop // 2, device=device) * 2 - 1
        painted = model(decoded, cells, noise)
        difference = (painted - source).abs().mean()
        loss = difference
        if metric:
            y, x = rng.integers(4, size=2)
            distance = torch.stack([metric(a[None, :, y:, x:], b[None, :, y:, x:]) for a, b in zip(painted, source)]).mean()
            loss = difference + options.metric_weight * distance
        if options.contrast > 0:
            loss = loss + options.contrast * consistency(painted, source)
        if options.clip_contrast > 0:
            loss = loss + options.clip_contrast * clips.loss(painted, source, [names[i] for i in chosen])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        keep = min(0.999, 1 - 10 / (step + 10))
        with torch.no_grad():
            for key, value in model.state_dict().items():
                average[key].lerp_(value, 1 - keep)
        shown.append([difference.item(), distance.item() if metric else 0.0])
        if step % 50 == 0:
            mean = np.mean(shown[-50:], axis=0)
            print(json.dumps({'step': step, 'l1': round(mean[0], 4), 'lpips': round(mean[1], 4), 'seconds': round(seconds + time.time() - began)}), flush=True)
        if time.time() - last > 120:
            save(checkpoint, state_now())
            last = time.time()
    save(checkpoint, state_now())
    export(options, shape, state_now(), pairs, device)


def export(options, shape, state, pairs, device):
    """Writes generator.mxg, the same weights as generator.onnx, and check.json: an input and what the quantised network makes of it, for the decoder's own check."""
    model = Generator(**shape)
    model.load_state_dict(state['average'])
    record = {'steps': state['step'], 'seconds': round(state['seconds']), 'device': device.type, 'pairs': len(pairs), 'seed': options.seed, 'metric': options.metric, 'torch': torch.__version__}
    content = file_of(model, options.name, record)
    (options.work / 'generator.mxg').write_bytes(content)
    apart = write_onnx(model, options.work / 'generator.onnx')
    _, versions = pairs[0]
    decoded, cells = (np.ascontiguousarray(a) for a in (versions[0][0][:, :64, :64], versions[0][1][:, :8, :8]))
    with torch.no_grad():
        inputs = [torch.from_numpy(a)[None].float() / 127.5 - 1 for a in (decoded, cells)]
        painted = model(*inputs, torch.from_numpy(noise_of(64, 64))[None, None])[0]
    codes = (127.5 * (painted + 1) + 0.5).floor().clamp(0, 255).byte()
    check = {'widthPx': 64, 'heightPx': 64, 'rgb': decoded.ravel().tolist(), 'cells': cells.ravel().tolist(), 'painted': codes.ravel().tolist()}
    (options.work / 'check.json').write_text(json.dumps(check))
    print(json.dumps({'written': 'generator.mxg', 'bytes': len(content), 'onnx_apart': apart, **record}), flush=True)


if __name__ == '__main__':
    main()
