"""Street addresses in the forms of twenty countries, on one line or on several, and military mail."""
from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Dict, List

from names import family_name, given_name
from places import STATE_CODES, city


@dataclass(frozen=True)
class Country:
    """How one country writes an address. In patterns "#" is a digit and "?" a capital letter."""

    name: str
    streets: List[str]
    line: str
    postcode: str
    towns: List[str]
    # The last lines of a whole address; {town}, {postcode}, {state} and {country} are filled in.
    tail: str
    states: List[str]


def _split(block: str) -> List[str]:
    return [" ".join(entry.split()) for entry in block.split(";")]


_US_STATES = "AL AZ CA CO FL GA IA IL IN KS KY MA MI MN MO MT NC NJ NM NY OH OR PA TN TX UT VA WA WI".split()

COUNTRIES: List[Country] = [
    Country("United States", _split("""Maple Street; Oak Avenue; Elm St; Cedar Lane; Washington Blvd; Sunset Drive; Hickory
        Court; Main Street; County Road 12; Lakeview Terrace; 5th Avenue; W 42nd St; Old Mill Road; Willow Creek Pkwy; Ridge
        Rd; Jefferson Ave; Pine Hollow Way; NE Sandy Blvd"""), "{number} {street}", "#####",
            _split("Springfield; Dayton; Boise; Tulsa; Fresno; Omaha; Reno; Bangor; Macon; Duluth; Salem; Toledo"),
            "{town}, {state} {postcode}", _US_STATES),
    Country("United Kingdom", _split("""High Street; Church Lane; Station Road; Victoria Terrace; Mill Lane; King's Road; Orchard
        Close; Park Crescent; The Green; Abbey Gardens; Queensway; Bramble Walk; St John's Hill; Market Place"""),
            "{number} {street}", "??# #??", _split("Leeds; Bath; Truro; Stirling; Derby; Whitby; Kendal; Swansea; Ely; Norwich"),
            "{town}\n{postcode}", []),
    Country("Germany", _split("""Hauptstraße; Bahnhofstrasse; Gartenweg; Lindenallee; Schillerstr.; Am Markt; Goethestraße;
        Birkenweg; Kirchgasse; An der Mühle; Rosenstrasse; Friedrich-Ebert-Straße"""), "{street} {number}", "#####",
            _split("Kassel; Rostock; Mainz; Jena; Bremen; Fürth; Lübeck; Ulm; Köln; Göttingen"), "{postcode} {town}", []),
    Country("Austria", _split("""Ringstraße; Kirchenplatz; Wiener Straße; Mozartgasse; Feldgasse; Am Anger; Dorfstrasse"""),
            "{street} {number}", "####", _split("Linz; Wels; Villach; Krems; BREGENZ; St. Pölten"), "{postcode} {town}", []),
    Country("Switzerland", _split("""Bahnhofstrasse; Seestrasse; Rue du Lac; Via Cantonale; Oberdorfstrasse; Chemin des Vignes;
        Kirchweg; Avenue de la Gare"""), "{street} {number}", "####", _split("Thun; Chur; Sion; Vevey; Lugano; Olten"),
            "{postcode} {town}", []),
    Country("France", _split("""rue de la République; avenue Victor Hugo; place du Marché; boulevard Saint-Michel; rue des
        Lilas; chemin du Moulin; impasse des Acacias; quai de la Loire; Rue Pasteur; allée des Tilleuls"""),
            "{number} {street}", "#####", _split("Angers; Dijon; Nîmes; Brest; Orléans; Béziers; Limoges; Metz"),
            "{postcode} {town}", []),
    Country("Italy", _split("""Via Garibaldi; Via dei Mille; Piazza San Marco; Corso Italia; Viale Mazzini; Via delle Rose;
        Vicolo Stretto; Via Giuseppe Verdi; Largo Augusto; Strada Provinciale 12"""), "{street} {number}", "#####",
            _split("Bergamo; Lucca; Bari; Udine; Parma; Siena; Cagliari; Forlì"), "{postcode} {town}", ["BG", "LU", "BA", "UD"]),
    Country("Spain", _split("""Calle Mayor; C/ Real; Avda. de la Constitución; Plaza de España; Calle del Olmo; Paseo Marítimo;
        C/ San Juan; Ronda de Toledo; Carrer de Mallorca; Travesía del Pino"""), "{street} {number}", "#####",
            _split("Burgos; Cádiz; León; Murcia; Oviedo; Lleida; Alcalá de Henares"), "{postcode} {town}", []),
    Country("Portugal", _split("""Rua das Flores; Avenida da Liberdade; Travessa do Carmo; Rua Dr. António Costa; Largo do
        Rato; Praça da Alegria; R Nova"""), "{street} {number}", "####-###", _split("Braga; Faro; Évora; Coimbra; Aveiro"),
            "{postcode} {town}", []),
    Country("Brazil", _split("""Rua das Palmeiras; Avenida Paulista; Rua Quinze de Novembro; Travessa Santa Rita; Alameda dos
        Anjos; Rua Dom Pedro II; Quadra 12; Rua Professor Almeida"""), "{street} {number}", "#####-###",
            _split("Campinas; Natal; Belém; Londrina; Niterói; Uberlândia"), "{town} - {state}\n{postcode}",
            ["SP", "RJ", "MG", "BA", "PR", "RN"]),
    Country("Hungary", _split("""Kossuth Lajos utca; Petőfi u.; Rákóczi út; Széchenyi tér; Dózsa György út; Bem rkp.; Ady Endre
        utca; Arany János u.; Szent István krt.; Táncsics M. u."""), "{street} {number}.", "####",
            _split("Győr; Eger; Sopron; Szolnok; Kaposvár; Vác; Hódmezővásárhely; Zalaegerszeg"), "{postcode} {town}", []),
    Country("Sweden", _split("""Storgatan; Kungsgatan; Björkvägen; Skolgatan; Norra Vägen; Lilla Torget; Edsbacken; Västra
        Hamngatan"""), "{street} {number}", "### ##", _split("Umeå; Växjö; Kalmar; LULEÅ; Västerås; GÄVLE"),
            "{postcode} {town}", []),
    Country("Norway", _split("""Storgata; Kirkeveien; Fjordgata; Bjørkeveien; Skogstien; Øvre Gate; Havnegata; Granlia"""),
            "{street} {number}", "####", _split("Bodø; HAMAR; Molde; Ålesund; HALDEN; Tønsberg"), "{postcode} {town}", []),
    Country("Denmark", _split("""Vestergade; Algade; Strandvejen; Nørregade; Søndre Alle; Skovvej; Ringvejen; Møllestræde"""),
            "{street} {number}", "####", _split("Ribe; Herning; Køge; København K; Randers; Nykøbing F"), "{postcode} {town}", []),
    Country("Finland", _split("""Mannerheimintie; Koivukatu; Rantatie; Kauppakatu; Asemakatu; Pohjoisesplanadi; Mäntytie"""),
            "{street} {number}", "#####", _split("Kuopio; LAHTI; Pori; Rauma; VAASA; Hyvinkää"), "{postcode} {town}", []),
    Country("Iceland", _split("""Laugavegur; Hafnargata; Skólavörðustígur; Þingholtsstræti; Aðalgata; Strandgata"""),
            "{street} {number}", "###", _split("Selfoss; Húsavík; Ísafjörður; Höfn; Kópavogur"), "{postcode} {town}", []),
    Country("Poland", _split("""ul. Kwiatowa; ul. Długa; al. Jerozolimskie; ul. Mickiewicza; pl. Wolności; ul. Św. Jana;
        ul. Polna; os. Słoneczne"""), "{street} {number}", "##-###", _split("Lublin; Toruń; Gdynia; Zamość; Bielsko-Biała"),
            "{postcode} {town}", []),
    Country("Czech Republic", _split("""Nádražní; Dlouhá; Masarykova; U Parku; Na Příkopě; Školní; Husova; Jana Nerudy"""),
            "{street} {number}", "### ##", _split("Olomouc; Tábor; Zlín; Kutná Hora; Jihlava"), "{postcode} {town}", []),
    Country("Netherlands", _split("""Dorpsstraat; Kerkweg; Prinsengracht; Molenlaan; Stationsplein; Beatrixstraat; Van Goghweg"""),
            "{street} {number}", "#### ??", _split("Delft; Gouda; Zwolle; Leiden; Hoorn; 's-Hertogenbosch"),
            "{postcode} {town}", []),
    Country("Australia", _split("""Banksia Street; Eucalypt Avenue; Kangaroo Gully Road; Harbour Parade; Wattle Court; Murray
        Hwy; Ocean View Drive; Gum Tree Lane"""), "{number} {street}", "####",
            _split("Ballarat; Cairns; Dubbo; BENDIGO; Albany; Mildura; WAGGA WAGGA"), "{town} {state} {postcode}",
            ["NSW", "VIC", "QLD", "SA", "WA", "TAS"]),
    Country("New Zealand", _split("""Tui Street; Beach Road; Manuka Place; Rimu Crescent; Queen Street; Harbour View Road"""),
            "{number} {street}", "####", _split("Nelson; Napier; Timaru; Whangarei"), "{town} {postcode}", []),
    Country("Canada", _split("""Rue Sainte-Anne; Yonge Street; Rang Saint-Joseph; Lakeshore Road; Granville St; Chemin du Lac;
        Portage Avenue; 104 Street NW"""), "{number} {street}", "?#? #?#", _split("Guelph; Kelowna; Gatineau; Moncton; Regina"),
            "{town}, {state} {postcode}", ["ON", "BC", "QC", "NB", "SK"]),
    Country("South Africa", _split("""Protea St; Jacaranda Ave; Voortrekker Road; Nelson Mandela Drive; Kerk St; Acacia Rd"""),
            "{number} {street}", "####", _split("Knysna; George; Paarl; Polokwane"), "{town}\n{postcode}", []),
    Country("Cyprus", _split("""Ledra Street; Makariou Avenue; Αγίου Ανδρέου; Λεωφόρος Αθηνών; Evagorou Str.; Ερμού"""),
            "{street} {number}", "####", _split("Paphos; ΛΑΡΝΑΚΑ; Kyrenia; ΛΕΜΕΣΟΣ; Πόλις"), "{town} {postcode}", []),
    Country("Uruguay", _split("""Bulevar Artigas; Colonia; Durazno; Río Negro; Tacuarembó; Avda. Italia"""), "{street} {number}",
            "#####", _split("Salto; Rocha; Melo; Punta del Este"), "{postcode} {town}", []),
    Country("Tunisia", _split("""Rue Habib Thameur; Avenue de Carthage; Rue El Menzah; Av Farhat Hached; Rue de Sousse"""),
            "{number} {street}", "####", _split("Sfax; Bizerte; Gabès; Cite El Amel"), "{postcode} {town}", []),
]
_BY_NAME: Dict[str, Country] = {country.name: country for country in COUNTRIES}
_ROAD_KINDS = ("Alley Bend Bluff Bypass Canyon Cliff Corners Crossing Estate Falls Forge Gardens Glen Grove Harbors Heights "
               "Hollow Inlet Knoll Landing Lodge Manor Mews Orchard Pass Pike Plaza Point Rapids Ridge Shoal Spur Square "
               "Summit Trace Trail Tunnel Turnpike Valley View Vista Walk Wells").split()


