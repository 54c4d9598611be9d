"""Joins all sources to one list of rows, augments them, and turns rows into token ids and label indices."""

import random
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional

from augment import as_typed
from guard_rows import document_rows, prompt_guard_rows
from labels import PII_TAGS
from sources import (
    OWN_TEXTS,
    Row,
    banking_rows,
    clinc_rows,
    gsm8k_rows,
    humaneval_rows,
    mmlu_pro_rows,
    mmlu_questions,
    normalised,
    own_everyday_rows,
    own_intent_rows,
    pii_rows,
    routellm_mmlu_rows,
    term_rows,
    without_personal_data,
)

TOKENS_MAX = 256
GSM8K_ROWS = 1000
BANKING_ROWS = 3000
WHOLE_PROMPTS = 1000
GENERATED_PII = 9000
SWAPPED_PII = 3


@dataclass
class Example:
    ids: list
    labels: dict
    difficulty: tuple
    weight: float
    tags: Optional[list]


def build_rows(data: Path, rng: random.Random, late: bool) -> list:
    """All training rows; `late` as in guard_rows."""
    dev = {normalised(row.text) for row in mmlu_pro_rows(data, "dev") + mmlu_questions(data, "dev")}
    exams = unseen(mmlu_pro_rows(data, "train") + routellm_mmlu_rows(data, "train"), dev)
    questions = [row for row in exams if row.source != "routellm_mmlu_prompt"]
    whole = [row for row in exams if row.source == "routellm_mmlu_prompt"]
    arithmetic = gsm8k_rows(data)
    own = own_everyday_rows("train") + own_intent_rows("train")
    passages = [row.text for row in questions if len(row.text) > 500][:500] + [row.text for row in humaneval_rows(data)]
    fillers = passages + [row.text for row in arithmetic[:500]]
    rows = questions + rng.sample(whole, WHOLE_PROMPTS) + rng.sample(arithmetic, GSM8K_ROWS)
    rows = [without_personal_data(row) for row in rows]
    own = [without_personal_data(row) for row in own]
    rows += own + [typed(row, rng) for row in own for _ in range(2)]
    rows += [typed(row, rng) if rng.random() < 0.3 else row for _ in range(2) for row in map(without_personal_data, term_rows(rng))]
    banking = [without_personal_data(row) for row in rng.sample(banking_rows(data), BANKING_ROWS)]
    rows += clinc_rows(data, "train") + banking + humaneval_rows(data)
    rows += prompt_guard_rows(data, rng, "train", fillers, late)
    rows += document_rows(data, rng, "train", passages, late)
    known = [row for row in pii_rows(data) if not held_out_template(row)]
    values = values_by_type(known)
    rows += known + [swapped(row, values, rng) for row in known for _ in range(SWAPPED_PII)] + generated_pii_rows(rng)
    return rows


def unseen(rows: list, dev: set) -> list:
    """Each text once, and no question that dev has, alone or with its options."""
    seen, kept = set(), []
    for row in rows:
        key = normalised(row.text)
        if key in seen or normalised(row.extra.get("question", row.text)) in dev:
            continue
        seen.add(key)
        kept.append(row)
    return kept


def typed(row: Row, rng: random.Random) -> Row:
    return replace(row, text=as_typed(row.text, rng))


def held_out_template(row: Row) -> bool:
    return row.extra["template"] % 8 == 3


def values_by_type(rows: list) -> dict:
    values = {}
    for row in rows:
        for span in row.spans:
            values.setdefault(span["type"], []).append(row.text[span["start"] : span["end"]])
    return values


def swapped(row: Row, values: dict, rng: random.Random) -> Row:
    """The same sentence about somebody else: the rows are few sentences many times over, and names are what varies."""
    text, spans, at = "", [], 0
    for span in sorted(row.spans, key=lambda each: each["start"]):
        if span["start"] < at:
            return row
        text += row.text[at : span["start"]]
        value = rng.choice(values[span["type"]])
        spans.append({"type": span["type"], "start": len(text), "end": len(text) + len(value)})
        text, at = text + value, span["end"]
    return replace(row, text=text + row.text[at:], spans=spans)


def generated_pii_rows(rng: random.Random) -> list:
    sys.path.insert(0, str(OWN_TEXTS / "pii"))
    from generate import generate

    return [Row(item["text"], spans=item["spans"], source="own_pii") for item in generate(GENERATED_PII, rng.randrange(2**31))]


def encode_rows(rows: list, tokenizer, names: dict) -> list:
    encodings = tokenizer.encode_batch([row.text for row in rows])
    return [example_of(row, encoding, names) for row, encoding in zip(rows, encodings)]


def example_of(row: Row, encoding, names: dict) -> Example:
    ids, tags = encoding.ids, None if row.spans is None else tags_of(row.spans, encoding.offsets)
    if len(ids) > TOKENS_MAX:
        half = TOKENS_MAX // 2
        ids = ids[:half] + ids[-half:]
        tags = tags and tags[:half] + tags[-half:]
    labels = {}
    for name, values in names.items():
        value = getattr(row, name)
        labels[name] = -100 if value is None else list(values).index(value)
    difficulty = tuple(float("nan") if share is None else share for share in row.difficulty)
    return Example(ids, labels, difficulty, row.weight, tags)


def tags_of(spans: list, offsets: list) -> list:
    """BIO over tokens; where spans overlap, as a title inside of a name may, the shorter one wins."""
    tags = [0] * len(offsets)
    for span in sorted(spans, key=lambda each: each["start"] - each["end"]):
        inside = [index for index, (start, end) in enumerate(offsets) if end > start and start < span["end"] and end > span["start"]]
        for order, index in enumerate(inside):
            tags[index] = PII_TAGS.index(f"{'B' if order == 0 else 'I'}-{span['type']}")
    tags[0] = tags[-1] = -100
    return tags
