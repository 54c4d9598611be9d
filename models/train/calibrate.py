"""Trains the word features, joins them with the exported trunk, calibrates every head and writes what the service reads.

  python models/train/calibrate.py --data DATA_DIR --models MODELS_DIR

Writes encoder/words.bin and encoder/heads.json, and lists both in manifest.json. The word features are trained on the
training rows; the few numbers that join, calibrate and cut (scale, bias, threshold of each head) are fitted on dev
rows, through the int8 model. Calibration errors are reported by cross-fitting: each half by what the other half fitted.
"""

import argparse
import functools
import json
import random
from dataclasses import replace
from pathlib import Path

import numpy
from scipy.optimize import minimize

from dataset import build_rows
from export_trunk import add_files, feeds_of, session, sha256
from guard_rows import document_rows, prompt_guard_rows
from labels import DOCUMENT, DOMAINS, GUARD, INTENTS, PII_TAGS, SIZE_CLASSES
from sources import Row, banking_rows, clinc_rows, gsm8k_rows, mmlu_pro_rows, mmlu_questions, own_everyday_rows, own_intent_rows, read_jsonl
from train_trunk import load_tokenizer
from words import BUCKETS, matrix, quantised, train_words

# Harmless prompts, documents: how many of them may be flagged on dev rows at the thresholds that ship.
PROMPT_FLAGS = {"everyday": 0.002, "risky": 0.045, "trigger": 0.035}
DOCUMENT_FLAGS = 0.04
WORD_HEADS = {"domain": (DOMAINS, 8.0), "guard": (GUARD, 8.0), "document": (DOCUMENT, 4.0)}
PII_THRESHOLD = 0.5


def main():
    arguments = read_arguments()
    tokenizer = load_tokenizer()
    model = session(arguments.models / "encoder" / "model.int8.onnx")
    rows = build_rows(arguments.data, random.Random(arguments.seed), late=True)
    weights = word_weights(rows)
    small, scales = quantised(numpy.concatenate(list(weights.values())))
    parts = dev_sets(arguments.data)
    asked = asker(model, tokenizer)
    sets = {name: Outputs(asked, part, small, scales) for name, part in parts.items()}
    windowed = {name: Outputs(asked, windows_of(parts[name]), small, scales) for name in ("guard", "document")}
    heads, report = [], {}
    first = 0
    for name, (labels, _) in WORD_HEADS.items():
        head, figures = fit_joined(name, labels, first, sets[name])
        heads.append(head)
        report[name] = figures
        first += len(labels)
    heads.append(fit_plain("intent", INTENTS, sets["intent"], report))
    heads.append(fit_difficulty(sets["domain"], report))
    cut_guards(heads, windowed, report)
    write(arguments.models, small, scales, heads)
    print(json.dumps(report, indent=1))


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True, help="the models folder, with encoder/model.int8.onnx in it")
    parser.add_argument("--seed", type=int, default=7, help="that of the training run, so that the rows are the same")
    return parser.parse_args()


def word_weights(rows):
    found = {}
    for name, (labels, strength) in WORD_HEADS.items():
        known = [row for row in rows if getattr(row, name) is not None]
        answers = [labels.index(getattr(row, name)) for row in known]
        counts = numpy.bincount(answers, minlength=len(labels))
        # Attacks are few: classes weigh the same up to a factor of eight.
        balance = numpy.minimum(counts.max() / numpy.maximum(counts, 1), 8.0)
        found[name] = train_words([row.text for row in known], answers, [row.weight * balance[answer] for row, answer in zip(known, answers)], strength)
    return found


def dev_sets(data):
    rng = random.Random(1)
    passages = [row.text for row in mmlu_pro_rows(data, "dev") if len(row.text) > 500][:100]
    known = [Row(item["text"], guard="benign" if item["label"] == "benign" else "jailbreak", source="injecguard") for item in read_jsonl(data / "guard" / "injecguard_valid.dev.jsonl")]
    everyday = mmlu_pro_rows(data, "dev")[::3] + clinc_rows(data, "dev")[::3] + own_everyday_rows("dev") + own_intent_rows("dev")
    intents = own_intent_rows("dev") + clinc_rows(data, "dev")[::10] + banking_rows(data)[7::200] + gsm8k_rows(data)[-50:]
    return {
        "domain": mmlu_pro_rows(data, "dev") + mmlu_questions(data, "dev") + own_everyday_rows("dev"),
        "intent": [row for row in intents if row.intent],
        "guard": prompt_guard_rows(data, rng, "dev", []) + known + everyday,
        "document": document_rows(data, rng, "dev", passages),
    }


def windows_of(rows):
    """Long texts as the service reads them: windows of a thousand characters that overlap by two hundred."""
    windows = []
    for index, row in enumerate(rows):
        starts = [0] if len(row.text) <= 1400 else range(0, len(row.text) - 200, 800)
        windows += [replace(row, text=row.text[start : start + (1000 if len(starts) > 1 else 1400)], extra={"row": index}) for start in starts]
    return windows


