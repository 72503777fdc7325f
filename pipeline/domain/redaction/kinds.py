"""What kind of body an organisation is, and in which field a job is, by a word of its name."""

import re

_KINDS = (
    ("hospice", r"hospice"),
    ("hospital ward", r"wards?|(?:day|stroke|maternity|intensive care|high dependency|rehab\w*|delivery) unit|itu|icu|hdu"),
    ("hospital", r"hospitals?|infirmary|a ?& ?e"),
    ("dental practice", r"dental|dentists?|orthodont\w+"),
    ("pharmacy", r"pharmacy|chemists?|pharmacist"),
    ("optician", r"opticians?|eyecare|opticals?"),
    ("vet", r"vets?|veterinary"),
    ("GP surgery", r"surger(?:y|ies)|medical (?:centre|center|practice|group)|health (?:centre|center)|(?:family|doctors?) practice|gp practice|medical"),
    ("clinic", r"clinics?|physio\w*|treatment centre|practice"),
    ("care home", r"(?:care|nursing|rest|residential) homes?|almshouses?|sheltered housing|extra care"),
    ("home care agency", r"home ?care|domiciliary|care agency|carers? agency|care (?:at home|services|company|ltd|limited)|care"),
    ("nursery", r"nurser(?:y|ies)|pre ?school|playgroup|kindergarten|childminders?|toddlers?|children's centre|sure start"),
    ("college", r"college|sixth form"),
    ("university", r"university|uni"),
    ("school", r"schools?|primary|infants?|juniors?|academy|grammar|secondary|comprehensive|middle school|high school|upper school"),
    ("charity", r"charity|foundation|trust|hostel|refuge|shelter|befriend\w+|friends of|food ?bank|pantry|larder|hospiscare|appeal"),
    ("community centre", r"(?:village|community|church|parish|memorial) (?:hall|rooms?)"),
    ("church", r"church|chapel|cathedral|abbey|priory|minster|parish|methodist|baptist|tabernacle|vicarage|congregation"),
    ("mosque", r"mosque|masjid|islamic centre"),
    ("temple", r"temple|gurdwara|mandir"),
    ("synagogue", r"synagogue|shul"),
    ("library", r"librar(?:y|ies)"),
    ("museum or gallery", r"museum|gallery"),
    ("theatre or cinema", r"theatre|cinema|playhouse|odeon"),
    ("sports club", r"(?:football|cricket|rugby|bowls|bowling|golf|tennis|hockey|netball|sailing|rowing|swimming|athletics?|running|cycling|boxing) club|"
                    r"f ?c|a ?f ?c|r ?f ?c|rovers|rangers|united|wanderers|harriers|striders|runners|rowers|swimmers|athletic|walking football|parkrun"),
    ("leisure centre", r"leisure centre|gym|swimming (?:pool|baths)|baths|sports centre|lido"),
    ("youth group", r"youth (?:club|group|centre)|scouts?|guides?|brownies|cubs|beavers|cadets|young farmers|rainbows"),
    ("choir or band", r"choir|singers|band|orchestra|ukuleles?|chorus|bell ?ringers|mummers|morris"),
    ("allotments or garden", r"allotments?|community garden|garden club|gardening club|walled garden"),
    ("housing association", r"housing (?:association|society|trust)|housing|homes"),
    ("community centre", r"(?:village|community|church|parish|memorial) hall|community (?:centre|hub|house)|hall|hub|drop ?in|day centre|resource centre"),
    ("pub", r"pub|inn|arms|tavern|brewery|alehouse|taproom"),
    ("café", r"caf[eé]s?|tea ?rooms?|coffee (?:shop|house)|bistro|restaurant|takeaway|chippy|chip shop"),
    ("hotel", r"hotel|guest ?house|b ?& ?b|holiday (?:park|camp)|caravan (?:park|site)"),
    ("shop", r"shops?|stores?|bakery|bakers?|butchers?|greengrocers?|newsagents?|salon|barbers?|hairdressers?|market|garden centre|supplies|florists?|post office"),
    ("farm", r"farms?|dairy|stables|nursery gardens|smallholding|vineyard"),
    ("workshop group", r"men'?s shed|shed|repair caf[eé]"),
    ("club or group", r"clubs?|groups?|societ(?:y|ies)|association|circle|guild|league|fellowship|collective|network|w\.?i\.?|u3a|crew|gang|mob|players|project|partnership"),
    ("employer", r"ltd|limited|plc|llp|cic|company|firm|factory|works|motors|tyres|garage|engineering|instruments|systems|solutions|services|logistics|"
                 r"haulage|builders|construction|plumbing|scaffolding|joinery|foods|textiles|(?:&|and) (?:sons?|daughters?|co|partners|brothers)|press|radio|boatyard|depot|coaches|taxis"),
)  # fmt: skip
"""The first that fits counts: a church school is a school."""
ALONE = frozenset({"hospital", "hospice", "university", "college", "library", "mosque"})
"""Kinds that are told by a word alone."""
_FIELDS = (
    ("health and care", r"nurses?|doctors?|gp|surgeons?|midwi\w+|carers?|paramedics?|therapists?|matron|consultants?|dentists?|pharmacist|ward|hospital|care|health|psycholog\w+|chiropodist|optician|physio\w*|vets?"),
    ("education", r"teach\w+|head ?(?:master|mistress|teacher)?|lecturers?|tutors?|school|nursery|lollipop|dinner lady|professor|governor|librarian|caretaker"),
    ("farming, fishing and land", r"farm\w*|fish\w*|shepherd\w*|dairym\w+|cow\w*|game ?keeper|thatch\w*|hedg\w*|garden\w*|forest\w*|warden|ranger|beekeep\w*|lobster\w*|crab\w*|oyster\w*|stockman|plough\w*|orchard\w*|cider\w*|reed\w*|swanherd|swan\w*"),
    ("transport and sea", r"driv\w+|signal\w*|rail\w*|train|bus|ferry\w*|pilot|captain|skipper|lighthouse|coastguard|lifeboat\w*|harbour\w*|boat\w*|sail\w*|lorry|taxi|postm\w+|postwom\w+|post ?mistress|deckhand|cox\w*"),
    ("building and crafts", r"build\w*|brick\w*|mason\w*|carpent\w+|joiner|plumb\w*|electrician|smith|\w+smith|wright|\w+wright|potter|weav\w+|stone\w*|quarry\w*|roof\w*|glaz\w*|saddler|tailor|dressmak\w+|clock\w*|upholster\w*|cooper|button\w*|rope\w*|net ?mak\w+|engrav\w*|bookbind\w*"),
    ("public service", r"police\w*|pc|sergeant|fire\w*|soldier|army|navy|raf|mayor|councillor|magistrate|judge|registrar|town crier|crier|vicar|rector|priest|curate|imam|rabbi|verger|sexton|organist|bell\w*|bailiff|probation|prison"),
    ("shops and hospitality", r"shop\w*|baker|butcher|grocer|fishmonger|landlord|landlady|publican|barmaid|chef|cook|waiter|waitress|hotel\w*|barber|hairdress\w*|florist|\w+monger|milkman|newsagent"),
    ("arts and media", r"music\w*|sing\w+|actor|actress|paint\w+|artist|writer|author|poet|report\w+|presenter|photograph\w+|danc\w+|puppet\w*|organ ?grinder|conductor"),
    ("industry and engineering", r"engineer\w*|fitter|machin\w+|mechanic|factory|operator|foreman|technician|weld\w+|electronic\w*|chemist|scientist|miner"),
    ("office and law", r"solicitor|lawyer|account\w+|secretary|clerk|bank\w*|manager|director|typist|telephon\w+|switchboard|estate agent|surveyor"),
)  # fmt: skip


def kind_of(organisation: str) -> str:
    """The kind of body, such as school; empty: no word of the name tells.

    A name begins with what is its own: Quarry Down and Church Lane are no quarry and no church.
    """
    own, _, rest = organisation.strip().partition(" ")
    if own.lower() == "the":
        own, _, rest = rest.partition(" ")
    if re.match(r"of\b", rest, re.IGNORECASE):
        return _first(_PATTERNS, f"{own} {rest}")
    if not rest:
        return own.lower() if own.lower() in ALONE else ""
    return _first(_PATTERNS, rest)


def field_of(job: str) -> str:
    """The broad field of a job, such as education; empty: no word of it tells."""
    return _first(_FIELD_PATTERNS, job)


def _first(patterns: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> str:
    return next((name for name, pattern in patterns if pattern.search(text)), "")


def _compiled(rules: tuple[tuple[str, str], ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (name, re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)) for name, words in rules
    )


_PATTERNS, _FIELD_PATTERNS = _compiled(_KINDS), _compiled(_FIELDS)
