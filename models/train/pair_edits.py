"""One-thing edits of a question: some make another question of it, some only say the same in another way.

Every function takes its randomness as an argument and gives the edited text, or None where the text offers no place
for such an edit.
"""

import random
import re

from augment import with_typos

OPPOSITES = """
enable disable|activate deactivate|increase decrease|raise lower|more less|more fewer|buy sell|before after|with without|maximum minimum|max min
most least|largest smallest|biggest smallest|highest lowest|longest shortest|tallest shortest|oldest youngest|oldest newest|first last|earliest latest
fastest slowest|cheapest dearest|best worst|better worse|good bad|advantages disadvantages|pros cons|benefits risks|open close|start stop|begin end
add remove|insert delete|install uninstall|import export|send receive|push pull|upload download|lend borrow|win lose|accept reject|accept decline
allow block|allow forbid|lock unlock|encrypt decrypt|encode decode|compress extract|connect disconnect|show hide|mute unmute|follow unfollow
subscribe unsubscribe|login logout|ascending descending|horizontal vertical|left right|north south|east west|top bottom|upper lower|inside outside
early late|morning evening|day night|summer winter|hot cold|warm cool|wet dry|hard soft|heavy light|long short|wide narrow|deep shallow|old new
rich poor|male female|man woman|boy girl|mother father|brother sister|son daughter|husband wife|parents children|adults children|buyer seller
employer employee|teacher student|landlord tenant|doctor patient|sender recipient|import export|input output|read write|get set|public private
internal external|local remote|online offline|free paid|full empty|fresh frozen|raw cooked|sweet salty|acid base|positive negative|even odd
gain lose|save spend|earn spend|rise fall|expand shrink|merge split|join leave|hire fire|arrive depart|arrival departure|incoming outgoing
inbound outbound|credit debit|deposit withdraw|net gross|income expense|asset liability|profit loss|domestic international|single married
single multiple|sync async|synchronous asynchronous|static dynamic|client server|frontend backend|mutable immutable|head tail|prefix suffix
row column|rows columns|ascending descending|true false|always never|everyone nobody|everything nothing|all none|legal illegal|possible impossible
safe unsafe|safe dangerous|healthy unhealthy|visible invisible|reversible irreversible|regular irregular|valid invalid|complete incomplete
direct indirect|formal informal|known unknown|paid unpaid|used unused|approved rejected|active inactive|dependent independent|even uneven
"""
NUMBER_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
UNITS = """
km miles|kilometres miles|kilometers miles|m ft|metres feet|meters feet|cm inches|cm mm|kg lb|kg pounds|grams ounces|mg g|mg mcg|ml l|litres gallons|liters gallons
GB MB|MB KB|TB GB|Gb GB|Mb MB|GB GiB|Mbps MBps|seconds minutes|minutes hours|hours days|days weeks|weeks months|months years|Celsius Fahrenheit|°C °F|°C K
USD EUR|dollars euros|euros pounds|km/h mph|W kW|kW kWh|volts amps|ms s|Hz kHz|bits bytes|percent points|teaspoons tablespoons|cups tablespoons
"""
FAMILIES = """
France Germany Italy Spain Portugal Poland Sweden Norway Denmark Finland Austria Switzerland Belgium Greece Ireland Turkey Canada Mexico Brazil Argentina Chile Peru Japan China India Thailand Vietnam Australia Egypt Kenya Nigeria
Paris London Berlin Madrid Rome Lisbon Vienna Oslo Stockholm Copenhagen Dublin Prague Warsaw Athens Tokyo Seoul Beijing Shanghai Delhi Mumbai Sydney Melbourne Toronto Chicago Boston Seattle Dallas Denver Miami Atlanta
Spanish French German Italian Portuguese Polish Dutch Swedish Japanese Chinese Korean Arabic Russian Turkish Hindi Greek
Python Java JavaScript TypeScript Go Rust Ruby PHP Kotlin Swift Perl Scala C# C++
Windows Linux macOS Ubuntu Debian Android iOS
Postgres MySQL SQLite MongoDB Redis Oracle Cassandra
Google Amazon Microsoft Apple Netflix Tesla Samsung Sony Intel Nvidia IBM Oracle Adobe
January February March April May June July August September October November December
Monday Tuesday Wednesday Thursday Friday Saturday Sunday
Mercury Venus Mars Jupiter Saturn Uranus Neptune
iron copper zinc gold silver aluminium lead tin nickel
apple banana orange lemon mango grape pear peach
dog cat horse cow sheep goat rabbit hamster parrot
chicken beef pork lamb turkey salmon tuna cod
red blue green yellow black white purple orange
Alice Bob Peter Maria Anna John David Sarah Laura Kevin
merge rebase squash cherry-pick
json xml csv yaml html pdf
get post put delete patch
checking savings credit
breakfast lunch dinner
sister brother mother father aunt uncle cousin
car bike bus train plane boat truck
"""
SCOPES = "main first last only second latest average total biggest typical official".split()
QUESTION_WORDS = "who when where why how".split()
PREFIXED = "able available common comfortable equal even expected fair finished happy healthy important known legal limited likely limited lock locked necessary paid possible predictable reliable safe secure stable successful sure tested usual verified wanted visible correct complete direct dependent sufficient secure valid active capable connect appear approve like agree allow continue qualify regular relevant responsible reversible rational perfect patient mature moral polite".split()
PREFIXES = {"legal": "il", "possible": "im", "perfect": "im", "patient": "im", "mature": "im", "moral": "im", "polite": "im", "regular": "ir", "relevant": "ir", "responsible": "ir", "reversible": "ir", "rational": "ir"}
INS = set("visible correct complete direct dependent sufficient secure valid active capable".split())
DISSES = set("connect appear approve like agree allow continue qualify".split())
SAME_UNITS = "km kilometres|kg kilograms|cm centimetres|m metres|GB gigabytes|MB megabytes|min minutes|h hours|lb pounds|ml millilitres|ms milliseconds|°C degrees Celsius|% percent|sec seconds"
SHORT_FORMS = """
what is=what's|how is=how's|where is=where's|who is=who's|I am=I'm|I have=I've|do not=don't|does not=doesn't|cannot=can't|can not=can't|is not=isn't|will not=won't|it is=it's|I would=I'd|you are=you're
for example=e.g.|New York City=NYC|United States=US|United Kingdom=UK|artificial intelligence=AI|operating system=OS|Kubernetes=k8s|JavaScript=JS|TypeScript=TS|repository=repo|information=info|application=app|telephone=phone|advertisement=ad|examination=exam|photograph=photo|laboratory=lab
"""
SYNONYMS = """
buy purchase|begin start|large big|small little|quick fast|fix repair|delete remove|create make|choose pick|get obtain|movie film|car automobile|kid child|kids children|doctor physician|help assist|show display|price cost|job occupation|error mistake
illness disease|trip journey|holiday vacation|flat apartment|lift elevator|rubbish trash|autumn fall|shop store|company firm|staff employees|customer client|answer reply|cancel terminate|photo picture|build construct|use utilise|happens occurs|gift present
cheap inexpensive|difficult hard|easy simple|smart clever|famous well-known|wealthy rich|end finish|need require|tell inform|method way|explain describe|change modify|money cash|country nation|city town|street road|wage salary|find locate|ask inquire|allow permit|mend repair
"""
POLITE = (
    "please tell me: {}", "Could you tell me {}", "hi there, {}", "Quick question - {}", "Hello! {} Thanks in advance.", "{} thanks", "{} please", "I'd like to know: {}",
    "hey, {}", "Good morning. {}", "I was wondering, {}", "My question: {}", "{} Any help is appreciated.", "{} I can't figure it out.", "sorry if this was asked before, {}", "Excuse me, {}", "ok so {}", "{} (asking for a friend)",
    "I have a question. {}", "Can someone answer this: {}", "{} Kind regards", "need to know {}", "{} asap", "One more thing: {}",
)  # fmt: skip


