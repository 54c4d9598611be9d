"""Names of companies, public bodies and schools; forms of address and occupations."""
from __future__ import annotations

import random
from typing import List

from names import family_name
from places import CITIES


def _split(block: str) -> List[str]:
    return [" ".join(entry.split()) for entry in block.split(";") if entry.strip()]


PLAIN: List[str] = _split("""
Acrelane; Aerostead; Almondbyte; Amberfold; Anchorpoint; Apexloom; Arborline; Atticbay; Avenroute; Axlewise; Baybridge
Mutual; Beaconry; Bitharvest; Blueheron; Boldwater; Brightquay; Brindle; Bytemeadow; Calmport; Candela; Canvasroot;
Carbonleaf; Cedarwave; Cinderbox; Clearmill; Cloudpantry; Cobaltic; Copperlane; Coralsight; Crestfall; Cropmetrics;
Dataferry; Daybreakers; Deepcurrent; Driftly; Dunmore; Echofield; Elmstreet; Embermark; Equinode; Evergreen; Fablecart;
Farpoint; Fathom; Ferngate; Finlark; Fleetwise; Foldable; Foxglove; Freightly; Frostline; Gearloft; Gildpath; Glasswing;
Goldcrest; Grainworks; Greyhaven; Gridmint; Halcyon; Harborlight; Hexalab; Hillbrook; Homespun; Hypatia; Inkwell;
Ironbark; Jadestone; Juniper; Kestrel; Keystone; Kilnhouse; Kitepost; Larkspur; Ledgerly; Lightyear; Lumenary;
Mapleton; Marlowe; Medirange; Mintfield; Moonraker; Mosaic; Nimbus; Nordhavn; Northgate; Novaro; Oakhurst; Octavo;
Omnivale; Opaline; Orbitel; Outpost; Paperkite; Parcelry; Peregrine; Pinecrest; Pixelbarn; Plumbline; Polestar;
Portico; Quantide; Quillbase; Quorum; Rainshadow; Redfern; Ridgeback; Roundtable; Sablewood; Saltmarsh; Scanbury;
Seabright; Shoreline; Silverbirch; Skylark; Solstice; Sparrowhawk; Starling; Stonebridge; Sundial; Swiftlet; Tallgrass;
Tandem; Tidewater; Timberline; Treehouse; Umbra; Upland; Vantage; Velora; Verdant; Waymark; Westerly; Whitecap;
Wildflower; Windrose; Wren; Yarrow; Zenithal; Zephyr; 4 Corners Mapping; Seven Rivers; Two Brothers Bakery; A1 Movers
""")

BODIES: List[str] = _split("""
NATO; UNESCO; UNICEF; WHO; IMF; World Bank; Red Cross; European Commission; European Parliament; United Nations; U.N.;
Ministry of Health; Ministry of Justice; Home Office; Department of Labor; Supreme Court; National Park Service;
Bureau of Statistics; Central Bank; Federal Reserve; Coast Guard; Chamber of Commerce; Tax Authority; Weather Service;
World Meteorological Organization; OECD; ASEAN; Amnesty Council; Farmers' Union; Teachers' Federation
""")

_FIRST = _split("""
Advanced; Allied; Alpine; American; Atlantic; Baltic; Blue Ridge; Capital; Central; Civic; Coastal; Continental;
Danube; Digital; Eastern; First; Global; Golden; Grand; Green; Harbour; Imperial; Integrated; International; Lakeside;
Metropolitan; Mutual; National; Nordic; Northern; Open; Pacific; Pioneer; Precision; Premier; Prime; Quality; Rapid;
Royal; Smart; Southern; Standard; Sterling; Summit; Trans-Alpine; Union; United; Universal; Urban; Western
""")
_SECOND = _split("""
Airlines; Analytics; Bank; Biosciences; Broadcasting; Brewing; Capital; Ceramics; Chemicals; Clinics; Coffee; Consulting;
Credit Union; Dental; Design; Electric; Energy; Engineering; Fisheries; Foods; Freight; Furniture; Gaming; Health;
Holdings; Hotels; Instruments; Insurance; Investments; Labs; Logistics; Marine; Media; Mining; Motors; Optics; Packaging;
Pharmaceuticals; Power; Properties; Publishing; Rail; Research; Robotics; Security; Semiconductors; Software; Solutions;
Steel; Systems; Technologies; Telecom; Textiles; Travel; Van Lines; Water; Wireless
""")
_LEGAL = ["Inc.", "Inc", "LLC", "Ltd.", "Ltd", "Group", "Corp.", "Corporation", "GmbH", "AG", "S.A.", "S.p.A.", "AB", "Kft.",
          "Oy", "A/S", "B.V.", "PLC", "& Co.", "and Sons"]
_SCHOOLS = ["University of {}", "{} University", "{} Institute of Technology", "{} General Hospital", "{} Symphony",
            "{} City Council", "{} United", "{} High School", "{} Public Library", "Bank of {}", "{} Police Department"]
