"""Rows for the two guard heads: prompts of users, and documents or tool outputs.

A bare instruction from a user is no attack ("Translate this to French"); the same sentence inside of a document that
the user only wants read is one. So bare instructions never carry a label for the prompt head, and the document head
sees every document with and without them.

`late` rows were written after the trunk that ships was trained. They teach its word features alone, so that the trunk
can be made again from the texts that it saw; a new trunk may have them all.
"""

import random
from pathlib import Path

from augment import around, as_typed, crop, slip_in
from sources import Row, held_out, own_lines, read_jsonl

CARRIERS = ("email", "web", "code", "tool", "misc")
REQUESTS = ("code", "writing", "translation", "knowledge", "everyday", "arithmetic_logic", "planning")
DOCUMENT_CHARS = 1000


def prompt_guard_rows(data: Path, rng: random.Random, part: str, fillers: list, late: bool = True) -> list:
    rows = [row for label, texts in own_prompts(rng, part, late).items() for row in prompt_rows(texts, label, rng)]
    rows += prompt_rows(part_of(data, "wildguard_benign", part), "benign", rng, "wildguard")
    wild = part_of(data, "jailbreak_inthewild", part)
    rows += prompt_rows(wild, "jailbreak", rng, "in_the_wild")
    if part == "train":
        rows += [Row(crop(text, rng, DOCUMENT_CHARS), guard="jailbreak", source="in_the_wild") for text in wild if len(text) > 1200]
        attacks = [row.text for row in rows if row.guard != "benign" and len(row.text) < 500]
        for text in rng.sample(attacks, min(500, len(attacks))):
            label = next(row.guard for row in rows if row.text == text)
            mixed = around(text, crop(rng.choice(fillers), rng, 400), crop(rng.choice(fillers), rng, 400), rng)
            rows.append(Row(mixed, guard=label, source="attack_between"))
    return rows


def part_of(data: Path, name: str, part: str) -> list:
    """Of the given lists too, every tenth text is kept for dev."""
    texts = [item["text"] for item in read_jsonl(data / "guard" / f"{name}.train.jsonl")]
    return [text for index, text in enumerate(texts) if held_out(index) == (part == "dev")]


def own_prompts(rng: random.Random, part: str, late: bool) -> dict:
    harm = own_lines("guard/direct_harm.txt", part)
    frames = own_lines("guard/jailbreak_frames.txt", part)
    framed = [frame.replace("{request}", rng.choice(harm)) for frame in frames for _ in range(4)]
    names = ("trigger", "risky", "everyday") + (("requests",) if late else ())
    benign = [text for name in names for text in own_lines(f"guard/benign_{name}.txt", part)]
    return {
        "benign": benign,
        "jailbreak": harm + framed + own_lines("guard/persuasive.txt", part),
        "injection": own_lines("guard/direct_injection.txt", part),
    }


def prompt_rows(texts: list, label: str, rng: random.Random, source: str = "own_guard") -> list:
    rows = []
    for text in texts:
        rows.append(Row(text, guard=label, source=source))
        # Once more as somebody else might type it: a guard must not hang on punctuation.
        rows.append(Row(as_typed(text, rng), guard=label, source=source))
    return rows


def document_rows(data: Path, rng: random.Random, part: str, passages: list, late: bool = True) -> list:
    """`passages` are further texts that people paste: exam passages, code, short mails."""
    carriers = [text for name in CARRIERS for text in own_lines(f"documents/carriers_{name}.txt", part)]
    instructions = own_lines("documents/injected.txt", part)
    requests = [text for name in REQUESTS for text in own_lines(f"intents/{name}.txt", part) if len(text) < 300]
    bipia = part_of(data, "bipia_injections", part)
    asks = own_lines("documents/asks.txt", part)
    pools = [instructions, instructions, bipia, bipia, requests]
    if late:
        pools.append(own_lines("guard/direct_injection.txt", part))
    documents = [(text, 3) for text in carriers] + [(text, 1) for text in passages]
    rows = []
    for text, copies in documents:
        for _ in range(copies):
            clean = crop(text, rng, rng.choice((300, 500, 800, DOCUMENT_CHARS)))
            pool = rng.choice(pools)
            dirty = slip_in(crop(text, rng, rng.choice((250, 450, 700))), rng.choice(pool), rng)
            rows.append(Row(clean, document="benign", source="document"))
            rows.append(Row(dirty, document="injection", source="document"))
        if rng.random() < 0.6:
            ask = rng.choice(asks)
            if late:
                # The request alone is as harmless as it is around a harmless document.
                rows.append(Row(ask.replace("{document}", "").strip(), guard="benign", source="pasted"))
            rows.append(Row(ask.replace("{document}", clean), guard="benign", source="pasted"))
            if copies > 1:
                rows.append(Row(ask.replace("{document}", slip_in(clean, rng.choice(instructions), rng)), guard="injection", source="pasted"))
    return rows
