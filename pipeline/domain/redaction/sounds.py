"""How names sound, so that a name misheard by a recogniser is known again.

A key keeps the consonants of a word as English speakers say them. A name of another language has
several: Irish "bh" is v, Polish "sz" is sh, Welsh "dd" is th, Chinese "x" is sh. Rules of spelling,
from how these languages are written; and the English surnames that are not said as written.
"""

import re
from functools import lru_cache

ENGLISH = (
    (r"[^a-z]", ""), (r"^(?:kn|gn|pn)", "n"), (r"^wr", "r"), (r"^ps", "s"), (r"^x", "z"), (r"ph", "f"), (r"ough?t", "ot"), (r"gh(?=t|$)", ""), (r"gh", "g"),
    (r"tch|sch(?=[^o])|sh|ch|ti(?=on|a)|j|dg(?=e)|zh", "X"), (r"x", "ks"), (r"ck|q(?:u)?|c(?=[aouklrtz]|$)|cc(?=[aou])", "k"), (r"c(?=[eiy])|z", "s"), (r"th", "t"),
    (r"d(?=e?$)", "t"), (r"v", "f"), (r"(?<=.)h", ""), (r"r(?![aeiouy])", ""), (r"([a-zX])\1+", r"\1"), (r"^[aeiouyw]+", "A"), (r"[aeiouwy]+", "."),
)  # fmt: skip
"""From letters to sounds, in this order; X is any of sh, ch, j; a dot is a vowel."""
LANGUAGES = (
    ("Irish and Scots", ((r"c(?!h)", "k"), (r"^(?:si|se)(?=[oa])", "sh"), (r"^si(?=n)", "sh"), (r"[bm]h", "v"), (r"aoi", "ee"), (r"dh|gh|th|fh", ""), (r"ei|ai", "ay"), (r"se$", "sha"), (r"is(?=[ei])", "ish"))),
    ("Welsh", ((r"dd", "th"), (r"(?<!f)f(?!f)", "v"), (r"ll", "l"), (r"ch", "k"), (r"rh", "r"), (r"si(?=[oa])", "sh"))),
    ("Polish", ((r"ch$", "k"), (r"szcz", "sh"), (r"prz", "psh"), (r"krz", "ksh"), (r"rz|zi(?=[aeo])|ż", "zh"), (r"sz|s(?=[in]|zn)", "sh"), (r"cz|c(?=i)", "ch"), (r"w", "v"), (r"j", "y"), (r"c(?=[^hkz]|$)", "ts"), (r"^dab", "domb"))),
    ("Polish without softening", ((r"rz", "zh"), (r"sz", "sh"), (r"cz", "ch"), (r"w", "v"), (r"j", "y"))),
    ("Chinese", ((r"^x", "sh"), (r"^q", "ch"), (r"^zh", "j"), (r"^c", "ts"))),
    ("Spanish", ((r"^j|^x|(?<=[aeiou])j", "h"), (r"ll", "y"), (r"qu", "k"), (r"ñ", "ny"), (r"z$", "s"), (r"es$", "ez"))),
    ("Vietnamese and West African", ((r"^ng", "n"), (r"^nw", "w"), (r"kp", "p"), (r"gb", "b"), (r"^ts", "ch"))),
)  # fmt: skip
SAID_OTHERWISE = {
    "beauchamp": "beecham", "belvoir": "beever", "cholmondeley": "chumley", "cockburn": "coburn", "colquhoun": "cahoon", "dalziel": "deeyell", "farquhar": "farker",
    "featherstonehaugh": "fanshaw", "geoghegan": "gaygan", "gough": "goff", "hough": "huff", "keogh": "keeo", "leveson-gower": "loosongore", "mainwaring": "mannering",
    "marjoribanks": "marchbanks", "menzies": "mingis", "mcleod": "mccloud", "macleod": "mccloud", "milngavie": "mulguy", "pepys": "peeps", "pugh": "pew", "ruthven": "riven",
    "st john": "sinjin", "strachan": "strawn", "urquhart": "erkit", "vaughan": "vorn", "villiers": "villers", "wriothesley": "rizley", "wymondham": "windham",
    "joaquin": "wakeen", "nguyen": "win", "xavier": "zavier", "ewan": "youan", "isla": "eyela", "sean": "shawn", "siobhan": "shavawn", "sinead": "shinaid", "tadhg": "tyg",
    "ruaridh": "rory", "rhys": "reece", "ciara": "keera", "cian": "keean", "oisin": "osheen", "aine": "awnya", "grainne": "grawnya", "sian": "sharn", "deborah": "debra",
    "leigh": "lee", "hugh": "hew", "geoffrey": "jeffry", "graham": "graem", "yvonne": "evon", "yvette": "evet", "zoe": "zoey", "thomas": "tomas", "theresa": "tereesa",
}  # fmt: skip
"""Names whose spelling tells little, as they are said."""
SHORTEST_KEY = 3
"""Consonants that two names must share to sound alike; with fewer the first letter decides too."""


@lru_cache(maxsize=100_000)
def key(word: str) -> str:
    """The consonants of a word as an English speaker hears them."""
    sounded = word.lower()
    for pattern, replacement in ENGLISH:
        sounded = re.sub(pattern, replacement, sounded)
    return sounded.replace(".", "").lower()


@lru_cache(maxsize=10_000)
def keys(name: str) -> frozenset[str]:
    """All keys of a name: as an English one, and as a name of each language."""
    lower = name.lower()
    readings = {lower, SAID_OTHERWISE.get(lower, lower)}
    for _, rules in LANGUAGES:
        reading = lower
        for pattern, replacement in rules:
            reading = re.sub(pattern, replacement, reading)
        readings.add(reading)
    return frozenset(key(reading) for reading in readings)
