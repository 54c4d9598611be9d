"""Pairs of questions with a label: is the stored answer to the one right for the other?

They come from groups that people wrote (`augment/pairs`: a question, rewordings, and questions that differ in one
thing), from edits of questions that may be trained on, and from questions that a vector finds similar though they
ask for something else.
"""

import random
from dataclasses import dataclass
from pathlib import Path

from pair_edits import other_question_than, said_again
from sources import OWN_TEXTS, read_jsonl

HELD_OUT = 0.08
TEXT_CHARS = (8, 220)
EDITS_PER_EPOCH = 12_000
NEAR_MISSES_PER_EPOCH = 4_000
SIBLINGS_PER_EPOCH = 1_500
SAME_INTENT_ABOVE = 0.75


@dataclass(frozen=True)
class Pair:
    one: str
    other: str
    same: float
    weight: float = 1.0
    kind: str = ""


def read_groups():
    groups = [group for path in sorted((OWN_TEXTS / "pairs").glob("*.jsonl")) for group in read_jsonl(path)]
    rng = random.Random(5)
    rng.shuffle(groups)
    held = int(len(groups) * HELD_OUT)
    return groups[held:], groups[:held]


def pairs_of(group):
    """Every rewording with every other, and each of them with every question that only looks alike."""
    wordings = [group["q"], *group["same"]]
    pairs = [Pair(one, other, 1.0, 1.6, "same") for at, one in enumerate(wordings) for other in wordings[at + 1 :]]
    for different in group["different"]:
        pairs += [Pair(wording, different["text"], 0.0, 1.0, different["kind"]) for wording in wordings]
    texts = [different["text"] for different in group["different"]]
    return pairs + [Pair(one, other, 0.0, 0.5, "both") for at, one in enumerate(texts) for other in texts[at + 1 :]]


def other_texts(data: Path):
    """Questions beside the groups: (text, intent or None)."""
    rows = [(item["text"], "clinc " + item["intent"]) for item in read_jsonl(data / "intents/clinc150.train.jsonl")]
    rows += [(item["text"], "banking " + item["intent"]) for item in read_jsonl(data / "intents/banking77.train.jsonl")]
    rows += [(item["text"] if "text" in item else item["question"], None) for item in read_jsonl(data / "intents/gsm8k.train.jsonl")]
    rows += [(item["question"], None) for item in read_jsonl(data / "outcomes/mmlu_pro_28_models.train.jsonl")]
    seen, kept = set(), []
    for text, intent in rows:
        text = " ".join(text.split())
        if TEXT_CHARS[0] <= len(text) <= TEXT_CHARS[1] and text.lower() not in seen and intent != "clinc oos":
            seen.add(text.lower())
            kept.append((text, intent))
    return kept


def some_of(pairs, rng):
    """An epoch need not see every rewording beside every other question: they come up in turns."""
    same = [pair for pair in pairs if pair.same == 1.0]
    both = [pair for pair in pairs if pair.kind == "both"]
    different = [pair for pair in pairs if pair.same == 0.0 and pair.kind != "both"]
    return same + rng.sample(different, len(different) * 2 // 5) + rng.sample(both, min(3, len(both)))


class PairSource:
    """Makes the pairs of one epoch; the edits differ from epoch to epoch."""

    def __init__(self, groups, texts, near):
        """`near` gives, for a text's index in `texts`, the indices of similar texts and how similar they are."""
        self.groups, self.texts, self.near = groups, texts, near

    def epoch(self, rng):
        pairs = [pair for group in self.groups for pair in some_of(pairs_of(group), rng)]
        wordings = [text for group in self.groups for text in [group["q"], *group["same"], *(other["text"] for other in group["different"])]]
        pairs = [Pair(*touched(pair, rng), pair.same, pair.weight, pair.kind) for pair in pairs]
        pairs += edits([text for text, _ in self.texts], EDITS_PER_EPOCH // 2, rng)
        pairs += edits(wordings, EDITS_PER_EPOCH // 2, rng)
        pairs += self.near_misses(rng) + self.siblings(rng)
        rng.shuffle(pairs)
        return pairs

    def near_misses(self, rng):
        """Texts of unlike intents, or of no intent, that a vector puts next to one another."""
        pairs = []
        for index in rng.sample(range(len(self.texts)), min(len(self.texts), NEAR_MISSES_PER_EPOCH)):
            text, intent = self.texts[index]
            others = [at for at, similarity in self.near[index] if similarity < 0.93 and (intent is None or self.texts[at][1] != intent)]
            if others:
                pairs.append(Pair(text, self.texts[rng.choice(others)][0], 0.0, 0.7, "near"))
        return pairs

    def siblings(self, rng):
        """Complaints and requests of one narrow intent mostly have one answer, but not always."""
        pairs = []
        for index in rng.sample(range(len(self.texts)), len(self.texts)):
            text, intent = self.texts[index]
            if intent is None or not intent.startswith("banking"):
                continue
            others = [at for at, similarity in self.near[index] if similarity > SAME_INTENT_ABOVE and self.texts[at][1] == intent]
            if others:
                pairs.append(Pair(text, self.texts[rng.choice(others)][0], 0.8, 0.5, "sibling"))
            if len(pairs) == SIBLINGS_PER_EPOCH:
                break
        return pairs


def touched(pair, rng):
    """Sometimes one side gets a greeting, a typo or other casing, on pairs of either label alike."""
    one, other = pair.one, pair.other
    if rng.random() < 0.15:
        one = said_again(one, rng)
    if rng.random() < 0.15:
        other = said_again(other, rng)
    return (one, other) if rng.random() < 0.5 else (other, one)


def edits(texts, count, rng):
    """Half of them the same in another dress, half with one thing changed; either side may wear the dress."""
    pairs = []
    for text in (rng.choice(texts) for _ in range(count)):
        if rng.random() < 0.4:
            again = said_again(said_again(text, rng), rng)
            pairs.append(Pair(*touched(Pair(text, again, 1.0), rng), 1.0, 0.8, "dress"))
            continue
        changed = other_question_than(text, rng)
        if changed is None:
            continue
        if rng.random() < 0.4:
            changed = said_again(changed, rng)
        pairs.append(Pair(*touched(Pair(text, changed, 0.0), rng), 0.0, 0.8, "edit"))
    return pairs
