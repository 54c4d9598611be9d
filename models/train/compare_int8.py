"""Counts on how many dev rows the int8 model decides as the fp32 one does, head by head, through the same calibration.

  python models/train/compare_int8.py --data DATA_DIR --models MODELS_DIR --fp32 FILE

Fails where a head keeps less than 99 % of its decisions. The word features are the same for both, as they are when served.
"""

import argparse
import json
from pathlib import Path

import numpy

from calibrate import dev_sets, run, sigmoid, softmax
from dataset import held_out_template
from export_trunk import feeds_of, session
from sources import pii_rows
from train_trunk import load_tokenizer
from words import BUCKETS, matrix

KEPT_MIN = 0.99


def main():
    arguments = read_arguments()
    folder = arguments.models / "encoder"
    content = json.loads((folder / "heads.json").read_text())
    heads = {head["name"]: head for head in content["heads"]}
    small = numpy.fromfile(folder / "words.bin", dtype=numpy.int8).reshape(BUCKETS, content["words"]["outputs"])
    weights = small.astype(numpy.float32) * numpy.array(content["words"]["scales"], dtype=numpy.float32)
    models = [session(arguments.fp32), session(folder / "model.int8.onnx")]
    tokenizer = load_tokenizer()
    shares = {}
    for name, rows in dev_sets(arguments.data).items():
        texts = [row.text for row in rows]
        words = matrix(texts) @ weights
        ids = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
        both = [[run(model, each) for each in ids] for model in models]
        for head in ("domain", "difficulty") if name == "domain" else (name,):
            full, quantised = (decisions(heads[head], numpy.stack([each[head] for each in found]), words) for found in both)
            shares[head] = (len(full), float((full == quantised).mean()))
    texts = [row.text for row in pii_rows(arguments.data) if held_out_template(row)]
    tags = [[tags_of(model, tokenizer.encode(text).ids) for text in texts] for model in models]
    full, quantised = (numpy.concatenate(each) for each in tags)
    shares["pii tokens"] = (len(full), float((full == quantised).mean()))
    for head, (count, share) in shares.items():
        print(f"{head:12} n {count:6}  same decision {share:.4f}")
    if min(share for _, share in shares.values()) < KEPT_MIN:
        raise SystemExit(f"int8 keeps less than {KEPT_MIN:.0%} of the decisions of a head")


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--fp32", type=Path, required=True, help="what export_trunk.py wrote with --fp32")
    return parser.parse_args()


def decisions(head, logits, words):
    """What a policy asks: the likeliest label; attack or not at the threshold; will each size of model answer well."""
    values = numpy.array(head["scale"]) * logits + numpy.array(head["bias"])
    if "words" in head:
        first = head["words"]["from"]
        values = values + head["words"]["scale"] * words[:, first : first + len(head["labels"])]
    if head["answers"] == "each":
        return (sigmoid(values) >= 0.5).ravel()
    if "threshold" in head:
        return 1 - softmax(values)[:, 0] >= head["threshold"]
    return values.argmax(1)


def tags_of(model, ids):
    return model.run(["pii"], feeds_of(ids))[0][0].argmax(1)


if __name__ == "__main__":
    main()
