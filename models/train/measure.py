"""Dev figures of a checkpoint in fp32, before it is quantised: a quick look while training.

  python models/train/measure.py --data DATA_DIR --checkpoint CHECKPOINT_DIR
"""

import argparse
import json
import random
from pathlib import Path

import numpy
import torch

from dataset import encode_rows, held_out_template
from guard_rows import document_rows, prompt_guard_rows
from labels import DOCUMENT, DOMAINS, GUARD, INTENTS, PII_TAGS
from network import TrunkWithHeads
from sources import Row, clinc_rows, mmlu_pro_rows, mmlu_questions, own_everyday_rows, own_intent_rows, pii_rows, read_jsonl
from train_trunk import batches, collate, load_bert, load_tokenizer

NAMES = {"domain": DOMAINS, "intent": INTENTS, "guard": GUARD, "document": DOCUMENT}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    arguments = parser.parse_args()
    tokenizer = load_tokenizer()
    network, aux = load_network(arguments.checkpoint)
    for name, rows in dev_sets(arguments.data).items():
        examples = encode_rows(rows, tokenizer, {**NAMES, "clinc": aux["clinc"]})
        outputs = infer(network, examples, aux)
        for line in figures(rows, examples, outputs, aux):
            print(f"{name:18} n {len(rows):5} {line}", flush=True)


def load_network(folder):
    aux = json.loads((folder / "trunk.json").read_text())["aux"]
    network = TrunkWithHeads(load_bert(), {name: len(values) for name, values in aux.items()})
    network.load_state_dict(torch.load(folder / "trunk.pt"))
    return network.eval(), aux


def dev_sets(data):
    rng = random.Random(1)
    prompts = prompt_guard_rows(data, rng, "dev", [])
    passages = [row.text for row in mmlu_pro_rows(data, "dev") if len(row.text) > 600][:60]
    pairs = read_jsonl(data / "guard" / "injecguard_valid.dev.jsonl")
    return {
        "domain": mmlu_pro_rows(data, "dev"),
        "domain mmlu": mmlu_questions(data, "dev"),
        "domain everyday": own_everyday_rows("dev"),
        "intent own": own_intent_rows("dev"),
        "clinc": clinc_rows(data, "dev"),
        "guard own": prompts,
        "guard injecguard": [Row(item["text"], guard="benign" if item["label"] == "benign" else "jailbreak") for item in pairs],
        "document own": document_rows(data, rng, "dev", passages),
        "pii": [row for row in pii_rows(data) if held_out_template(row)],
    }


def infer(network, examples, aux):
    outputs = [None] * len(examples)
    with torch.inference_mode():
        for group in batches(examples, list(range(len(examples)))):
            ids, mask = collate(examples, group, "cpu")
            out = network(ids, mask, torch.zeros_like(ids))
            for name, head in network.aux.items():
                out[name] = head(out["features"])
            for row, index in enumerate(group):
                outputs[index] = {name: values[row].float().numpy() for name, values in out.items()}
    return outputs


def figures(rows, examples, outputs, aux):
    for name in ("domain", "intent", "clinc"):
        labelled = [index for index, row in enumerate(rows) if examples[index].labels.get(name, -100) >= 0]
        if labelled:
            right = [outputs[index][name].argmax() == examples[index].labels[name] for index in labelled]
            yield f"{name} accuracy {numpy.mean(right):.4f} of {len(right)}"
    for name in ("guard", "document"):
        labelled = [index for index in range(len(rows)) if examples[index].labels[name] >= 0]
        if labelled:
            scores = numpy.array([1 - softmax(outputs[index][name])[0] for index in labelled])
            attack = numpy.array([examples[index].labels[name] > 0 for index in labelled])
            if attack.any() and not attack.all():
                shown = []
                for cut in (0.5, 0.7, 0.9):
                    shown.append(f"at {cut}: recall {(scores[attack] >= cut).mean():.3f} fpr {(scores[~attack] >= cut).mean():.3f}")
                yield f"{name} " + "; ".join(shown)
    if rows[0].spans is not None:
        yield pii_figures(examples, outputs)
    asked = numpy.array([row.difficulty for row in rows], dtype=float)
    if not numpy.isnan(asked).all():
        chances = 1 / (1 + numpy.exp(-numpy.array([output["difficulty"] for output in outputs])))
        yield f"difficulty mean asked {numpy.nanmean(asked, 0).round(3)} said {chances.mean(0).round(3)}"


def pii_figures(examples, outputs):
    right = found = known = 0
    for example, output in zip(examples, outputs):
        wanted = set(spans_of(example.tags))
        said = set(spans_of([tag if truth != -100 else -100 for tag, truth in zip(output["pii"].argmax(1), example.tags)]))
        right, found, known = right + len(wanted & said), found + len(said), known + len(wanted)
    return f"pii token spans precision {right / max(found, 1):.3f} recall {right / max(known, 1):.3f} f1 {2 * right / max(found + known, 1):.4f}"


def spans_of(tags):
    spans, current = [], None
    for index, tag in enumerate(list(tags) + [0]):
        name = PII_TAGS[tag] if tag > 0 else "O"
        if current and (name[0] != "I" or name[2:] != current[1]):
            spans.append((current[0], index, current[1]))
            current = None
        if name[0] == "B" or (name[0] == "I" and current is None):
            current = (index, name[2:])
    return spans


def softmax(values):
    values = numpy.exp(values - values.max())
    return values / values.sum()


if __name__ == "__main__":
    main()