def table(text):
    pairs = {}
    for pair in text.replace("\n", "|").split("|"):
        if pair.strip():
            one, other = pair.split()[:2] if "=" not in pair else (side.strip() for side in pair.split("="))
            pairs.setdefault(one, []).append(other)
            pairs.setdefault(other, []).append(one)
    return pairs


OPPOSITE = table(OPPOSITES)
UNIT = table(UNITS)
SHORT = table(SHORT_FORMS)
SYNONYM = table(SYNONYMS)
SAME_UNIT = {one: other for one, _, other in (pair.partition(" ") for pair in SAME_UNITS.split("|"))}
FAMILY = {}
for members in FAMILIES.strip().split("\n"):
    for member in members.split():
        FAMILY.setdefault(member.lower(), [other for other in members.split() if other != member])


def swap_words(text, choices, rng):
    """Puts another word in place of one that `choices` knows, in the casing that it had."""
    places = [match for match in re.finditer(r"[^\s,.;:?!()\"]+", text) if choices(match.group()) is not None]
    if not places:
        return None
    match = rng.choice(places)
    word = match.group()
    other = rng.choice(choices(word))
    if word.islower():
        other = other.lower() if other.isalpha() and not other.isupper() else other
    elif word.istitle():
        other = other[:1].upper() + other[1:]
    return text[: match.start()] + other + text[match.end() :]


