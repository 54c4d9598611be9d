"""Texts with invented personal data and the spans where it stands, for the training of the token classifier.

    python generate.py --count 1000 --seed 7 > synthetic.jsonl
"""
from __future__ import annotations

import argparse
import json
import random
import re
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from entities import label_of, make_entities

Record = Dict[str, Any]
Entities = Dict[str, Callable[[], str]]

TEMPLATES_FILE = Path(__file__).with_name("templates.txt")
# Template numbers start here, so that they never meet those of another source.
FIRST_TEMPLATE = 1000

LOWER_CASE, UPPER_CASE = 0.15, 0.03
LOWER_VALUE = 0.03
DROPPED_PUNCTUATION = 0.05
DOUBLED_SPACES = 0.04
BROKEN_ENCODING = 0.02
NEIGHBOUR_SENTENCE = 0.12

_SLOT = re.compile(r"\{([A-Z_]+)\}")
_CASED_LABELS = {"PERSON", "GPE", "ORGANIZATION", "NRP", "TITLE"}
# What apostrophes and dashes turn into when a text is decoded with the wrong table.
_BROKEN: List[Tuple[str, str]] = [(r"(?<=\w)'(?=\w)", "â€™"), (" - ", " ג€“ "), (", ", " ן¿½ "), (r"(?<=\w)\. ", ". ג€“ ")]


class Segment(NamedTuple):
    """A stretch of text; the label is None when it is nobody's data."""

    text: str
    label: Optional[str]


class Template(NamedTuple):
    """One line of the templates file, with its number."""

    number: int
    text: str

    @property
    def has_data(self) -> bool:
        """Whether any slot of it carries a label."""
        return any(label_of(slot) for slot in _SLOT.findall(self.text))


def load_templates(path: Path = TEMPLATES_FILE) -> List[Template]:
    """The templates of a file; a line break inside one is written as the two characters \\n."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Template(FIRST_TEMPLATE + i, line.replace("\\n", "\n")) for i, line in enumerate(lines) if line]


def _with_article(literal: str, value: str) -> str:
    """The literal with its last word "a" made "an" where the value asks for it."""
    vowel = value[:1].lower() in "aeio" or value in ("11", "18") or re.fullmatch("8|8[0-9]", value)
    return re.sub(r"\b([Aa]) $", r"\1n ", literal) if vowel else literal


def fill_template(text: str, entities: Entities, rng: random.Random) -> List[Segment]:
    """The template's words and fresh values, in order."""
    segments: List[Segment] = []
    end = 0
    for slot in _SLOT.finditer(text):
        value, label = entities[slot.group(1)](), label_of(slot.group(1))
        if label in _CASED_LABELS and rng.random() < LOWER_VALUE:
            value = value.lower()
        segments += [Segment(_with_article(text[end:slot.start()], value), None), Segment(value, label)]
        end = slot.end()
    segments.append(Segment(text[end:], None))
    return [segment for segment in segments if segment.text]


def _map_words(segments: List[Segment], change: Callable[[str], str]) -> List[Segment]:
    """The segments with the change made to all that is nobody's data."""
    return [segment if segment.label else Segment(change(segment.text), None) for segment in segments]


def _drop_punctuation(segments: List[Segment]) -> List[Segment]:
    dropped = _map_words(segments, lambda text: re.sub(r"[.,!?;:]+(?=\s)", "", text))
    last = dropped[-1]
    return dropped if last.label else dropped[:-1] + [Segment(last.text.rstrip(".,!?;:"), None)]


def _double_spaces(segments: List[Segment], rng: random.Random) -> List[Segment]:
    return _map_words(segments, lambda text: re.sub(" ", lambda _: "  " if rng.random() < 0.3 else " ", text))


def _break_encoding(segments: List[Segment], rng: random.Random) -> List[Segment]:
    pattern, broken = rng.choice(_BROKEN)
    return _map_words(segments, lambda text: re.sub(pattern, broken, text, count=1))


def roughen(segments: List[Segment], rng: random.Random) -> List[Segment]:
    """The segments as careless writers and bad exports leave them; most stay as they are."""
    if rng.random() < DROPPED_PUNCTUATION:
        segments = _drop_punctuation(segments)
    if rng.random() < DOUBLED_SPACES:
        segments = _double_spaces(segments, rng)
    if rng.random() < BROKEN_ENCODING:
        segments = _break_encoding(segments, rng)
    case = rng.random()
    if case < LOWER_CASE:
        return [Segment(segment.text.lower(), segment.label) for segment in segments]
    if case < LOWER_CASE + UPPER_CASE:
        return [Segment(segment.text.upper(), segment.label) for segment in segments]
    return segments


def assemble(segments: List[Segment]) -> Tuple[str, List[Dict[str, Any]]]:
    """The whole text and its spans, counted in code points."""
    spans: List[Dict[str, Any]] = []
    text = ""
    for segment in segments:
        if segment.label:
            spans.append({"type": segment.label, "start": len(text), "end": len(text) + len(segment.text)})
        text += segment.text
    return text, spans


def _add_neighbour(segments: List[Segment], neighbour: List[Segment], rng: random.Random) -> List[Segment]:
    """The segments with a sentence before or after them."""
    gap = [Segment(rng.choice([" ", " ", "\n", "\n\n"]), None)]
    return neighbour + gap + segments if rng.random() < 0.5 else segments + gap + neighbour


def generate(count: int, seed: int) -> Iterator[Record]:
    """Yields records of a text, its spans, and the number of its template; the same seed gives the same ones."""
    rng = random.Random(seed)
    entities = make_entities(rng)
    templates = load_templates()
    harmless = [template for template in templates if not template.has_data and "\n" not in template.text]
    deck: List[Template] = []
    for _ in range(count):
        if not deck:
            deck = rng.sample(templates, len(templates))
        template = deck.pop()
        segments = fill_template(template.text, entities, rng)
        if rng.random() < NEIGHBOUR_SENTENCE:
            segments = _add_neighbour(segments, fill_template(rng.choice(harmless).text, entities, rng), rng)
        text, spans = assemble(roughen(segments, rng))
        yield {"text": text, "template": template.number, "spans": spans}


def main() -> None:
    """Prints the records as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    for record in generate(options.count, options.seed):
        print(json.dumps(record, ensure_ascii=False))


if __name__ == "__main__":
    main()
