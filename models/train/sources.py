"""Reads the training data from DATA_DIR and this folder's own texts, as rows with a label for each head.

A row carries the labels that its source knows; the rest stay empty and take no part in the loss. Only files named
`*.train.jsonl` shape weights. Questions that also stand in a dev file are dropped from training, so that the dev
figures are of unseen rows.
"""

import json
import random
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Optional

from labels import DOMAINS, INTENTS, SIZE_CLASSES, SUBJECT_TO_DOMAIN, size_class_of

OWN_TEXTS = Path(__file__).resolve().parent / "augment"


@dataclass
class Row:
    """One text. `difficulty` holds (small, medium, large) shares of right answers, None where nobody asked."""

    text: str
    domain: Optional[str] = None
    intent: Optional[str] = None
    difficulty: tuple = (None, None, None)
    guard: Optional[str] = None
    document: Optional[str] = None
    clinc: Optional[str] = None
    banking: Optional[str] = None
    spans: Optional[list] = None
    weight: float = 1.0
    source: str = ""
    extra: dict = field(default_factory=dict)


def read_jsonl(path: Path) -> list:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_lines(name: str) -> list:
    """Own texts, one per line; a line break inside a text is written as backslash and n."""
    path = OWN_TEXTS / name
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in lines if line.strip()]


