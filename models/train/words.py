"""Linear word features beside the trunk: what src/lib/words.ts computes, byte for byte, and how its weights are trained.

A text's features are its words, pairs of neighbours and four-byte windows of words, hashed by FNV-1a into buckets. They
rank attacks that repeat known wording better than the encoder does, read everything in linear time, and cost nothing.
"""

from functools import lru_cache

import numpy
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

BUCKETS = 65536
WORD_BYTES_MAX = 64
WINDOW = 4


def words_of(text: str) -> list:
    words, current = [], bytearray()
    for byte in text.encode("utf-8", "replace"):
        if 65 <= byte <= 90:
            byte += 32
        if byte >= 128 or 97 <= byte <= 122 or 48 <= byte <= 57:
            if len(current) < WORD_BYTES_MAX:
                current.append(byte)
            continue
        if current:
            words.append(bytes(current))
            current = bytearray()
        if 0x21 <= byte <= 0x7E:
            words.append(bytes((byte,)))
    if current:
        words.append(bytes(current))
    return words


def fnv1a(data: bytes) -> int:
    value = 2166136261
    for byte in data:
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


@lru_cache(maxsize=500_000)
def word_buckets(word: bytes) -> tuple:
    found = [fnv1a(b"w" + word) % BUCKETS]
    if len(word) >= WINDOW:
        edged = b"^" + word + b"$"
        found += [fnv1a(b"c" + edged[start : start + WINDOW]) % BUCKETS for start in range(len(edged) - WINDOW + 1)]
    return tuple(found)


@lru_cache(maxsize=2_000_000)
def pair_bucket(first: bytes, second: bytes) -> int:
    return fnv1a(b"b" + first + b" " + second) % BUCKETS


def features(text: str) -> list:
    words = words_of(text)
    found = [bucket for word in words for bucket in word_buckets(word)]
    found += [pair_bucket(first, second) for first, second in zip(words, words[1:])]
    return found


def matrix(texts: list) -> csr_matrix:
    indices, values, starts = [], [], [0]
    for text in texts:
        buckets, counts = numpy.unique(numpy.array(features(text), dtype=numpy.int64), return_counts=True)
        indices.append(buckets)
        values.append(counts / max(1.0, numpy.sqrt(counts.sum())))
        starts.append(starts[-1] + len(buckets))
    return csr_matrix((numpy.concatenate(values), numpy.concatenate(indices), starts), shape=(len(texts), BUCKETS), dtype=numpy.float32)


def train_words(texts: list, labels: list, weights: list, strength: float) -> numpy.ndarray:
    """Weights [classes][BUCKETS] of a logistic regression without intercept; a text without features scores 0."""
    model = LogisticRegression(C=strength, fit_intercept=False, max_iter=200, solver="lbfgs")
    model.fit(matrix(texts), labels, sample_weight=weights)
    if len(model.classes_) == 2:
        return numpy.concatenate([-model.coef_ / 2, model.coef_ / 2])
    return model.coef_


def quantised(weights: numpy.ndarray) -> tuple:
    """int8 [BUCKETS][outputs] and one scale per output. Rare outliers are cut, or they would cost all others their precision."""
    limits = numpy.maximum(numpy.quantile(numpy.abs(weights), 0.9999, axis=1), 1e-6)
    scales = limits / 127
    return numpy.clip(numpy.round(weights / scales[:, None]), -127, 127).astype(numpy.int8).T.copy(), scales