def opposite(text, rng):
    return swap_words(text, lambda word: OPPOSITE.get(word.lower()), rng)


def relative(text, rng):
    return swap_words(text, lambda word: FAMILY.get(word.lower()), rng)


def other_unit(text, rng):
    return swap_words(text, lambda word: UNIT.get(word), rng)


def other_number(text, rng):
    places = [match for match in re.finditer(r"\d+", text)]
    if not places:
        return swap_words(text, lambda word: [other for other in NUMBER_WORDS if other != word.lower()] if word.lower() in NUMBER_WORDS else None, rng)
    match = rng.choice(places)
    digits = match.group()
    kind = rng.random()
    if kind < 0.5:
        at = rng.randrange(len(digits))
        changed = digits[:at] + rng.choice([digit for digit in "123456789" if digit != digits[at]]) + digits[at + 1 :]
    elif kind < 0.7:
        changed = str(int(digits[:15]) + 1)
    elif kind < 0.85:
        changed = digits + rng.choice("0259")
    else:
        changed = digits[::-1] if digits[::-1] != digits else digits + "0"
    return text[: match.start()] + changed + text[match.end() :]


def negated(text, rng):
    for pattern, replacements in rng.sample(NEGATIONS, len(NEGATIONS)):
        match = re.search(pattern, text, re.IGNORECASE)
        if match:
            return text[: match.start()] + match.expand(rng.choice(replacements)) + text[match.end() :]
    return swap_words(text, lambda word: [with_prefix(word.lower())] if word.lower() in PREFIXED else None, rng)


NEGATIONS = (
    (r"\b(can|could|do|does|did|is|are|was|should|would|will|has|have)\b (I|you|we|they|he|she|it|my|the|a)\b", (r"\1n't \2", r"\1 \2 not")),
    (r"\bhow (do|can|should) (I|you|we)\b", (r"how \1 \2 not", r"how \1 \2 avoid having to")),
    (r"\b(is|are|was|were|does|did|should|must|may)\b", (r"\1 not", r"\1n't")),
    (r"\bto (\w+)\b", (r"not to \1", r"to never \1")),
    (r"\bwith\b", ("without",)),
    (r"\bwithout\b", ("with",)),
    (r"\b(not|never)\b ", ("",)),
    (r"n't\b", ("",)),
    (r"\bfor (the|my|a)\b", (r"except for \1",)),
)


def with_prefix(word):
    if word in PREFIXES:
        return PREFIXES[word] + word
    return ("in" if word in INS else "dis" if word in DISSES else "un") + word


def turned(text, rng):
    """`from A to B` becomes `from B to A`; so do other pairs whose order means something."""
    for pattern in rng.sample(ORDERED, len(ORDERED)):
        match = re.search(pattern, text, re.IGNORECASE)
        if match and match.group("a").lower() != match.group("b").lower():
            (a, b) = (match.span("a"), match.span("b"))
            return text[: a[0]] + match.group("b") + text[a[1] : b[0]] + match.group("a") + text[b[1] :]
    return None


ORDERED = [
    r"\bfrom (?P<a>[\w.+#-]+) (?:to|into) (?P<b>[\w.+#-]+)",
    r"\b(?P<a>[\w.+#-]+) (?:to|into) (?P<b>[\w.+#-]+)(?=[?.!]?$)",
    r"\b(?P<a>[A-Z][\w.+#-]+) (?:to|into|over|before|after) (?P<b>[A-Z][\w.+#-]+)",
    r"\b(?P<a>\w+) (?:than|instead of|rather than|but not|minus|divided by) (?:a |an |the )?(?P<b>\w+)",
    r"\bconvert (?P<a>\w+) (?:to|into) (?P<b>\w+)",
    r"\b(?P<a>[A-Z]\w+) (?:beat|defeat|owe|owes|pay|pays|buy|buys|invade|invaded|call|calls|replaced|replace|influence|influenced) (?P<b>[A-Z]\w+)",
]