class Outputs:
    """What the int8 model and the int8 word features say of some rows."""

    def __init__(self, asked, rows, small, scales):
        self.rows = [row for row in rows]
        found = [asked(row.text) for row in rows]
        self.logits = {name: numpy.stack([each[name] for each in found]) for name in found[0]}
        self.words = matrix([row.text for row in rows]) @ (small.astype(numpy.float32) * scales.astype(numpy.float32))


def asker(model, tokenizer):
    """Asks the model once for each text: sets share texts, and most windows are whole texts."""
    return functools.cache(lambda text: run(model, tokenizer.encode(text).ids))


def run(model, ids):
    names = ["domain", "intent", "difficulty", "guard", "document"]
    return {name: value[0] for name, value in zip(names, model.run(names, feeds_of(ids)))}


def fit_joined(name, labels, first, outputs):
    kept = [index for index, row in enumerate(outputs.rows) if getattr(row, name) is not None]
    answers = numpy.array([labels.index(getattr(outputs.rows[index], name)) for index in kept])
    logits = outputs.logits[name][kept]
    words = outputs.words[kept, first : first + len(labels)]

    def joined(parameters, part=slice(None)):
        return parameters[0] * logits[part] + parameters[1] * words[part]

    def fitted(part):
        def loss(parameters):
            return negative_log_likelihood(joined(parameters, part), answers[part]) + 1e-3 * (parameters[1] ** 2)

        return minimize(loss, [1.0, 0.2], method="Nelder-Mead").x

    scale, words_scale = fitted(slice(None))
    crossed = numpy.concatenate([joined(fitted(slice(1, None, 2)), slice(0, None, 2)), joined(fitted(slice(0, None, 2)), slice(1, None, 2))])
    crossed_answers = numpy.concatenate([answers[0::2], answers[1::2]])
    figures = {
        "n": len(kept),
        "accuracy encoder": accuracy(logits, answers),
        "accuracy words": accuracy(words, answers),
        "accuracy joined": accuracy(crossed, crossed_answers),
        "ece": calibration_error(softmax(crossed), crossed_answers),
    }
    for source in sorted({outputs.rows[index].source for index in kept}):
        part = numpy.array([outputs.rows[index].source == source for index in kept])
        figures[f"accuracy {source}"] = accuracy(joined((scale, words_scale))[part], answers[part])
    head = {"name": name, "answers": "one", "labels": list(labels), "scale": rounded(scale), "bias": [0.0] * len(labels), "words": {"from": first, "scale": rounded(words_scale)}}
    return head, figures


def fit_plain(name, labels, outputs, report):
    answers = numpy.array([labels.index(getattr(row, name)) for row in outputs.rows])
    logits = outputs.logits[name]

    def fitted(part):
        return minimize(lambda value: negative_log_likelihood(value[0] * logits[part], answers[part]), [1.0], method="Nelder-Mead").x[0]

    crossed = numpy.concatenate([fitted(slice(1, None, 2)) * logits[0::2], fitted(slice(0, None, 2)) * logits[1::2]])
    crossed_answers = numpy.concatenate([answers[0::2], answers[1::2]])
    report[name] = {"n": len(answers), "accuracy": accuracy(logits, answers), "ece": calibration_error(softmax(crossed), crossed_answers)}
    return {"name": name, "answers": "one", "labels": list(labels), "scale": rounded(fitted(slice(None))), "bias": [0.0] * len(labels)}


def fit_difficulty(outputs, report):
    """Platt's scale and bias for each size class, on questions whose outcomes are known."""
    known = [row.difficulty if row.source == "mmlu_pro" else (None,) * len(SIZE_CLASSES) for row in outputs.rows]
    asked = numpy.array(known, dtype=float)
    scales, biases, errors = [], [], []
    for column in range(len(SIZE_CLASSES)):
        kept = ~numpy.isnan(asked[:, column])
        target, logits = asked[kept, column], outputs.logits["difficulty"][kept, column]

        def fitted(part, target=target, logits=logits):
            def loss(parameters):
                chance = sigmoid(parameters[0] * logits[part] + parameters[1])
                return -numpy.mean(target[part] * numpy.log(chance + 1e-9) + (1 - target[part]) * numpy.log(1 - chance + 1e-9))

            return minimize(loss, [1.0, 0.0], method="Nelder-Mead").x

        scale, bias = fitted(slice(None))
        halves = [(slice(0, None, 2), slice(1, None, 2)), (slice(1, None, 2), slice(0, None, 2))]
        crossed = [(sigmoid(a * logits[here] + b), target[here]) for here, there in halves for a, b in [fitted(there)]]
        chances, truths = (numpy.concatenate(values) for values in zip(*crossed))
        errors.append(binned_error(chances, truths))
        scales.append(rounded(scale))
        biases.append(rounded(bias))
    report["difficulty"] = {"ece": [round(error, 4) for error in errors]}
    return {"name": "difficulty", "answers": "each", "labels": list(SIZE_CLASSES), "scale": scales, "bias": biases}


