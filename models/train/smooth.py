"""Moves the range of outlying channels from activations into weights before they are quantised (SmoothQuant, arXiv 2211.10438).

Some channels of a transformer are thirty times wider than the others, always the same ones. One int8 scale for all of
them leaves few steps to the rest; so each input of a matrix product is divided by a factor per channel, and the rows of
the weights, which have a scale per column and room to spare, are multiplied by it.
"""

import numpy
import onnx
from onnx import helper, numpy_helper

from sources import own_lines

STRENGTH = 0.7  # Of 0.5 to 0.9, the one that kept most decisions: below it the activations stay wide, above it the weights.
TRUNK = "/network/bert/"


def smooth(model, encode, session):
    """
    `encode` turns a text into feeds, `session` opens a model. Returns a model with one more `Mul` before each product
    of the trunk; its answers are those of the given one up to rounding.
    """
    graph = model.graph
    products = [node for node in graph.node if is_product(node)]
    ranges = ranges_of(model, sorted({node.input[0] for node in products}), encode, session)
    weights = {value.name: value for value in graph.initializer}
    nodes = []
    for node in graph.node:
        if is_product(node):
            matrix = numpy_helper.to_array(weights[node.input[1]])
            factors = factors_of(ranges[node.input[0]], matrix)
            graph.initializer.remove(weights[node.input[1]])
            nodes.append(smoothed(graph, node, matrix, factors))
        nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def is_product(node):
    return node.op_type == "Attention" or (node.op_type == "MatMul" and node.name.startswith(TRUNK))


def ranges_of(model, names, encode, session):
    """The widest value of each channel over texts of all kinds."""
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    for name in names:
        probe.graph.output.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    running = session(probe.SerializeToString())
    widest = {name: 0.0 for name in names}
    for text in texts():
        for name, values in zip(names, running.run(names, encode(text))):
            widest[name] = numpy.maximum(widest[name], numpy.abs(values[0]).max(0))
    return widest


def texts():
    everyday = [text for domain in ("math", "law", "health", "physics") for text in own_lines(f"everyday/{domain}.txt", "train")[:12]]
    return everyday + own_lines("documents/carriers_web.txt", "train")[:10] + own_lines("guard/persuasive.txt", "train")[:10]


def factors_of(widest, matrix):
    factors = numpy.maximum(widest, 1e-5) ** STRENGTH / numpy.maximum(numpy.abs(matrix).max(1), 1e-5) ** (1 - STRENGTH)
    factors = numpy.maximum(factors, 1e-3)
    return (factors / numpy.exp(numpy.log(factors).mean())).astype(numpy.float32)


def smoothed(graph, node, matrix, factors):
    name = f"{node.name}_smooth"
    graph.initializer.append(numpy_helper.from_array((1 / factors).astype(numpy.float32), f"{name}_factors"))
    graph.initializer.append(numpy_helper.from_array((matrix * factors[:, None]).astype(numpy.float32), f"{name}_weights"))
    before = helper.make_node("Mul", [node.input[0], f"{name}_factors"], [name], name=name)
    node.input[0], node.input[1] = name, f"{name}_weights"
    return before
