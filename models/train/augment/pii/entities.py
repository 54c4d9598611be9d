"""What stands in a template's slots: a maker for each slot, and the label its value carries."""
from __future__ import annotations

import random
from typing import Callable, Dict, Optional

import accounts
import addresses
import names
import organisations
import places

Maker = Callable[[random.Random], str]


def _filler(*patterns: str) -> Maker:
    """A maker of values that are nobody's data, from patterns as in addresses.fill."""
    return lambda rng: addresses.fill(rng.choice(patterns), rng)


def _price(rng: random.Random) -> str:
    amount = f"{rng.randrange(1, 4000)}.{rng.randrange(100):02d}"
    return rng.choice(["${}", "€{}", "£{}", "{} EUR", "USD {}"]).format(amount)


def _small_number(rng: random.Random) -> str:
    return str(rng.randrange(2, 60))


_MAKERS: Dict[str, Maker] = {
    "PERSON": names.person,
    "FULL_NAME": names.full_name,
    "FIRST_NAME": names.given_name,
    "LAST_NAME": names.family_name,
    "TITLE": organisations.address_form,
    "JOB": organisations.job,
    "STREET_ADDRESS": addresses.street_address,
    "STREET_LINE": addresses.any_street_line,
    "STREET_NAME": addresses.street_name,
    "BUILDING": addresses.building,
    "UNIT": addresses.unit,
    "POSTCODE": addresses.building,
    "GPE_CITY": places.city,
    "GPE_COUNTRY": places.country,
    "GPE_PLACE": places.place,
    "GPE_STATE": lambda rng: rng.choice(places.STATE_CODES),
    "ORGANIZATION": organisations.organisation,
    "CREDIT_CARD": accounts.credit_card,
    "DATE_TIME": accounts.full_date,
    "YEAR": accounts.year,
    "WEEKDAY": accounts.weekday,
    "PHONE_NUMBER": accounts.phone_number,
    "EMAIL_ADDRESS": accounts.email_address,
    "DOMAIN_NAME": accounts.domain_name,
    "AGE": accounts.age,
    "NRP": places.group,
    "NATIONALITY": places.nationality,
    "US_SSN": accounts.us_ssn,
    "IP_ADDRESS": accounts.ip_address,
    "ZIP_CODE": addresses.zip_code,
    "IBAN_CODE": accounts.iban,
    "PRICE": _price,
    "COUNT": _small_number,
    "ORDER_ID": _filler("#####", "######", "???-####", "##-#####", "?######", "########"),
    "VERSION": _filler("#.#.#", "#.##", "#.#", "#.##.#", "v#.#.#"),
    "TRACKING": accounts.tracking_number,
    "MEASURE": _filler("#.#", "##", "##.#", "0.##", "1##", "#.##"),
}

_LABELS: Dict[str, Optional[str]] = {
    "FULL_NAME": "PERSON", "FIRST_NAME": "PERSON", "LAST_NAME": "PERSON", "JOB": "TITLE", "STREET_LINE": "STREET_ADDRESS",
    "STREET_NAME": "STREET_ADDRESS", "BUILDING": "STREET_ADDRESS", "UNIT": "STREET_ADDRESS", "POSTCODE": "STREET_ADDRESS",
    "GPE_CITY": "GPE", "GPE_COUNTRY": "GPE", "GPE_PLACE": "GPE", "GPE_STATE": "GPE", "YEAR": "DATE_TIME", "WEEKDAY": "DATE_TIME",
    "NATIONALITY": "NRP", "PRICE": None, "COUNT": None, "ORDER_ID": None, "VERSION": None, "TRACKING": None, "MEASURE": None,
}


def make_entities(rng: random.Random) -> Dict[str, Callable[[], str]]:
    """A maker of fresh values for every slot, all drawing from the same source."""
    def bind(maker: Maker) -> Callable[[], str]:
        return lambda: maker(rng)

    return {slot: bind(maker) for slot, maker in _MAKERS.items()}


def label_of(slot: str) -> Optional[str]:
    """The label of a slot's value; None when it is nobody's data."""
    return _LABELS.get(slot, slot)
