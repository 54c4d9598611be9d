"""Names of what the heads answer, and how the sources' names map to them."""

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
    for domain, subjects in {
        "biology": "college_biology high_school_biology",
        "business": "business_ethics management marketing",
        "chemistry": "college_chemistry high_school_chemistry",
        "computer science": "college_computer_science computer_security high_school_computer_science machine_learning",
        "economics": "econometrics high_school_macroeconomics high_school_microeconomics",
        "engineering": "electrical_engineering",
        "health": "anatomy clinical_knowledge college_medicine human_aging medical_genetics nutrition professional_medicine virology",
        "history": "high_school_european_history high_school_us_history high_school_world_history prehistory",
        "law": "international_law jurisprudence professional_law",
        "math": "abstract_algebra college_mathematics elementary_mathematics high_school_mathematics high_school_statistics",
        "other": "global_facts high_school_geography high_school_government_and_politics human_sexuality miscellaneous "
        "professional_accounting public_relations security_studies sociology us_foreign_policy",
        "philosophy": "formal_logic logical_fallacies moral_disputes philosophy world_religions",
        "physics": "astronomy college_physics conceptual_physics high_school_physics",
        "psychology": "high_school_psychology professional_psychology",
    }.items()
    for subject in subjects.split()
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
