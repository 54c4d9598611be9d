"""Names of what the heads answer, and how the sources' names map to them."""

import json
from pathlib import Path

DOMAINS = (
    "biology", "business", "chemistry", "computer science", "economics", "engineering", "health", "history", "law",
    "math", "other", "philosophy", "physics", "psychology",
)  # fmt: skip

INTENTS = (
    "everyday", "customer_service", "arithmetic_logic", "code", "knowledge", "writing", "text_task", "translation",
    "conversation", "planning",
)  # fmt: skip

SIZE_CLASSES = ("small", "medium", "large")
GUARD = ("benign", "jailbreak", "injection")
DOCUMENT = ("benign", "injection")

PII_TYPES = (
    "PERSON", "STREET_ADDRESS", "GPE", "ORGANIZATION", "CREDIT_CARD", "TITLE", "DATE_TIME", "PHONE_NUMBER",
    "EMAIL_ADDRESS", "DOMAIN_NAME", "AGE", "NRP", "US_SSN", "IP_ADDRESS", "ZIP_CODE", "IBAN_CODE",
)  # fmt: skip
PII_TAGS = ("O",) + tuple(f"{mark}-{name}" for name in PII_TYPES for mark in "BI")

# As MMLU-Pro itself files the MMLU questions that it took over; moral_scenarios is not among them.
SUBJECT_TO_DOMAIN = {
    subject: domain
    for domain, subjects in json.loads((Path(__file__).parent / "augment" / "mmlu_subjects.json").read_text()).items()
    for subject in subjects
}

# Up to 9 thousand million parameters; up to 47 in all; above, and the hosted ones.
_SMALL = {
    "Llama-2-7b-hf", "Meta-Llama-3-8B", "Meta-Llama-3_1-8B", "Meta-Llama-3_1-8B-Instruct", "Mistral-7B-Instruct-v0.1",
    "Mistral-7B-Instruct-v0.2", "Mistral-7B-v0.1", "Mistral-7B-v0.2-hf", "Phi-3-mini-4k-instruct", "Qwen1.5-7B-Chat",
    "Yi-6B", "Yi-6b-Chat", "gemma-7b", "mathstral-7B",
}  # fmt: skip
_MEDIUM = {"Llama-2-13b-hf", "Mixtral-8x7B-Instruct-v0.1", "Mixtral-8x7B-v0.1", "Yi-34B", "c4ai-command-r-v01"}


def size_class_of(model: str) -> str:
    if model in _SMALL:
        return "small"
    return "medium" if model in _MEDIUM else "large"
