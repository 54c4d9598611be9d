"""Towns, countries, and the names of nationalities and of religious and political groups."""
from __future__ import annotations

import random
from typing import List


def _split(block: str) -> List[str]:
    return [" ".join(entry.split()) for entry in block.split(";") if entry.strip()]


COUNTRIES: List[str] = _split("""
Afghanistan; Albania; Algeria; Andorra; Angola; Antigua and Barbuda; Argentina; Armenia; Australia; Austria;
Azerbaijan; Bahamas; Bahrain; Bangladesh; Barbados; Belarus; Belgium; Belize; Benin; Bhutan; Bolivia;
Bosnia and Herzegovina; Botswana; Brazil; Brunei; Bulgaria; Burkina Faso; Burundi; Cambodia; Cameroon; Canada;
Cape Verde; Central African Republic; Chad; Chile; China; Colombia; Comoros; Costa Rica; Croatia; Cuba; Cyprus;
Czech Republic; Czechia; Democratic Republic of the Congo; Denmark; Djibouti; Dominica; Dominican Republic; Ecuador;
Egypt; El Salvador; Equatorial Guinea; Eritrea; Estonia; Eswatini; Ethiopia; Fiji; Finland; France; Gabon; Gambia;
Georgia; Germany; Ghana; Greece; Greenland; Grenada; Guatemala; Guinea; Guinea-Bissau; Guyana; Haiti; Honduras;
Hungary; Iceland; India; Indonesia; Iran; Iraq; Ireland; Israel; Italy; Ivory Coast; Jamaica; Japan; Jordan;
Kazakhstan; Kenya; Kiribati; Kosovo; Kuwait; Kyrgyzstan; Laos; Latvia; Lebanon; Lesotho; Liberia; Libya;
Liechtenstein; Lithuania; Luxembourg; Madagascar; Malawi; Malaysia; Maldives; Mali; Malta; Marshall Islands;
Mauritania; Mauritius; Mexico; Micronesia; Moldova; Monaco; Mongolia; Montenegro; Morocco; Mozambique; Myanmar;
Namibia; Nauru; Nepal; Netherlands; New Zealand; Nicaragua; Niger; Nigeria; North Korea; North Macedonia; Norway;
Oman; Pakistan; Palau; Panama; Papua New Guinea; Paraguay; Peru; Philippines; Poland; Portugal; Qatar; Romania;
Russia; Rwanda; Saint Kitts and Nevis; Saint Lucia; Saint Vincent and the Grenadines; Samoa; San Marino;
São Tomé and Príncipe; Saudi Arabia; Senegal; Serbia; Seychelles; Sierra Leone; Singapore; Slovakia; Slovenia;
Solomon Islands; Somalia; South Africa; South Korea; South Sudan; Spain; Sri Lanka; Sudan; Suriname; Sweden;
Switzerland; Syria; Taiwan; Tajikistan; Tanzania; Thailand; Timor-Leste; Togo; Tonga; Trinidad and Tobago; Tunisia;
Turkey; Turkmenistan; Tuvalu; Uganda; Ukraine; United Arab Emirates; United Kingdom; United States; Uruguay;
Uzbekistan; Vanuatu; Vatican City; Venezuela; Vietnam; Yemen; Zambia; Zimbabwe; UK; USA; US; UAE; U.S.; England;
Scotland; Wales; Northern Ireland; Puerto Rico
""")