def fill(pattern: str, rng: random.Random) -> str:
    """The pattern with every "#" a digit and every "?" a capital letter."""
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    return "".join(str(rng.randrange(10)) if c == "#" else rng.choice(letters) if c == "?" else c for c in pattern)


def a_country(rng: random.Random) -> Country:
    """A country, the United States and the United Kingdom more often."""
    if rng.random() < 0.25:
        return _BY_NAME[rng.choice(["United States", "United States", "United Kingdom"])]
    return rng.choice(COUNTRIES)


def _house_number(rng: random.Random) -> str:
    number = str(rng.choice([rng.randrange(1, 99), rng.randrange(1, 400), rng.randrange(1, 9900)]))
    return number + rng.choice("abcB") if rng.random() < 0.04 else number


def street_line(rng: random.Random, country: Country) -> str:
    """A street with its number, the way the country writes it."""
    if rng.random() < 0.04:
        return rng.choice(["P.O. Box {}", "PO Box {}", "Postfach {}"]).format(rng.randrange(10, 9999))
    street = rng.choice(country.streets) if rng.random() < 0.8 else street_name(rng)
    return country.line.format(number=_house_number(rng), street=street)


def street_name(rng: random.Random) -> str:
    """A street without a number, named after somebody."""
    namesake = family_name(rng) if rng.random() < 0.6 else given_name(rng)
    return f"{namesake} {rng.choice(_ROAD_KINDS)}"


