"""Cards, bank accounts, telephone numbers, identity numbers, network addresses, dates and ages."""
from __future__ import annotations

import datetime
import random
import string
import unicodedata
from typing import Dict, List, Tuple

from addresses import fill
from names import family_name, given_name
from organisations import organisation

# Issuer prefixes and the lengths of a number, by network.
CARD_NETWORKS: Dict[str, Tuple[List[str], List[int]]] = {
    "visa": (["4"], [16, 16, 16, 13, 19]),
    "mastercard": (["51", "52", "53", "54", "55", "2221", "2345", "2650", "2720"], [16]),
    "american express": (["34", "37"], [15]),
    "discover": (["6011", "644", "65"], [16]),
    "diners club": (["300", "305", "36", "38"], [14]),
    "jcb": (["3528", "3552", "3589"], [16]),
    "jcb 15": (["1800", "2131"], [15]),
    "maestro": (["5018", "5038", "6304", "6759"], [12, 16, 19]),
    "unionpay": (["62"], [16, 19]),
}
_CARD_GROUPS: Dict[int, List[int]] = {14: [4, 6, 4], 15: [4, 6, 5], 16: [4, 4, 4, 4], 19: [4, 4, 4, 4, 3]}

# The account part of an IBAN; "#" is a digit, "?" a capital letter.
IBAN_FORMS: Dict[str, str] = {
    "GB": "????##############", "DE": "##################", "FR": "#######################", "IT": "?######################",
    "ES": "####################", "HU": "########################", "NL": "????##########", "CH": "#################",
    "AT": "################", "BE": "############", "PL": "########################", "SE": "####################",
    "NO": "###########", "DK": "##############", "IE": "????##############", "PT": "#####################",
}

PHONE_FORMS: List[str] = """(###) ###-####|(###)###-####|###-###-####|###.###.####|##########|+1-###-###-####|+1 (###) ###-####
001-###-###-####|1-800-###-####|+1-###-###-####x###|###.###.####x###|###-###-#### ext. ###|07### ######|+447### ######
07### ### ###|020 7### ####|+44 20 7### ####|0#### ######|+49 (0)30 ######|+49 1## #######|0#### / ######|0## ########
0# ## ## ## ##|+33 6 ## ## ## ##|0#.##.##.##.##|+39 3## #######|0#### ######|+34 6## ### ###|### ### ###|### ## ## ##
(##) ###-###|+36 30 ### ####|06 1 ### ####|06-20/###-####|+46 (0)## ### ## ##|08-### ## ##|+47 ### ## ###|## ## ## ##
+45 ## ## ## ##|##-##-##-##|+358 40 ### ####|0## ### ####|### ####|+41 (0)## ### ## ##|0## ### ## ##|(##) ####-####
+55 11 9####-####|0### ## ## ##|(0#) #### ####|+61 4## ### ###|04## ### ###|## ### ###|+48 ### ### ###|+420 ### ### ###
+81 3-####-####|+91 ##### #####|## ### ### ####|+353 1 ### ####|+972-5#-###-####|0### ### ## ##""".replace("\n", "|").split("|")

_MAIL_DOMAINS = ("brightmail.example mailhollow.net postbox.example inboxly.org quickletter.com nordpost.se kurier.pl freemail.hu "
                 "webpost.de courrielle.fr rapidopost.it correomio.es mailnest.co.uk penpal.io letterdrop.dev gullwing.dk "
                 "pigeonry.com postino.ch").split()
_TLDS = ("com com com org net io co.uk de fr it es pt nl be se no dk fi is hu pl cz si at ch com.br com.au co.nz ca com.uy com.cy "
         "ee edu gov dev app info biz").split()
