"""What users and attackers do to a text: typos, casing, padding, and instructions slipped into documents.

All functions take their randomness as an argument, so that the same seed gives the same data.
"""

import random

KEY_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk", "k": "jl",
    "l": "ko", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb",
    "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
OPENERS = ("hi, ", "hey ", "quick question: ", "please help me. ", "ok so ", "Hello! ", "I was wondering, ", "need help: ")
CLOSERS = (" thanks", " Thank you!", " please", " asap", " pls", "??", " Explain briefly.", " Answer in one paragraph.")


def as_typed(text: str, rng: random.Random) -> str:
    """One way in which somebody else might have typed the same."""
    if rng.random() < 0.4:
        text = text.lower()
    elif rng.random() < 0.05:
        text = text.upper()
    if rng.random() < 0.35:
        text = with_typos(text, rng, 1 + len(text) // 60)
    if rng.random() < 0.3:
        text = text.rstrip(".?! ")
    if rng.random() < 0.2:
        text = rng.choice(OPENERS) + text
    if rng.random() < 0.2:
        text = text + rng.choice(CLOSERS)
    return text


def with_typos(text: str, rng: random.Random, count: int) -> str:
    letters = list(text)
    places = [index for index, letter in enumerate(letters) if letter.isalpha()]
    for index in rng.sample(places, min(count, len(places))):
        kind = rng.randrange(4)
        if kind == 0:
            letters[index] = ""
        elif kind == 1:
            letters[index] *= 2
        elif kind == 2:
            letters[index] = rng.choice(KEY_NEIGHBOURS.get(letters[index].lower(), letters[index]))
        elif index + 1 < len(letters):
            letters[index], letters[index + 1] = letters[index + 1], letters[index]
    return "".join(letters)


def crop(text: str, rng: random.Random, longest: int) -> str:
    """A window of at most `longest` characters that starts and ends at blanks, as the service cuts long texts."""
    if len(text) <= longest:
        return text
    start = rng.randrange(len(text) - longest + 1)
    piece = text[start : start + longest]
    if start > 0:
        piece = piece.partition(" ")[2] or piece
    return piece.rpartition(" ")[0] or piece


def slip_in(document: str, instruction: str, rng: random.Random) -> str:
    """The document with the instruction in it: first, last, between two lines or sentences, on a line of its own or not."""
    place = rng.choice(("start", "end", "middle", "middle", "inline"))
    if place == "start":
        return f"{instruction}{rng.choice((' ', chr(10)))}{document}"
    if place == "end":
        return f"{document}{rng.choice((' ', chr(10)))}{instruction}"
    seams = [index for index, letter in enumerate(document) if letter == "\n"] if place == "middle" else []
    seams = seams or [index + 1 for index in range(len(document) - 1) if document[index] in ".!?;}" and document[index + 1] in " \n"]
    if not seams:
        return f"{document}\n{instruction}"
    at = rng.choice(seams)
    glue = " " if place == "inline" else "\n"
    return f"{document[:at]}{glue}{instruction}{glue}{document[at:].lstrip(' ')}"


def around(text: str, before: str, after: str, rng: random.Random) -> str:
    """The text between two others that have nothing to do with it."""
    parts = [part for part in (before if rng.random() < 0.7 else "", text, after if rng.random() < 0.7 else "") if part]
    return rng.choice(("\n", "\n\n", " ")).join(parts)