def scoped(text, rng):
    for scope in rng.sample(SCOPES, len(SCOPES)):
        match = re.search(rf"\b{scope}\b ", text, re.IGNORECASE)
        if match:
            other = rng.choice([word for word in SCOPES if word != scope] + [""])
            return text[: match.start()] + (other + " " if other else "") + text[match.end() :]
    match = re.search(r"\b(the|all|my) (?=[a-z]{3,})", text)
    if match is None:
        return None
    new = rng.choice([f"{match.group(1)} {rng.choice(SCOPES)} ", "all the ", "only the ", "every ", "each ", "none of the "])
    return text[: match.start()] + new + text[match.end() :]


def other_question(text, rng):
    match = re.match(r"\s*(who|when|where|why|how|what|which)\b", text, re.IGNORECASE)
    if match is None:
        return None
    word = match.group(1)
    other = rng.choice([value for value in QUESTION_WORDS if value != word.lower()])
    return text[: match.start(1)] + (other.capitalize() if word[0].isupper() else other) + text[match.end(1) :]


def in_language(text, rng):
    language = rng.choice(FAMILY["spanish"] + ["Spanish"])
    return text.rstrip(" ?.!") + rng.choice([f" in {language}", f", answer in {language}", f" ({language} please)"]) + text[len(text.rstrip(" ?.!")) :]


def other_casing(text, rng):
    """Where capitals mean something: Gb and GB, US and us."""
    places = [match for match in re.finditer(r"\b(?:[A-Z]{2,4}|[GMKT]b|[GMKT]B)\b", text)]
    if not places:
        return None
    match = rng.choice(places)
    word = match.group()
    if re.fullmatch(r"[GMKT][bB]", word):
        return text[: match.start()] + word[0] + ("B" if word[1] == "b" else "b") + text[match.end() :]
    letters = list(word)
    rng.shuffle(letters)
    shuffled = "".join(letters)
    return None if shuffled == word else text[: match.start()] + shuffled + text[match.end() :]


OTHER = [opposite, opposite, relative, relative, other_unit, other_unit, other_number, other_number, negated, turned, turned, scoped, other_question, in_language, other_casing]


def other_question_than(text, rng):
    """The text with one thing changed that changes its answer, and which kind of thing; None where nothing fits."""
    for edit in rng.sample(OTHER, len(OTHER)):
        if rng.random() < 0.4 and edit in (negated, other_question, in_language, scoped):
            continue
        edited = edit(text, rng)
        if edited is not None and edited != text:
            return edited
    return None


def said_again(text, rng):
    """The same question as somebody else might have typed it."""
    for edit in rng.sample(SAME, len(SAME)):
        if rng.random() < 0.35:
            text = edit(text, rng) or text
    return text


def respelt(text, rng):
    return swap_words(text, lambda word: SYNONYM.get(word.lower()), rng)


def shortened(text, rng):
    for one in rng.sample(list(SHORT), len(SHORT)):
        match = re.search(rf"\b{re.escape(one)}\b", text, re.IGNORECASE)
        if match:
            return text[: match.start()] + rng.choice(SHORT[one]) + text[match.end() :]
    return None


def number_respelt(text, rng):
    match = re.search(r"\b([1-9]|1[0-2])\b", text)
    if match:
        return text[: match.start()] + NUMBER_WORDS[int(match.group()) - 1] + text[match.end() :]
    return swap_words(text, lambda word: [str(NUMBER_WORDS.index(word.lower()) + 1)] if word.lower() in NUMBER_WORDS else None, rng)


def unit_respelt(text, rng):
    return swap_words(text, lambda word: [SAME_UNIT[word]] if word in SAME_UNIT else None, rng)


def polite(text, rng):
    return rng.choice(POLITE).format(text)


def lowered(text, rng):
    # Capitals that mean something stay: `US` and `GB` are not `us` and `gb`.
    return " ".join(word if re.search(r"[A-Z].*[A-Z]|[A-Z]$", word) and word != "I" else word.lower() for word in text.split(" "))


def unmarked(text, rng):
    return text.rstrip(" ?.!") if rng.random() < 0.7 else text.rstrip(" ?.!") + "?"


def mistyped(text, rng):
    places = [match for match in re.finditer(r"\b[a-z]{6,}\b", text)]
    if not places:
        return None
    match = rng.choice(places)
    return text[: match.start()] + with_typos(match.group(), rng, 1) + text[match.end() :]


SAME = [respelt, respelt, shortened, number_respelt, unit_respelt, polite, lowered, unmarked, mistyped]