def any_street_line(rng: random.Random) -> str:
    """A street line of any country."""
    return street_line(rng, a_country(rng))


def unit(rng: random.Random) -> str:
    """A flat or an office within a building."""
    if rng.random() < 0.8:
        return fill(rng.choice(["Apt. ###", "Suite ###"]), rng)
    return fill(rng.choice(["Apt ##", "Unit #", "Flat #", "Floor #", "#. em. #.", "Apt. #?", "Room ###", "Ste ###"]), rng)


def building(rng: random.Random) -> str:
    """A building's number as exported address books have it."""
    return fill(rng.choice(["###", "####", "#####"]), rng)


def postcode(rng: random.Random) -> str:
    """A postcode of any country."""
    return fill(a_country(rng).postcode, rng)


def zip_code(rng: random.Random) -> str:
    """A ZIP code, the American forms more often."""
    return fill(rng.choice(["#####", "#####", "#####-####"]), rng) if rng.random() < 0.4 else postcode(rng)


def military(rng: random.Random) -> str:
    """An address of a military or diplomatic post office."""
    ship = f"{rng.choice(['USS', 'USNS', 'USCGC', 'USNV'])} {family_name(rng)}\nFPO"
    head = rng.choice([fill("PSC ####, Box ####\nAPO", rng), fill("Unit #### Box ####\nDPO", rng), ship])
    return f"{head} {rng.choice(['AA', 'AE', 'AP'])} {fill('#####', rng)}"


