"""Trains the pair judge of the semantic cache over the trained trunk and writes it as a checkpoint for the export.

  python models/train/train_pairs.py --data DATA_DIR --trunk CHECKPOINT_DIR --out CHECKPOINT_DIR

The trunk stays as it is. The features of raw strings come from the code that serves (`pair_features.mjs`). Seeds are fixed.
"""

import argparse
import json
import random
import subprocess
import tempfile
import time
from pathlib import Path

import numpy
import torch
from torch.nn import functional
from transformers.utils import logging

from pair_data import PairSource, other_texts, pairs_of, read_groups
from pair_network import PairJudge
from train_trunk import load_bert, load_tokenizer, precision, rate_at

SIDE_TOKENS_MAX = 64
TOKENS_PER_BATCH = 3072
BUCKETS = (8, 12, 16, 20, 24, 32, 40, 48, 66)
SMOOTHING = 0.02
NEAREST = 12
FEATURES_SCRIPT = Path(__file__).with_name("pair_features.mjs")


def main():
    arguments = read_arguments()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.manual_seed(arguments.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = load_tokenizer()
    groups, held_out = read_groups()
    texts = other_texts(arguments.data)
    source = PairSource(groups, texts, nearest(texts, tokenizer, device))
    epochs = [encode(source.epoch(random.Random(100 + epoch)), tokenizer) for epoch in range(arguments.epochs)]
    check = encode([pair for group in held_out for pair in pairs_of(group) if pair.kind != "both"], tokenizer)
    print(f"{len(groups)} groups, {len(texts)} other texts, {len(epochs[0].labels)} pairs an epoch, {device}", flush=True)
    network = PairJudge(trained_trunk(arguments.trunk), epochs[0].features.shape[1]).to(device)
    train(network, epochs, check, arguments, device)
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.save(network.head.state_dict(), arguments.out / "pairs.pt")
    written = {"features": int(check.features.shape[1]), "seed": arguments.seed, "epochs": arguments.epochs}
    (arguments.out / "pairs.json").write_text(json.dumps(written))


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="DATA_DIR, the folder with outcomes/ and intents/")
    parser.add_argument("--trunk", type=Path, required=True, help="folder with trunk.pt")
    parser.add_argument("--out", type=Path, required=True, help="where the checkpoint goes")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rate", type=float, default=8e-4, help="highest learning rate")
    return parser.parse_args()


def trained_trunk(folder):
    bert = load_bert()
    saved = torch.load(folder / "trunk.pt", map_location="cpu")
    bert.load_state_dict({name.removeprefix("bert."): value for name, value in saved.items() if name.startswith("bert.")})
    return bert.requires_grad_(False).eval()


class Encoded:
    """Pairs as the token ids of their sides, with the features of their strings."""

    def __init__(self, sides, features, labels, weights, kinds):
        self.sides, self.features = sides, features
        self.labels, self.weights, self.kinds = labels, weights, kinds
        self.longest = [max(len(side) for side in pair) for pair in sides]


def encode(pairs, tokenizer):
    texts = [text for pair in pairs for text in (pair.one, pair.other)]
    ids = [[101, *encoding.ids[:SIDE_TOKENS_MAX], 102] for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]
    return Encoded(
        list(zip(ids[::2], ids[1::2])),
        string_features(pairs),
        torch.tensor([pair.same for pair in pairs]),
        torch.tensor([pair.weight for pair in pairs]),
        [pair.kind for pair in pairs],
    )


def string_features(pairs):
    """Mean and distance of what both orders show, so that it does not matter which question came first."""
    with tempfile.TemporaryDirectory() as folder:
        listed, written = Path(folder) / "pairs.jsonl", Path(folder) / "features.f32"
        listed.write_text("".join(json.dumps({"a": pair.one, "b": pair.other}) + "\n" for pair in pairs))
        subprocess.run(["node", str(FEATURES_SCRIPT), str(listed), str(written)], check=True, stdout=subprocess.DEVNULL)
        forth, back = torch.from_numpy(numpy.fromfile(written, dtype="<f4").reshape(2, len(pairs), -1))
        return torch.cat([(forth + back) / 2, (forth - back).abs()], 1)