_BLEND_STARTS = "Agri Bio Code Cyber Data Eco Fin Geo Health Info Legal Map Med Net Opti Pay Quant Rent Shop Trans Vet Web".split()
_BLEND_ENDS = "base bridge cast desk fleet flow forge graph hub lane link logic metrics nest path pulse scope sense stack works".split()

ADDRESS_FORMS: List[str] = ["Mr.", "Mr.", "Mrs.", "Mrs.", "Ms.", "Ms.", "Dr.", "Dr.", "Miss", "Prof.", "Mr", "Mrs", "Ms", "Dr"]

JOBS: List[str] = _split("""
Accounts clerk; Air traffic controller; Ambulance driver; Anesthesiologist; Animal trainer; Architect; Archivist; Art
director; Assembly line worker; Auditor; Baker; Bank teller; Barber; Beekeeper; Bicycle mechanic; Biochemist; Bookbinder;
Brewer; Bricklayer; Budget analyst; Bus mechanic; Butcher; Calibration technician; Cardiologist; Carpenter; Chief
executive officer; Chief financial officer; Civil engineer; Claims adjuster; Clinical psychologist; Compliance officer;
Conductor; Copy editor; Court reporter; Crane operator; Customs inspector; Dance teacher; Data scientist; Database
administrator; Dental hygienist; Desktop publisher; Dietitian; Dispatcher; Economist; Electrician; Elevator installer;
Emergency medical technician; Events manager; Executive assistant; Farm equipment mechanic; Fashion designer; Film
editor; Fire inspector; Fish hatchery manager; Flight attendant; Forester; Forklift driver; Freight agent; Game warden;
Geologist; Glazier; Goldsmith; Graphic designer; Hairdresser; Head of procurement; Heating engineer; Hotel desk clerk;
Human resources manager; Illustrator; Insurance underwriter; Interior designer; Interpreter; Jeweler; Judge; Kindergarten
teacher; Land surveyor; Landscape gardener; Lathe operator; Legal secretary; Librarian; Lifeguard; Loan officer;
Locksmith; Machinist; Mail carrier; Marketing coordinator; Mathematician; Medical records clerk; Meteorologist; Mine
safety engineer; Museum curator; Music therapist; Notary; Occupational therapist; Office manager; Optician; Orthodontist;
Paralegal; Park ranger; Pastry chef; Payroll clerk; Pediatrician; Personal trainer; Pharmacist; Photographer; Physicist;
Pipefitter; Plasterer; Plumber; Police sergeant; Postmaster; Private investigator; Product manager; Proofreader; Public
relations specialist; Purchasing agent; Quality inspector; Radio operator; Real estate agent; Receptionist; Regional
sales director; Reporter; Roofer; School bus driver; Sculptor; Ship's carpenter; Shoe repairer; Social worker; Software
developer; Solar panel installer; Sound engineer; Speech pathologist; Stage manager; Statistician; Stonemason; Substitute
teacher; Surgeon; Tailor; Tax examiner; Taxi driver; Telemarketer; Textile cutter; Train conductor; Travel agent; Tree
trimmer; Truck driver; Upholsterer; Urban planner; Veterinary assistant; Waiter; Warehouse supervisor; Watchmaker; Water
treatment plant operator; Web developer; Welder; Wind turbine technician; Zookeeper; Senior vice president; Head nurse
""")


def _family_firm(rng: random.Random) -> str:
    """A firm named after its founders."""
    names = [family_name(rng) for _ in range(3)]
    draw = rng.random()
    if draw < 0.35:
        return f"{names[0]}, {names[1]} and {names[2]}"
    if draw < 0.65:
        return f"{names[0]}-{names[1]}"
    if draw < 0.75:
        return f"{names[0]} & {names[1]}"
    return f"{names[0]} {rng.choice(_LEGAL)}"


def organisation(rng: random.Random) -> str:
    """A company, a public body, or a school."""
    draw = rng.random()
    if draw < 0.26:
        return _family_firm(rng)
    if draw < 0.50:
        plain = rng.choice(PLAIN)
        return f"{plain} {rng.choice(_LEGAL)}" if rng.random() < 0.2 else plain
    if draw < 0.72:
        name = f"{rng.choice(_FIRST)} {rng.choice(_SECOND)}"
        return f"{name} {rng.choice(_LEGAL)}" if rng.random() < 0.25 else name
    if draw < 0.82:
        return rng.choice(_BLEND_STARTS) + rng.choice(_BLEND_ENDS)
    if draw < 0.93:
        return rng.choice(_SCHOOLS).format(rng.choice(CITIES))
    return rng.choice(BODIES)


def address_form(rng: random.Random) -> str:
    """How a person is addressed."""
    return rng.choice(ADDRESS_FORMS)


def job(rng: random.Random) -> str:
    """An occupation, in small letters now and then."""
    name = rng.choice(JOBS)
    return name.lower() if rng.random() < 0.3 else name