def normalised(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def mmlu_pro_rows(data: Path, part: str) -> list:
    rows = []
    for item in read_jsonl(data / "outcomes" / f"mmlu_pro_28_models.{part}.jsonl"):
        rows.append(
            Row(
                item["question"],
                domain=item["category"],
                intent=EXAM_INTENTS.get(item["category"]),
                difficulty=difficulty_of(item["correct"]),
                guard="benign",
                source="mmlu_pro",
            )
        )
    return rows


# Exam questions of these domains ask for knowledge or a calculation; in the others they are either.
EXAM_INTENTS = {"math": "arithmetic_logic", **{name: "knowledge" for name in ("biology", "health", "history", "law", "psychology")}}


def difficulty_of(correct: dict) -> tuple:
    shares = []
    for name in SIZE_CLASSES:
        answers = [right for model, right in correct.items() if size_class_of(model) == name]
        shares.append(sum(answers) / len(answers) if answers else None)
    return tuple(shares)


def routellm_mmlu_rows(data: Path, part: str) -> list:
    """
    Question alone for the domain, and the whole prompt for what Mixtral (medium) and GPT-4 (large) made of it. Every
    25th is kept for dev: shorter and plainer than the questions of MMLU-Pro, they stand for those that people ask.
    """
    rows = []
    for index, item in enumerate(read_jsonl(data / "outcomes" / "routellm_mmlu.train.jsonl")):
        if (index % 25 == 7) != (part == "dev"):
            continue
        question = re.split(r"\nA\. ", item["prompt"])[0]
        domain = SUBJECT_TO_DOMAIN.get(item["subject"])
        if domain is not None:
            rows.append(Row(question, domain=domain, intent=EXAM_INTENTS.get(domain), guard="benign", source="routellm_mmlu"))
        # The strong model's 3 % in this subject is an artefact of its answer format.
        large = None if item["subject"] == "high_school_mathematics" else item["strong"]
        prompt = re.sub(r"\nAnswer:\s*$", "", item["prompt"])
        rows.append(
            Row(
                prompt,
                domain=domain,
                difficulty=(None, item["weak"], large),
                guard="benign",
                weight=0.5,
                source="routellm_mmlu_prompt",
                extra={"question": question},
            )
        )
    return rows


def mmlu_questions(data: Path, part: str) -> list:
    return [row for row in routellm_mmlu_rows(data, part) if row.source == "routellm_mmlu"]


def gsm8k_rows(data: Path) -> list:
    outcomes = {normalised(item["prompt"]): item for item in read_jsonl(data / "outcomes" / "routellm_gsm8k.train.jsonl")}
    texts = {normalised(item["text"]): item["text"] for item in read_jsonl(data / "intents" / "gsm8k.train.jsonl")}
    for key, item in outcomes.items():
        texts.setdefault(key, item["prompt"])
    rows = []
    for key, text in texts.items():
        known = outcomes.get(key)
        difficulty = (None, known["weak"], known["strong"]) if known else (None, None, None)
        rows.append(Row(text, intent="arithmetic_logic", difficulty=difficulty, guard="benign", source="gsm8k"))
    return rows


def clinc_rows(data: Path, part: str) -> list:
    rows = []
    for item in read_jsonl(data / "intents" / f"clinc150.{part}.jsonl"):
        oos = item["intent"] == "oos"
        bank = item["domain"] in ("banking", "credit_cards")
        family = None if oos else clinc_family(item["intent"], bank)
        rows.append(Row(item["text"], intent=family, clinc=item["intent"], guard="benign", source="clinc150"))
    return rows


def clinc_family(intent: str, bank: bool) -> Optional[str]:
    if intent == "translate":
        return "translation"
    if intent in CONVERSATION_INTENTS:
        return "conversation"
    # A bank's questions put to an assistant are customer service in wording and everyday in CLINC's sense.
    return None if bank else "everyday"


CONVERSATION_INTENTS = {
    "are_you_a_bot", "do_you_have_pets", "fun_fact", "goodbye", "greeting", "how_old_are_you", "tell_joke", "thank_you",
    "what_are_your_hobbies", "what_can_i_ask_you", "what_is_your_name", "where_are_you_from", "who_do_you_work_for",
    "who_made_you", "meaning_of_life",
}  # fmt: skip


def banking_rows(data: Path) -> list:
    items = read_jsonl(data / "intents" / "banking77.train.jsonl")
    return [
        Row(item["text"], intent="customer_service", banking=item["intent"], guard="benign", source="banking77") for item in items
    ]


def humaneval_rows(data: Path) -> list:
    items = read_jsonl(data / "intents" / "humaneval.train.jsonl")
    return [Row(item["text"], intent="code", guard="benign", source="humaneval") for item in items]


def held_out(index: int) -> bool:
    """Every tenth own text is dev: it shapes no weight and shows what the heads make of unseen wording."""
    return index % 10 == 7


def own_lines(name: str, part: str) -> list:
    return [text for index, text in enumerate(read_lines(name)) if held_out(index) == (part == "dev")]


def own_everyday_rows(part: str) -> list:
    rows = []
    for domain in DOMAINS:
        for text in own_lines(f"everyday/{domain.replace(' ', '_')}.txt", part):
            rows.append(Row(text, domain=domain, difficulty=EASY["knowledge"], guard="benign", source="own_everyday"))
    return rows


def term_rows(rng: random.Random) -> list:
    """The vocabulary of each domain in the questions that people put around a term; glossaries have no dev part."""
    rows = []
    for domain in DOMAINS:
        for term in read_lines(f"terms/{domain.replace(' ', '_')}.txt"):
            text = rng.choice(TERM_QUESTIONS).replace("{term}", term)
            rows.append(Row(text[0].upper() + text[1:], domain=domain, guard="benign", weight=0.7, source="terms"))
    return rows


TERM_QUESTIONS = (
    "What is {term}?", "what is {term}", "Explain {term}.", "Can you explain {term} in simple words?", "tell me about {term}",
    "{term}", "{term} explained for a beginner", "I keep hearing about {term}. What does it mean?", "Why does {term} matter?",
    "give me three facts about {term}", "How would you describe {term} to a child?", "{term}: what should I know?",
    "My friend mentioned {term}, what is that?", "What is the point of {term}?", "Where does the idea of {term} come from?",
    "Give me an example of {term}.", "Write a short summary of {term}.", "what do people get wrong about {term}?",
    "I have a test on {term} tomorrow, help me revise.", "Was ist {term}?", "Qu'est-ce que {term} ?", "¿Qué es {term}?",
)  # fmt: skip


def own_intent_rows(part: str) -> list:
    rows = []
    for intent in INTENTS:
        easy = EASY.get(intent, (None, None, None))
        for text in own_lines(f"intents/{intent}.txt", part):
            rows.append(Row(text, intent=intent, difficulty=easy, guard="benign", source="own_intents"))
    return rows


# No outcome set covers small talk, commands and plain questions; that every model answers them well is our assumption (see the card).
EASY = {
    "conversation": (0.95, 0.97, 0.98),
    "everyday": (0.95, 0.97, 0.98),
    "customer_service": (0.9, 0.95, 0.97),
    "translation": (0.85, 0.92, 0.96),
    "knowledge": (0.85, 0.92, 0.96),
}


def without_personal_data(row: Row) -> Row:
    """
    Marks a text as free of personal data where nothing in it could be a name or a number: no capital inside of a
    sentence, no digit. Else the token head would know only texts that are made around such data, and find it everywhere.
    """
    if row.spans is None and not re.search(r"[0-9@]|[^.?!:\s]\s+(?!I\b)[A-Z]", row.text):
        return replace(row, spans=[])
    return row


def pii_rows(data: Path) -> list:
    items = read_jsonl(data / "pii" / "presidio_synth.train.jsonl")
    return [Row(item["text"], spans=item["spans"], source="presidio", extra={"template": item["template"]}) for item in items]