def nearest(texts, tokenizer, device):
    """For each text the indices and similarities of those that the original network puts next to it."""
    bert = load_bert().to(device).eval()
    ids = [tokenizer.encode(text).ids[:128] for text, _ in texts]
    vectors = numpy.zeros((len(texts), 384), dtype=numpy.float32)
    order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
    with torch.inference_mode(), precision(device):
        for start in range(0, len(order), 128):
            group = order[start : start + 128]
            rows, mask = padded([ids[index] for index in group], max(len(ids[index]) for index in group))
            hidden = bert(input_ids=rows.to(device), attention_mask=mask.to(device)).last_hidden_state.float().cpu()
            mean = (hidden * mask.unsqueeze(2)).sum(1)
            vectors[group] = functional.normalize(mean, dim=1).numpy()
    near = []
    for start in range(0, len(texts), 512):
        similar = vectors[start : start + 512] @ vectors.T
        best = numpy.argpartition(-similar, NEAREST + 1, axis=1)[:, : NEAREST + 1]
        for row, indices in enumerate(best):
            near.append([(int(at), float(similar[row, at])) for at in indices if at != start + row])
    return near


def padded(rows, longest, fill=0):
    out = torch.full((len(rows), longest), fill, dtype=torch.long)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for at, row in enumerate(rows):
        out[at, : len(row)] = torch.tensor(row)
        mask[at, : len(row)] = 1
    return out, mask


def batches(encoded, order):
    buckets = {}
    for index in order:
        buckets.setdefault(next(size for size in BUCKETS if encoded.longest[index] <= size), []).append(index)
    groups = []
    for longest, indices in buckets.items():
        size = TOKENS_PER_BATCH // longest
        groups += [(longest, indices[start : start + size]) for start in range(0, len(indices), size)]
    return groups


def logits_of(network, encoded, longest, group, device):
    ids, mask = padded([encoded.sides[index][side] for side in (0, 1) for index in group], longest)
    ids, mask = ids.to(device), mask.to(device)
    with torch.no_grad(), precision(device):
        low, high = network.read(ids, mask)
    with precision(device):
        return network.head(ids, mask.float(), low.float(), high.float(), encoded.features[group].to(device)).float()


def train(network, epochs, check, arguments, device):
    optimizer = torch.optim.AdamW(network.head.parameters(), lr=arguments.rate, weight_decay=0.02, fused=True)
    rng = random.Random(arguments.seed)
    plan = [(encoded, batches(encoded, list(range(len(encoded.labels))))) for encoded in epochs]
    steps = sum(len(groups) for _, groups in plan)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step, steps))
    started, step, running = time.monotonic(), 0, None
    for epoch, (encoded, groups) in enumerate(plan):
        network.head.train()
        rng.shuffle(groups)
        for longest, group in groups:
            logits = logits_of(network, encoded, longest, group, device)
            labels = encoded.labels[group].to(device) * (1 - 2 * SMOOTHING) + SMOOTHING
            weights = encoded.weights[group].to(device)
            loss = (functional.binary_cross_entropy_with_logits(logits, labels, reduction="none") * weights).sum() / weights.sum()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.head.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            step += 1
            running = loss.item() if running is None else 0.98 * running + 0.02 * loss.item()
            if step % 50 == 0:
                print(f"epoch {epoch + 1} step {step}/{steps} {time.monotonic() - started:.0f}s loss {running:.4f}", flush=True)
        print(f"epoch {epoch + 1}: {figures(check, score(network, check, device))}", flush=True)


def score(network, encoded, device):
    network.head.eval()
    scores = numpy.zeros(len(encoded.labels))
    with torch.inference_mode():
        for longest, group in batches(encoded, list(range(len(encoded.labels)))):
            scores[group] = logits_of(network, encoded, longest, group, device).cpu().numpy()
    return scores


def figures(encoded, scores):
    """How many of the rewordings pass where 3 % of the traps do, and how well the scores order them."""
    labels = encoded.labels.numpy() > 0.5
    traps, same = numpy.sort(scores[~labels]), scores[labels]
    at = traps[int(0.97 * len(traps))]
    auc = numpy.searchsorted(traps, same).mean() / len(traps)
    return f"auc {auc:.4f}, of rewordings {(same > at).mean():.3f} where 3 % of traps pass ({len(same)} and {len(traps)})"


if __name__ == "__main__":
    main()
