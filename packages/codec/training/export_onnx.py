"""
Weights of the generator as ONNX, for whatever runtime one has, and a check that the graph says what PyTorch says:

    python3 packages/codec/training/export_onnx.py packages/codec/models/texture.mxg texture.onnx

Inputs as network.py's: picture [1, 3, h, w], cells [1, 6, h/8, w/8], noise [1, 1, h/2, w/2], -1 to 1; output painted [1, 3, h, w]; h and w multiples of 8, any.
train.py writes generator.onnx beside generator.mxg. Runtimes do not promise the same bits everywhere: the codec decodes with its own kernels, and this file is for
comparing. The check runs the file's operators one by one on another size than it was traced at (Debian's onnx 1.12 has no evaluator of its own).
"""
import argparse
import json
import struct
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional as F

from network import Generator, crc32c

OPSET = 13


def model_of(content):
    """The network of an .mxg file, its weights those of the file."""
    if struct.unpack('<I', content[-4:])[0] != crc32c(content[:-4]):
        raise SystemExit('the file is damaged: its CRC is wrong')
    (length,) = struct.unpack_from('<I', content)
    header = json.loads(content[4 : 4 + length])
    model = Generator(**{key: header[key] for key in ('half', 'quarter', 'condition', 'blocks')})
    at = 4 + length

    def take(kind, count):
        nonlocal at
        part = np.frombuffer(content, kind, count, at)
        at += part.nbytes
        return torch.from_numpy(part.astype(np.float32))

    with torch.no_grad():
        for layer in model.layers():
            outputs = layer.weight.shape[0]
            scales, biases = take('<f4', outputs), take('<f4', outputs)
            whole = take(np.int8, layer.weight.numel()).view(outputs, -1)
            layer.weight.copy_((whole * scales[:, None]).view_as(layer.weight))
            layer.bias.copy_(biases)
    return model


def random_inputs(shapes, height, width, seed):
    """`shapes`: channels of each input, and how many pixels one of its samples is wide and high."""
    random = torch.Generator().manual_seed(seed)
    return [torch.rand(1, count, height // side, width // side, generator=random) * 2 - 1 for count, side in shapes.values()]


def write_onnx(model, path):
    """Writes the texture generator's file and checks it; returns the largest difference from PyTorch."""
    return check_onnx(model, path, {'picture': (3, 1), 'cells': (6, 8), 'noise': (1, 2)}, ['painted'])


def check_onnx(model, path, shapes, outputs):
    """Writes a network's file for pictures of any size and checks it; returns the largest difference from PyTorch. `shapes` as in random_inputs."""
    names = list(shapes)
    sides = {name: {2: f'{name}_height', 3: f'{name}_width'} for name in [*names, *outputs]}
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        traced = tuple(random_inputs(shapes, 64, 64, 0))
        torch.onnx.export(model, traced, str(path), opset_version=OPSET, input_names=names, output_names=outputs, dynamic_axes=sides)
    graph = onnx.load(str(path))
    onnx.checker.check_model(graph)
    inputs = random_inputs(shapes, 48, 96, 1)
    values = dict(zip(names, inputs))
    evaluate(graph.graph, values)
    with torch.no_grad():
        expected = model(*inputs)
    expected = expected if isinstance(expected, tuple) else (expected,)
    apart = max((values[name] - one).abs().max().item() for name, one in zip(outputs, expected))
    # Samples are of order 1 and sums of a few hundred float32 products.
    if not apart < 1e-5 * max(1, max(one.abs().max().item() for one in expected)):
        raise SystemExit(f'{path} is {apart} from PyTorch')
    return apart


def evaluate(graph, values):
    """What the operators of the graph make of the inputs."""
    values.update((t.name, torch.from_numpy(np.array(numpy_helper.to_array(t)))) for t in graph.initializer)
    for node in graph.node:
        settings = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        out = _run(node.op_type, [values[name] if name else None for name in node.input], settings)
        for name, value in zip(node.output, out if isinstance(out, (list, tuple)) else [out]):
            values[name] = value
    return values[graph.output[0].name]


def _run(kind, x, settings):
    if kind == 'Constant':
        return torch.from_numpy(np.array(numpy_helper.to_array(settings['value'])))
    if kind == 'Conv':
        pads = settings.get('pads', [0, 0, 0, 0])
        return F.conv2d(F.pad(x[0], (pads[1], pads[3], pads[0], pads[2])), x[1], x[2], settings.get('strides', [1, 1]))
    if kind == 'Resize':
        assert settings['mode'] == b'nearest'
        scales = x[2].tolist() if len(x) > 2 and x[2] is not None and x[2].numel() else None
        size = x[3].tolist()[2:] if scales is None else [round(side * scale) for side, scale in zip(x[0].shape[2:], scales[2:])]
        return F.interpolate(x[0], size=size, mode='nearest')
    if kind == 'Split':
        return x[0].split(x[1].tolist(), settings['axis'])
    if kind == 'DepthToSpace':
        assert settings.get('mode') == b'CRD'
        return F.pixel_shuffle(x[0], settings['blocksize'])
    if kind == 'Gather':
        return x[0].index_select(settings.get('axis', 0), x[1].reshape(-1)).reshape(x[1].shape if x[0].dim() == 1 else -1)
    if kind == 'Slice':
        starts, ends, axes = (x[i].tolist() for i in (1, 2, 3))
        out = x[0]
        for start, end, axis in zip(starts, ends, axes):
            out = out.narrow(axis, start, min(end, out.shape[axis]) - start)
        return out
    if kind == 'Cast':
        return x[0].long() if settings['to'] == onnx.TensorProto.INT64 else x[0].float()
    plain = {
        'LeakyRelu': lambda: F.leaky_relu(x[0], settings.get('alpha', 0.01)),
        'Concat': lambda: torch.cat(x, settings['axis']),
        'Add': lambda: x[0] + x[1],
        'Mul': lambda: x[0] * x[1],
        'Div': lambda: torch.div(x[0], x[1], rounding_mode='trunc') if x[0].dtype == torch.int64 else x[0] / x[1],
        'Shape': lambda: torch.tensor(x[0].shape),
        'Reshape': lambda: x[0].reshape([x[0].shape[i] if side == 0 else side for i, side in enumerate(x[1].tolist())]),
        'Transpose': lambda: x[0].permute(settings['perm']),
        'Unsqueeze': lambda: x[0].reshape(1) if x[0].dim() == 0 else x[0].unsqueeze(int(x[1])),
        'Squeeze': lambda: x[0].reshape([side for i, side in enumerate(x[0].shape) if i not in x[1].tolist()]),
        'Identity': lambda: x[0],
    }
    return plain[kind]()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('weights', type=Path)
    parser.add_argument('out', type=Path)
    options = parser.parse_args()
    apart = write_onnx(model_of(options.weights.read_bytes()), options.out)
    print(json.dumps({'written': str(options.out), 'bytes': options.out.stat().st_size, 'apart': apart}))


if __name__ == '__main__':
    main()