_SITE_WORDS = ("Acorn Actor Antique Bakery Banner Basil Bicycle Bright Budget Camera Canyon Cargo Castle Cheap Choir Clever Cloud "
               "Comet Crafty Credit Dance Dental Discount Dream Eager Early Falcon Family Fancy Fitness Forum Garden Gentle "
               "Gossip Guitar Happy Harvest Honest Humble Invest Island Jolly Kitchen Knitting Ladder Lawyer Lemon Loyal Magnet "
               "Market Mentor Mortgage Motor Music Novel Ocean Opera Organic Paint Parrot Patent Pet Poetry Pony Puzzle Quiet "
               "Recipe Retail Rocket Sailing School Secret Shelter Silver Soccer Spare Studio Sunny Tango Ticket Travel Tulip "
               "Tutor Vacation Velvet Vintage Violin Weather Wedding Winter Yoga").split()
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def luhn_valid(number: str) -> bool:
    """Whether the digits pass the Luhn check."""
    doubled = [int(d) * 2 if i % 2 else int(d) for i, d in enumerate(reversed(number))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def credit_card(rng: random.Random) -> str:
    """A card number of any network with a valid check digit, grouped now and then."""
    network = "visa" if rng.random() < 0.3 else rng.choice(sorted(CARD_NETWORKS))
    prefixes, lengths = CARD_NETWORKS[network]
    prefix, length = rng.choice(prefixes), rng.choice(lengths)
    body = prefix + "".join(rng.choice(string.digits) for _ in range(length - len(prefix) - 1))
    number = next(body + digit for digit in string.digits if luhn_valid(body + digit))
    if length not in _CARD_GROUPS or rng.random() < 0.65:
        return number
    parts, start = [], 0
    for size in _CARD_GROUPS[length]:
        parts.append(number[start:start + size])
        start += size
    return rng.choice([" ", "-"]).join(parts)


def tracking_number(rng: random.Random) -> str:
    """A long number that is no card: it fails the Luhn check."""
    while True:
        number = fill(rng.choice(["9400############", "7############", "1Z########", "8###############", "JD01########", "RR#########DE"]), rng)
        if not number.isdigit() or not luhn_valid(number):
            return number


def iban(rng: random.Random) -> str:
    """An IBAN with valid check digits, in groups of four now and then."""
    country = rng.choice(sorted(IBAN_FORMS)) if rng.random() < 0.6 else "GB"
    account = fill(IBAN_FORMS[country], rng)
    digits = "".join(str(int(c, 36)) for c in account + country + "00")
    code = f"{country}{98 - int(digits) % 97:02d}{account}"
    if rng.random() < 0.3:
        return " ".join(code[i:i + 4] for i in range(0, len(code), 4))
    return code


def phone_number(rng: random.Random) -> str:
    """A national or international telephone number, with an extension now and then."""
    number = fill(rng.choice(PHONE_FORMS), rng)
    return f"{number} ext {fill('###', rng)}" if rng.random() < 0.03 and "x" not in number else number


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(c for c in plain if c.isalnum())


def email_address(rng: random.Random) -> str:
    """A mail address made of a name."""
    given, family = _ascii(given_name(rng)) or "Kim", _ascii(family_name(rng)) or "Berg"
    local = rng.choice([given + family, given + family, f"{given}{rng.choice('ABCDEHJKLMPRST')}{family}",
                        f"{given}.{family}".lower(), f"{given[0]}{family}".lower(), f"{given}_{family}{rng.randrange(99)}".lower(),
                        f"{given}{rng.randrange(1950, 2010)}".lower(), f"{family}-{given}".lower(), "info", "office+billing"])
    draw = rng.random()
    if draw < 0.6:
        return f"{local}@{rng.choice(_MAIL_DOMAINS)}"
    company = _ascii(organisation(rng)).lower() or "acorn"
    return f"{local}@{company[:18]}.{rng.choice(_TLDS)}"


def domain_name(rng: random.Random) -> str:
    """A web address with its scheme, or a bare host name."""
    words = rng.sample(_SITE_WORDS, 2)
    host = f"{''.join(words)}.{rng.choice(_TLDS)}"
    if rng.random() < 0.3:
        host = host.lower()
    draw = rng.random()
    if draw < 0.62:
        return f"{rng.choice(['http', 'https'])}://{rng.choice(['www.', ''])}{host}/"
    if draw < 0.74:
        path = rng.choice(["about", "login", "index.html", "blog/2", "shop?id=7", "contact-us", "docs/start"])
        return f"https://{rng.choice(['www.', 'shop.', ''])}{host}/{path}"
    return rng.choice([f"www.{host}", host.lower(), host.lower(), f"mail.{host.lower()}", f"https://{host}"])


def ip_address(rng: random.Random) -> str:
    """A version 4 or version 6 address."""
    if rng.random() < 0.75:
        if rng.random() < 0.25:
            return rng.choice(["192.168.{}.{}", "10.0.{}.{}"]).format(rng.randrange(256), rng.randrange(1, 255))
        return ".".join(str(rng.randrange(1, 255)) for _ in range(4))
    groups = [f"{rng.randrange(65536):x}" for _ in range(8)]
    return ":".join(groups) if rng.random() < 0.7 else "2001:db8::" + ":".join(groups[:2])


def us_ssn(rng: random.Random) -> str:
    """A social security number."""
    area = rng.choice([a for a in range(1, 900) if a != 666])
    return f"{area:03d}-{rng.randrange(1, 100):02d}-{rng.randrange(1, 10000):04d}"


def age(rng: random.Random) -> str:
    """An age in years."""
    return str(rng.randrange(18, 95) if rng.random() < 0.85 else rng.randrange(1, 105))


def year(rng: random.Random) -> str:
    """A year, mostly a recent one."""
    return str(rng.randrange(1960, 2026) if rng.random() < 0.85 else rng.randrange(1700, 1960))


def weekday(rng: random.Random) -> str:
    """A day of the week."""
    return rng.choice(_DAYS)


def _moment(rng: random.Random) -> datetime.datetime:
    return datetime.datetime(1940, 1, 1) + datetime.timedelta(seconds=rng.randrange(86 * 365 * 86400))


def full_date(rng: random.Random) -> str:
    """A calendar date in one of fifteen forms."""
    when = _moment(rng)
    month, day = _MONTHS[when.month - 1], when.day
    ordinal = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return rng.choice([
        f"{when.month}/{day}/{when.year}", f"{when.month}/{day}/{when.year}", f"{when:%Y-%m-%d %H:%M:%S}", f"{when:%Y-%m-%d}",
        f"{when:%d/%m/%Y}", f"{when:%d.%m.%Y}", f"{when:%d-%m-%Y}", f"{month} {day}, {when.year}", f"{day} {month} {when.year}",
        f"{month[:3]} {day}, {when.year}", f"{day}-{month[:3]}-{when.year}", f"{month} {day}{ordinal}", f"{day}{ordinal} of {month} {when.year}",
        f"{month} {when.year}", f"{when:%Y-%m-%dT%H:%M:%SZ}", f"{_DAYS[when.weekday()]}, {month} {day}, {when.year}", f"{when:%Y/%m/%d}",
    ])
