"""LPIPS from its ONNX file, as a PyTorch function with gradients: the graph's thirteen operators, run one by one. The weights stay where they are."""
import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional as F


class Distance:
    """distance(a, b): a, b [1, 3, h, w] in -1..1 -> [1]. Self-test: see check()."""

    def __init__(self, path, device):
        graph = onnx.load(path).graph
        self.nodes = list(graph.node)
        self.constants = {t.name: self._tensor(t, device) for t in graph.initializer}
        for node in self.nodes:
            if node.op_type == 'Constant':
                self.constants[node.output[0]] = self._tensor(node.attribute[0].t, device)
        self.result = graph.output[0].name

    @staticmethod
    def _tensor(proto, device):
        return torch.from_numpy(np.array(numpy_helper.to_array(proto))).to(device)

    def __call__(self, a, b):
        values = dict(self.constants, a=a, b=b)
        for node in self.nodes:
            if node.op_type != 'Constant':
                inputs = [values[name] for name in node.input if name]
                values[node.output[0]] = _run(node, inputs)
        return values[self.result]


def _run(node, inputs):
    settings = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    kind = node.op_type
    if kind == 'Conv':
        pads = settings.get('pads', [0, 0, 0, 0])
        padded = F.pad(inputs[0], (pads[1], pads[3], pads[0], pads[2])) if any(pads) else inputs[0]
        bias = inputs[2] if len(inputs) > 2 else None
        return F.conv2d(padded, inputs[1], bias, settings.get('strides', [1, 1]), groups=settings.get('group', 1))
    if kind == 'MaxPool':
        assert not any(settings.get('pads', [0])), 'padded pooling is not in the files this was written for'
        return F.max_pool2d(inputs[0], settings['kernel_shape'], settings['strides'], ceil_mode=bool(settings.get('ceil_mode', 0)))
    if kind in ('ReduceSum', 'ReduceMean'):
        axes = settings.get('axes') or inputs[1].tolist()
        reduce = torch.sum if kind == 'ReduceSum' else torch.mean
        return reduce(inputs[0], dim=tuple(axes), keepdim=bool(settings.get('keepdims', 1)))
    if kind == 'Sqrt':
        # Where features vanish the slope of the root is infinite: a gradient of NaN.
        return torch.sqrt(inputs[0] + 1e-20)
    plain = {'Relu': torch.relu, 'Pow': torch.pow, 'Div': torch.div, 'Add': torch.add, 'Sub': torch.sub}
    if kind == 'Concat':
        return torch.cat(inputs, settings['axis'])
    return plain[kind](*inputs)