def cut_guards(heads, windowed, report):
    """Thresholds by how many harmless texts are flagged; the worst window of a text decides, as it does when served."""
    by_name = {head["name"]: head for head in heads}
    guard, document = by_name["guard"], by_name["document"]
    scores, rows = worst_windows(guard, windowed["guard"])
    kinds = numpy.array([benign_kind(row) for row in rows])
    cuts = [numpy.quantile(scores[kinds == kind], 1 - share) for kind, share in PROMPT_FLAGS.items()]
    guard["threshold"] = rounded(min(0.95, max(0.3, *cuts)))
    guard["scanThreshold"] = rounded(scan_cut(guard, windowed["guard"], "guard"))
    report["guard cuts"] = {"threshold": guard["threshold"], **{kind: rounded(cut) for kind, cut in zip(PROMPT_FLAGS, cuts)}}
    for source in sorted({row.source for row in rows}):
        part = numpy.array([row.source == source for row in rows])
        for label in ("benign", "attack"):
            chosen = part & ((kinds == "attack") == (label == "attack"))
            if chosen.any():
                report["guard cuts"][f"flagged {source} {label}"] = [int(chosen.sum()), round(float((scores[chosen] >= guard["threshold"]).mean()), 3)]
    # A prompt that carries a document is judged as a prompt: only what is labelled as a document sets this cut.
    scores, rows = worst_windows(document, windowed["document"])
    labelled = numpy.array([row.document or "" for row in rows])
    clean = scores[labelled == "benign"]
    document["threshold"] = rounded(min(0.97, max(0.3, numpy.quantile(clean, 1 - DOCUMENT_FLAGS))))
    document["scanThreshold"] = rounded(scan_cut(document, windowed["document"], "document"))
    report["document cuts"] = {
        "threshold": document["threshold"],
        "recall": round(float((scores[labelled == "injection"] >= document["threshold"]).mean()), 3),
        "flagged": round(float((clean >= document["threshold"]).mean()), 3),
    }


def worst_windows(head, outputs):
    scores, worst, rows = attack_scores(head, outputs), {}, {}
    for row, score in zip(outputs.rows, scores):
        worst[row.extra["row"]] = max(score, worst.get(row.extra["row"], 0.0))
        rows[row.extra["row"]] = row
    return numpy.array(list(worst.values())), list(rows.values())


def benign_kind(row):
    if row.guard != "benign":
        return "attack" if row.guard else "unlabelled"
    return {"own_guard": "trigger", "wildguard": "risky", "injecguard": "risky", "pasted": "trigger"}.get(row.source, "everyday")


def attack_scores(head, outputs):
    first, count = head["words"]["from"], len(head["labels"])
    joined = head["scale"] * outputs.logits[head["name"]] + head["words"]["scale"] * outputs.words[:, first : first + count]
    return 1 - softmax(joined)[:, 0]


def scan_cut(head, outputs, label):
    """By words alone nearly no harmless window may be flagged: it stands for text that nothing else read."""
    benign = numpy.array([getattr(row, label) == "benign" for row in outputs.rows])
    first, count = head["words"]["from"], len(head["labels"])
    return min(0.999, max(0.9, float(numpy.quantile(1 - softmax(outputs.words[:, first : first + count])[benign, 0], 0.998))))


def softmax(values):
    values = numpy.exp(values - values.max(1, keepdims=True))
    return values / values.sum(1, keepdims=True)


def sigmoid(values):
    return 1 / (1 + numpy.exp(-values))


def negative_log_likelihood(logits, answers):
    shifted = logits - logits.max(1, keepdims=True)
    return float(-(shifted[numpy.arange(len(answers)), answers] - numpy.log(numpy.exp(shifted).sum(1))).mean())


def accuracy(logits, answers):
    return round(float((logits.argmax(1) == answers).mean()), 4)


def calibration_error(probabilities, answers, bins=15):
    return round(binned_error(probabilities.max(1), (probabilities.argmax(1) == answers).astype(float), bins), 4)


def binned_error(chances, truths, bins=15):
    slots = numpy.minimum((chances * bins).astype(int), bins - 1)
    return float(sum(abs(chances[slots == slot].mean() - truths[slots == slot].mean()) * (slots == slot).mean() for slot in range(bins) if (slots == slot).any()))


def rounded(value):
    return round(float(value), 4)


def write(models, small, scales, heads):
    folder = models / "encoder"
    (folder / "words.bin").write_bytes(small.tobytes())
    order = ("domain", "intent", "difficulty", "guard", "document")
    content = {
        "version": 1,
        "words": {"buckets": BUCKETS, "outputs": int(small.shape[1]), "scales": [float(f"{scale:.6g}") for scale in scales]},
        "heads": sorted(heads, key=lambda head: order.index(head["name"])),
        "pii": {"tags": list(PII_TAGS), "threshold": PII_THRESHOLD},
    }
    (folder / "heads.json").write_text(json.dumps(content, indent=1) + "\n")
    add_files(models, {"heads": "encoder/heads.json", "words": "encoder/words.bin"})
    print("words.bin", (folder / "words.bin").stat().st_size, sha256(folder / "words.bin"))


if __name__ == "__main__":
    main()