CITIES: List[str] = _split("""
Aarhus; Aberdeen; Adelaide; Akureyri; Albuquerque; Alexandria; Amsterdam; Ankara; Antwerp; Asunción; Athens; Atlanta;
Auckland; Austin; Baltimore; Bangalore; Bangkok; Barcelona; Basel; Beijing; Beirut; Belém; Belfast; Belgrade; Bergen;
Berlin; Bilbao; Birmingham; Bogotá; Bologna; Boston; Bratislava; Brighton; Brisbane; Bristol; Brno; Bruges; Brussels;
Bucharest; Budapest; Buenos Aires; Buffalo; Cairo; Calgary; Canberra; Cape Town; Caracas; Cardiff; Casablanca; Chennai;
Chicago; Christchurch; Cincinnati; Cleveland; Cologne; Copenhagen; Córdoba; Cork; Cluj-Napoca; Curitiba; Dakar; Dallas;
Darwin; Debrecen; Delhi; Denver; Detroit; Dortmund; Dresden; Dubai; Dublin; Durban; Düsseldorf; Edinburgh; Espoo;
Florence; Fortaleza; Frankfurt; Gdańsk; Geneva; Genoa; Ghent; Glasgow; Gothenburg; Granada; Graz; Guadalajara; Győr;
Hamburg; Hanoi; Helsinki; Hiroshima; Hobart; Houston; Innsbruck; Istanbul; İzmir; Jakarta; Jerusalem; Johannesburg;
Jyväskylä; Kansas City; Kaunas; Kazan; Kingston; Košice; Kraków; Kuala Lumpur; Kumasi; Kyiv; Kyoto; La Paz; Lagos;
Lausanne; Leeds; Leicester; Liège; Lima; Limassol; Linz; Lisbon; Liverpool; Ljubljana; Łódź; London; Los Angeles; Lviv;
Lyon; Madrid; Málaga; Malmö; Manchester; Manila; Maribor; Marrakesh; Marseille; Medellín; Melbourne; Memphis; Mexico
City; Miami; Milan; Minneapolis; Miskolc; Montevideo; Montréal; Mumbai; Munich; Nairobi; Nantes; Naples; Nashville;
New Orleans; New York; Newcastle; Nice; Nicosia; Novi Sad; Nuremberg; Odense; Oporto; Orlando; Osaka; Oslo; Ostrava;
Ottawa; Oulu; Oxford; Palermo; Paris; Pécs; Perth; Philadelphia; Phoenix; Pittsburgh; Plovdiv; Plzeň; Porto Alegre;
Portland; Poznań; Prague; Pretoria; Quebec City; Quito; Recife; Reykjavík; Riga; Rio de Janeiro; Rome; Rotterdam;
Sacramento; Salzburg; San Antonio; San Diego; San Francisco; San José; Santiago; São Paulo; Sarajevo; Seattle; Seoul;
Seville; Shanghai; Sheffield; Skopje; Sofia; Split; St. Louis; Stavanger; Stockholm; Stuttgart; Surabaya; Sydney;
Szeged; Tallinn; Tampere; Tampa; Tartu; Tbilisi; Tel Aviv; Thessaloniki; Timișoara; Tirana; Tokyo; Toronto; Toulouse;
Trieste; Tromsø; Trondheim; Tunis; Turin; Uppsala; Utrecht; Valencia; Valparaíso; Vancouver; Venice; Verona; Vienna;
Vilnius; Warsaw; Wellington; Winnipeg; Wrocław; Yokohama; York; Zagreb; Zaragoza; Zürich; Λάρνακα; Αθήνα; ΠΑΦΟΣ
""")

REGIONS: List[str] = _split("""
Bavaria; Tuscany; Catalonia; Andalusia; Provence; Normandy; Flanders; Silesia; Transylvania; Lapland; Jutland; Sicily;
Yorkshire; Cornwall; Kent; Texas; Ohio; Oregon; Nebraska; Vermont; Georgia; Florida; California; Michigan; Alberta;
Ontario; Queensland; Tasmania; Victoria; Bahia; Jalisco; Punjab; Kerala; Hokkaido; Gauteng; Patagonia
""")

STATE_CODES: List[str] = (
    "AL AK AZ AR CA CO CT DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR PA "
    "RI SC SD TN TX UT VA VT WA WI WV WY ON QC BC AB NS NSW VIC QLD SA TAS SP RJ MG BA RS PR GO ZH BE VD TI NO"
).split()

