"""Exports a trained pair judge as the ONNX model that Sextant ships, beside the encoder.

  python models/train/export_pairs.py --checkpoint CHECKPOINT_DIR

The judge stands on the encoder as it ships, int8 and all: its graph is the encoder's up to the last layer, with the head
behind it, and its weights are those of the encoder's file, to which it refers instead of holding them again. Run it after
`export_trunk.py`; a new export of the encoder needs a new one of this.
"""

import argparse
import json
import tempfile
from pathlib import Path

import onnx
import torch
from onnx import compose, helper, utils

from export_trunk import IR_VERSION, MODELS, OPSET, sha256
from network import DIMENSION
from pair_network import CLS, SEP, PairHead

ENCODER_FILE = "encoder/model.int8.onnx"
PAIR_FILE = "encoder/pair.onnx"
SETTINGS_FILE = "encoder/pair.json"
ENCODER_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
INPUTS = (*ENCODER_INPUTS, "features")
# Smaller constants are not worth a reference.
BORROWED_FROM_BYTES = 1024


def main():
    arguments = read_arguments()
    torch.manual_seed(0)
    settings = json.loads((arguments.checkpoint / "pairs.json").read_text())
    head = PairHead(settings["features"])
    head.load_state_dict(torch.load(arguments.checkpoint / "pairs.pt"))
    with tempfile.TemporaryDirectory() as scratch:
        trunk, (low, high) = trunk_of(arguments.out / ENCODER_FILE, Path(scratch))
        behind = exported(head.eval(), settings["features"], Path(scratch) / "head.onnx")
    model = joined(trunk, behind, {low: "head/low", high: "head/high"})
    borrow_weights(model, arguments.out / ENCODER_FILE)
    target = arguments.out / PAIR_FILE
    target.write_bytes(model.SerializeToString(deterministic=True))
    print(f"{PAIR_FILE}: {target.stat().st_size} bytes, sha256 {sha256(target)}")


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=MODELS, help="the models folder (default: this repository's)")
    parser.add_argument("--checkpoint", type=Path, required=True, help="folder with pairs.pt")
    return parser.parse_args()


def trunk_of(path, scratch):
    """The encoder's graph up to the two layers that its token head reads."""
    token_head = next(node for node in onnx.load(path).graph.node if node.op_type == "Concat" and "pii" in node.name)
    target = scratch / "trunk.onnx"
    utils.extract_model(path, target, list(ENCODER_INPUTS), list(token_head.input), check_model=False)
    return onnx.load(target), tuple(token_head.input)


def exported(head, features, target):
    ids = torch.tensor([[CLS, 7592, 2088, SEP, 0], [CLS, 7592, SEP, 0, 0], [CLS, 2088, SEP, 0, 0], [CLS, 7592, 2088, 2088, SEP]])
    tokens = torch.randn((4, 5, DIMENSION))
    names = ("ids", "mask", "low", "high", "features")
    with torch.no_grad():
        torch.onnx.export(
            AsServed(head),
            (ids, (ids != 0).long(), tokens, tokens, torch.zeros((2, features))),
            str(target),
            input_names=list(names),
            output_names=["logit"],
            dynamic_axes={**{name: {0: "texts", 1: "tokens"} for name in names[:4]}, "features": {0: "pairs"}, "logit": {0: "pairs"}},
            opset_version=OPSET,
            dynamo=False,
        )
    return onnx.load(target)


class AsServed(torch.nn.Module):
    def __init__(self, head):
        super().__init__()
        self.head = head

    def forward(self, ids, mask, low, high, features):
        return self.head(ids, mask.float(), low, high, features)


def joined(trunk, behind, links):
    behind = compose.add_prefix(behind, "head/")
    # Both graphs read the same tokens, under one name.
    for node in behind.graph.node:
        for at, name in enumerate(node.input):
            node.input[at] = {"head/ids": "input_ids", "head/mask": "attention_mask", "head/features": "features"}.get(name, name)
    nodes = [helper.make_node("Identity", [source], [target]) for source, target in links.items()]
    graph = helper.make_graph(
        [*trunk.graph.node, *nodes, *behind.graph.node],
        "pair-judge",
        [*trunk.graph.input, next(each for each in renamed(behind.graph.input) if each.name == "features")],
        [helper.make_tensor_value_info("logit", onnx.TensorProto.FLOAT, ["pairs"])],
        [*trunk.graph.initializer, *behind.graph.initializer],
    )
    graph.node.append(helper.make_node("Identity", ["head/logit"], ["logit"]))
    model = helper.make_model(graph, opset_imports=trunk.opset_import, ir_version=IR_VERSION, producer_name="sextant")
    return model


def renamed(inputs):
    for each in inputs:
        each.name = each.name.removeprefix("head/")
        yield each


def borrow_weights(model, encoder):
    """Puts references to the encoder's weights in place of the model's own, which must be the same bytes."""
    data = encoder.read_bytes()
    for table in model.graph.initializer:
        length = len(table.raw_data)
        if length < BORROWED_FROM_BYTES or table.name.startswith("head/"):
            continue
        offset = data.find(table.raw_data)
        if offset < 0:
            raise SystemExit(f"{ENCODER_FILE} does not hold {table.name}")
        table.ClearField("raw_data")
        table.data_location = onnx.TensorProto.EXTERNAL
        for key, value in (("location", encoder.name), ("offset", str(offset)), ("length", str(length))):
            entry = table.external_data.add()
            entry.key, entry.value = key, value


if __name__ == "__main__":
    main()