def _corner(rng: random.Random) -> str:
    return f"the corner of {any_street_line(rng)} and {street_name(rng)}"


def _national(rng: random.Random) -> str:
    """An address as a resident of the country would write it, on several lines or on one."""
    country = a_country(rng)
    lines = [street_line(rng, country)]
    if rng.random() < 0.35:
        lines[0] += rng.choice([" ", ", ", "\n"]) + unit(rng)
    state = rng.choice(country.states or STATE_CODES)
    town = rng.choice(country.towns) if rng.random() < 0.6 else city(rng)
    lines.append(country.tail.format(town=town, postcode=fill(country.postcode, rng), state=state))
    if rng.random() < 0.5:
        lines.append(country.name.upper() if rng.random() < 0.1 else country.name)
    text = "\n".join(lines)
    return text if rng.random() < 0.45 else text.replace("\n", ", ")


def _exported(rng: random.Random) -> str:
    """An address as a badly merged address book prints it, with a stray number and stray line breaks."""
    country, other = a_country(rng), a_country(rng)
    town = rng.choice(other.towns) if rng.random() < 0.5 else city(rng)
    line = street_line(rng, country)
    numbered = f"{building(rng)} {line}"
    flat = unit(rng)
    state = "nan" if rng.random() < 0.15 else rng.choice(STATE_CODES)
    zipped = f" {fill('#####', rng)}" if rng.random() < 0.7 else ""
    maybe_flat = f" {flat}" if rng.random() < 0.5 else ""
    return rng.choice([
        f"{numbered}\n {flat}\n {town}\n {other.name}{zipped}",
        f"{line} {street_name(rng)}\n {flat}\n {town}\n {other.name}{zipped}",
        f"{numbered}{maybe_flat}\n{town}\n, {state}\n {other.name}{zipped}",
        f"{numbered}{maybe_flat}\n{town}\n, {state}\n {fill('#####', rng)}",
        f"{numbered}{maybe_flat}\n{town}, {state} {fill('#####', rng)}",
        f"{numbered}{maybe_flat}, {town}, {other.name}{zipped}",
        f"{numbered} {flat} {town} {rng.choice([other.name, state])}",
    ])


def street_address(rng: random.Random) -> str:
    """A whole address with town and country."""
    draw = rng.random()
    if draw < 0.42:
        return _exported(rng)
    if draw < 0.82:
        return _national(rng)
    if draw < 0.89:
        return military(rng)
    return _corner(rng) if draw < 0.93 else any_street_line(rng)