GROUPS: List[str] = _split("""
Afghan; Albanian; Algerian; American; Andorran; Angolan; Argentinian; Armenian; Australian; Austrian; Azerbaijani;
Bahamian; Bahraini; Bangladeshi; Barbadian; Belarusian; Belgian; Belizean; Beninese; Bolivian; Bosnian; Botswanan;
Brazilian; British; Bruneian; Bulgarian; Burmese; Cambodian; Cameroonian; Canadian; Catalan; Chadian; Chechen; Chilean;
Chinese; Colombian; Congolese; Costa Rican; Croatian; Cuban; Cypriot; Czech; Danish; Dominican; Dutch; Ecuadorian;
Egyptian; Emirati; English; Eritrean; Estonian; Ethiopian; Fijian; Filipino; Finnish; French; Gambian; Georgian; German;
Ghanaian; Greek; Greenlandic; Guatemalan; Haitian; Honduran; Hungarian; Icelandic; Indian; Indonesian; Iranian; Iraqi;
Irish; Israeli; Italian; Ivorian; Jamaican; Japanese; Jordanian; Kazakh; Kenyan; Korean; Kosovar; Kurdish; Kuwaiti;
Kyrgyz; Laotian; Latvian; Lebanese; Liberian; Libyan; Lithuanian; Luxembourgish; Macedonian; Malagasy; Malaysian;
Maltese; Maori; Mauritian; Mexican; Moldovan; Mongolian; Montenegrin; Moroccan; Namibian; Nepalese; New Zealander;
Nicaraguan; Nigerian; Norwegian; Pakistani; Palestinian; Panamanian; Paraguayan; Peruvian; Polish; Portuguese; Qatari;
Romanian; Russian; Rwandan; Samoan; Saudi; Scottish; Senegalese; Serbian; Singaporean; Slovak; Slovenian; Somali;
South African; Spanish; Sri Lankan; Sudanese; Swedish; Swiss; Syrian; Taiwanese; Tanzanian; Thai; Tibetan; Tongan;
Tunisian; Turkish; Ugandan; Ukrainian; Uruguayan; Uzbek; Venezuelan; Vietnamese; Welsh; Yemeni; Zambian; Zimbabwean
""")

FAITHS: List[str] = _split("""
Anglican; Baptist; Buddhist; Calvinist; Catholic; Christian; Evangelical; Hindu; Jain; Jewish; Lutheran; Methodist;
Mormon; Muslim; Orthodox; Presbyterian; Protestant; Quaker; Shia; Sikh; Sunni; Zoroastrian
""")

PARTIES: List[str] = _split("""
Communist; Conservative; Democrat; Green; Labour; Liberal; Marxist; Republican; Social Democrat; Socialist; Tory;
Christian Democrat; Libertarian; Anarchist
""")

_TOWN_STARTS = (
    "Ash Birch Brad Brim Caster Dun Elm Fal Gren Hal Heming Kirk Lang Mel Nor Oak Pen Rav Stan Thorn Wel Wood Ald Bar "
    "Claver East Fern Hart"
).split()
_TOWN_ENDS = "bury combe dale field ford ham ley mouth port stead thorpe ton vale wick worth bridge".split()
_TOWN_SHAPES = [
    "{0}", "{0}", "{0}", "Upper {0}", "{0} Heights", "{0} St Mary", "New {0}", "San {1}", "Santa {1}", "Villa {1}",
    "Saint-{1}", "{0}-on-Sea", "Bad {1}hausen", "{1}svik", "{1}fjörður", "Nagy{2}falva", "{1}berg", "Mount {1}",
    "Port {1}", "Fort {1}", "{1}ville", "{1}ów", "{1}ovice", "Lake {1}", "Sankt {1}", "{1}dorf", "{1}köping",
]
_TOWN_STEMS = "Alba Bram Clara Dolo Elsa Ferro Gala Hella Isla Juno Karl Lind Mar Nova Orla Petr Rosa Sel Torr Vera".split()


def made_up_town(rng: random.Random) -> str:
    """A plausible town that stands on no map."""
    start, end, stem = rng.choice(_TOWN_STARTS), rng.choice(_TOWN_ENDS), rng.choice(_TOWN_STEMS)
    return rng.choice(_TOWN_SHAPES).format(start + end, stem, stem.lower())


def city(rng: random.Random) -> str:
    """A town, in capitals now and then, as in exported address books."""
    name = rng.choice(CITIES) if rng.random() < 0.65 else made_up_town(rng)
    return name.upper() if rng.random() < 0.15 else name


def country(rng: random.Random) -> str:
    """A country."""
    return rng.choice(COUNTRIES)


def place(rng: random.Random) -> str:
    """A town, a country, or a region."""
    draw = rng.random()
    if draw < 0.5:
        return city(rng)
    return country(rng) if draw < 0.85 else rng.choice(REGIONS)


def nationality(rng: random.Random) -> str:
    """A nationality as an adjective."""
    return rng.choice(GROUPS)


def group(rng: random.Random) -> str:
    """A nationality, a faith, or a political group."""
    draw = rng.random()
    if draw < 0.75:
        return rng.choice(GROUPS)
    return rng.choice(FAITHS) if draw < 0.9 else rng.choice(PARTIES)
