"""How surely the people whom the register names are found, however their names are said or written down.

`python -m benchmarks.known_identifiers`. Registers and sentences are made up. Each register holds a
participant, an interviewer and a third party of any origin; a sentence mentions one of them: exactly,
misspelt, misheard, split or joined, by nickname or by initials. Near misses are sentences in which a
name, or a word one letter from it, is an ordinary word. Even seeds were looked at while rules were
mended, odd ones draw from other halves of the lists. "Register alone" is the known names without any
other evidence.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from benchmarks.spoken_forms import HALVES, count
from benchmarks.systems import programme_keep_list
from pipeline.domain.redaction.conversation import Find, gather
from pipeline.domain.redaction.spans import Finding

FIRST = (
    "Margaret", "Sheila", "Kenneth", "Deborah", "Raymond", "Gillian", "Oliver", "Harriet", "Nicholas", "Imogen", "Philippa", "Terence", "Niamh", "Siobhan",
    "Caoimhe", "Eilidh", "Hamish", "Mairead", "Bronwen", "Dafydd", "Myfanwy", "Gethin", "Priya", "Rajesh", "Gurpreet", "Ayesha", "Imran", "Lakshmi", "Mohammed",
    "Fatima", "Nasreen", "Tariq", "Ngozi", "Oluwaseun", "Chidi", "Adaeze", "Kwame", "Akosua", "Yetunde", "Babatunde", "Agnieszka", "Tomasz", "Wojciech",
    "Katarzyna", "Zbigniew", "Bozena", "Xiaoming", "Meiling", "Jianguo", "Yuki", "Haruto", "Thanh", "Linh", "Dimitra", "Giovanni", "Ines", "Joaquin",
    "Anneliese", "Ottilie", "Zsofia", "Ebrahim", "Layla", "Yusuf", "Samira", "Delroy", "Winsome", "Marlon", "Shanice", "Tendai", "Nomvula",
)  # fmt: skip
LAST = (
    "Hallett", "Pettigrew", "Rattenbury", "Sprackling", "Whittingham", "Featherstone", "Abernathy", "Trevelyan", "Thistlewood", "Gillingwater", "Loveridge",
    "Bracegirdle", "O'Shaughnessy", "McAllister", "Geraghty", "Macpherson", "Gallagher", "Farquharson", "Llewellyn", "Prydderch", "Gwynne", "Cadwallader",
    "Chowdhury", "Mukherjee", "Ahluwalia", "Hussain", "Qureshi", "Subramaniam", "Bhattacharya", "Dhaliwal", "Okonkwo", "Adeyemi", "Mensah", "Olatunji",
    "Nwachukwu", "Boateng", "Kowalczyk", "Przybylski", "Szymanska", "Wisniewski", "Dabrowski", "Zielinska", "Nguyen", "Huang", "Zhao", "Takahashi", "Papadopoulos",
    "Ioannidis", "Esposito", "Fernandes", "Vasquez", "Lindqvist", "Van der Berg", "Al-Rashid", "El-Sayed", "Haddad", "Mahmoudi", "Karimi", "Moyo", "Sibanda",
    "Campbell-Grant", "Smythe-Jones",
)  # fmt: skip
WORDS_TOO = (
    "Will", "Hope", "May", "Rose", "Mark", "Grace", "Joy", "Faith", "Bill", "Jack", "Frank", "Dean", "Rob", "Pat", "Sandy", "Penny", "Summer", "April",
    "Daisy", "Ivy", "Olive", "Holly", "Ruby", "Pearl", "Robin", "Dawn",
)  # fmt: skip
HEARD = {
    "Niamh": "Neve Neeve", "Siobhan": "Shivorn Shavon", "Caoimhe": "Keeva Queeva", "Eilidh": "Aylee Ailey", "Mairead": "Maraid Morade", "Dafydd": "Davith Daveth",
    "Myfanwy": "Mavanwy Muvanwee", "Bronwen": "Bronwyn Bronwin", "Gethin": "Gethan Gethyn", "Gurpreet": "Gurprit Goorpreet", "Lakshmi": "Laxmi Lukshmi",
    "Mohammed": "Muhammad Mohamed", "Nasreen": "Nazreen Nasrin", "Tariq": "Tarik Tarick", "Ngozi": "Ingozi Ungozi", "Oluwaseun": "Olowashayon Oluwashaun",
    "Adaeze": "Adaezay Adayzay", "Akosua": "Akoswa Akoswia", "Yetunde": "Yetundi Yetunday", "Agnieszka": "Agneshka Agnieshka", "Wojciech": "Voychek Voytek",
    "Tomasz": "Tomash Tomaz", "Katarzyna": "Katarzhina Katazhina", "Zbigniew": "Zbignev Zbignief", "Xiaoming": "Shaoming Showming", "Meiling": "Mayling Mailing",
    "Jianguo": "Jangwo Jiangwo", "Thanh": "Tan Tanh", "Dimitra": "Demetra Dimitria", "Giovanni": "Jovanni Geovani", "Joaquin": "Wakeen Hwakin", "Zsofia": "Zhofia Sofia",
    "Yusuf": "Yousef Usef", "Philippa": "Filippa Phillipa", "Imogen": "Imojen Immogen", "Deborah": "Debra Debora", "Gillian": "Jillian Gilian", "Ottilie": "Otilly Ottoly",
    "Hallett": "Halit Hallet", "Rattenbury": "Rattenbry Ratonbury", "Sprackling": "Spracklin Sprakling", "Featherstone": "Fetherston Featherston", "Geraghty": "Gerity Gerahty",
    "O'Shaughnessy": "Oshawnessy Oshonessy", "Gallagher": "Gallaher Galager", "Farquharson": "Farkerson Farquarson", "Llewellyn": "Lewellin Lewelyn",
    "Prydderch": "Prutherk Pritherch", "Cadwallader": "Cadwalader Kadwallader", "Chowdhury": "Choudry Chaudhary", "Mukherjee": "Mookerjee Mukerji",
    "Ahluwalia": "Aluwalia Alawalia", "Hussain": "Hussein Husane", "Qureshi": "Kureshi Koreshi", "Subramaniam": "Subramanium Soobramanian", "Bhattacharya": "Batacharia Battacharya",
    "Dhaliwal": "Dalywal Daliwal", "Okonkwo": "Okonquo Oconquo", "Adeyemi": "Adayemi Adeyemmy", "Nwachukwu": "Wachukwu Nuachuku", "Boateng": "Bwateng Boatang",
    "Kowalczyk": "Kovalchick Kovalchik", "Przybylski": "Pshibilski Shibilski", "Szymanska": "Shimanska Szimanska", "Wisniewski": "Vishnevski Wishnefsky",
    "Dabrowski": "Dombrowski Dabrovski", "Zielinska": "Zhelinska Zielinski", "Nguyen": "Newen Winn", "Huang": "Hwang Wang", "Zhao": "Jow Jao", "Takahashi": "Takahashy Tackahashi",
    "Papadopoulos": "Papadopolis Papadopulos", "Fernandes": "Fernandez Fernandish", "Vasquez": "Vaskez Vazquez", "Lindqvist": "Lindkvist Linquist", "Haddad": "Hadad Hadard",
    "Trevelyan": "Trevillian Trevelian", "Loveridge": "Lovridge Luveridge", "Abernathy": "Abanathy Abernethy",
}  # fmt: skip
SHORT = {
    "Margaret": "Mags Peggy Maggie Meg Madge", "Kenneth": "Ken Kenny", "Deborah": "Deb Debbie Debs", "Raymond": "Ray", "Gillian": "Gill Jill Gilly", "Oliver": "Ollie Olly",
    "Harriet": "Hattie Harri", "Nicholas": "Nick Nicky", "Imogen": "Immy Imo", "Philippa": "Pippa Pip", "Terence": "Terry Tel", "Mohammed": "Mo", "Katarzyna": "Kasia",
    "Tomasz": "Tomek", "Wojciech": "Wojtek", "Agnieszka": "Aga", "Giovanni": "Gianni", "Ottilie": "Tilly",
}  # fmt: skip
SAID = (
    "I told {} about the damp and nothing happened.", "It was {} who drove me to the hospital.", "So I rang {} and she came straight round.", "When {} moved in, everything changed.",
    "Is {} still at the same place?", "We used to go dancing with {} on a Friday.", "Thank you, {}, that's very kind.", "I said to {}, you can't carry on like that.",
    "Nobody listens to me except {}.", "My neighbour {} does my shopping.", "There was {}, and me, and the dog.", "They sent {} home with nothing in the house.",
    "It's {} you want to be talking to.", "Then {} got ill and it all stopped.", "Without {} I wouldn't be here.", "I haven't seen {} since the funeral.", "The letter had {} on it, and I cried.",
    "Ask {} about the bus.", "He's called {}, he's on the desk.", "That's when {} said enough is enough.", "I've known {} for forty years.", "Give it to {} to look after.",
)  # fmt: skip
POSSESSIVE = ("I went round to {} for tea.", "It's {} idea, not mine.", "We had it at {} house.", "That was {} chair by the window.", "I've still got {} number.", "You should hear {} story.")  # fmt: skip
FAMILY = ("The {} lived next door to us.", "All the {} went to that school.", "We had Christmas with the {}.", "I never got on with the {}.", "It was the {} who had the shop.", "Ask any of the {}.")  # fmt: skip
NEAR_MISSES = (
    ("Mandy", "There were so many people in the queue."), ("Mandy", "It's a handy little shop."), ("North", "It isn't worth the bus fare."), ("Will", "I will ring them tomorrow, I will."),
    ("Will", "Where there's a will there's a way."), ("Hope", "I hope they keep the library."), ("Hope", "We live in hope, don't we?"), ("May", "It may rain and it may not."),
    ("May", "They come in May, the swifts."), ("Rose", "The price rose again last week."), ("Rose", "She grew a rose up the wall."), ("Mark", "There's a mark on the carpet."), ("Grace", "Say grace before you eat."),
    ("Joy", "It gives me such joy, the garden."), ("Faith", "I lost faith in the whole system."), ("Bill", "The gas bill came and I cried."), ("Jack", "I had to jack it in."), ("Frank", "To be frank with you, it's a mess."),
    ("Dean", "It's a clean little place."), ("Rob", "They rob you blind in there."), ("Pat", "Give the dog a pat."), ("Sandy", "The beach is lovely and sandy."), ("Penny", "Every penny counts."), ("Summer", "It's lonely in summer."),
    ("April", "We moved in April."), ("Daisy", "She made a daisy chain."), ("Ivy", "The wall's all ivy."), ("Olive", "I like an olive or two."), ("Holly", "There's holly on the door."), ("Robin", "A robin came to the step."),
    ("Dawn", "I was up before dawn."), ("Terry", "It was a very long wait."), ("Kenneth", "The tenth one was the worst."), ("Harriet", "They harried me for the money."), ("Baker", "The baker shuts at two."), ("Cook", "I can't cook any more."),
    ("Price", "What price do you put on that?"), ("Young", "When you're young you don't think."), ("Long", "It's a long old road."), ("Short", "They're always short of staff."), ("Love", "I love the sea."), ("Banks", "All the banks have shut."),
    ("Fields", "We walked over the fields."), ("Stone", "I've lost a stone."), ("Wood", "I collect wood for the fire."), ("Hill", "I can't get up the hill."), ("Day", "Every day is the same."), ("Church", "I go to church on Sundays."),
    ("Lane", "Down the lane and left."), ("White", "It's all white inside."), ("Green", "We need the green space."), ("Brown", "The water came out brown."), ("Best", "Best thing I ever did."), ("Little", "A little help goes a long way."),
    ("Marley", "It was hardly open."), ("Hallett", "They gave me a tablet."), ("Layla", "I was playing later on."), ("Yusuf", "I make myself useful."), ("Marlon", "The bacon and melon were nice."), ("Ines", "The lines are always busy."),
    ("Linh", "There's no link to the next one."), ("Chidi", "My child went with me."), ("Moyo", "I need to move more."), ("Mensah", "The mental health team rang."), ("Geraghty", "It is greatly missed."), ("Esposito", "They took a deposit off me."),
    ("Margaret", "I went to the market."), ("Oliver", "They deliver on a Tuesday."), ("Sheila", "I shelled the peas."), ("Raymond", "My diamond ring went missing."), ("Imran", "We ran out of milk."), ("Delroy", "They destroy everything nice."),
    ("Winsome", "I win some, I lose some."), ("Haddad", "They had a day out."), ("Karimi", "I carried it home."), ("Zhao", "I know how it is."), ("Huang", "The picture hung there for years."), ("Thanh", "Better than it was."),
)  # fmt: skip
KEYS = "qwertyuiop asdfghjkl zxcvbnm"
VOWELS = "aeiou"


class Mention(NamedTuple):
    """A sentence that mentions somebody of the register."""

    seed: int
    manner: str
    names: tuple[str, ...]
    text: str
    start: int
    end: int


class Miss(NamedTuple):
    """A sentence that mentions nobody, though the register makes it look so."""

    seed: int
    names: tuple[str, ...]
    text: str


class Draw:
    """Choices of one seed, from its half of each list."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - made-up names, no secret
        self.half = seed % 2

    def pick(self, options: Sequence[str]) -> str:
        """One of this half's options."""
        return self.random.choice(options[self.half :: 2] if len(options) > 3 else options)


Manner = Callable[[Draw, str, str], tuple[str, str]]
"""From first name and surname: a sentence with a gap, and what fills it."""


def _exact(draw: Draw, first: str, last: str) -> tuple[str, str]:
    title = draw.random.choice(("Mr", "Mrs", "Miss", "Dr", "Ms"))
    kind = draw.random.randrange(7)
    if kind == 0:
        return draw.pick(POSSESSIVE), f"{first}'s"
    if kind == 1:
        return draw.pick(FAMILY), f"{last}s"
    if kind == 2:
        return draw.pick(SAID).replace("{}", f"{title} {{}}"), last
    return draw.pick(SAID), (f"{first} {last}", first, last.upper(), first)[kind - 3]


def _misspelt(draw: Draw, first: str, last: str) -> tuple[str, str]:
    name = draw.random.choice([n for n in (first, last) if len(n) > 3])
    return draw.pick(SAID), misspell(draw.random, name)


def _misheard(draw: Draw, first: str, last: str) -> tuple[str, str]:
    name = first if first in HEARD else last
    return draw.pick(SAID), draw.random.choice(HEARD[name].split())


def _split(draw: Draw, first: str, last: str) -> tuple[str, str]:
    longer = max(first, last.replace("-", "").replace(" ", ""), key=len)
    if draw.random.random() < 0.4:
        return draw.pick(SAID), (first + last).replace(" ", "").replace("'", "").capitalize()
    cut = draw.random.randint(3, len(longer) - 3) if len(longer) > 6 else 2
    return draw.pick(SAID), f"{longer[:cut].rstrip(chr(39))} {longer[cut:].lstrip(chr(39)).lower()}"


def _nickname(draw: Draw, first: str, _: str) -> tuple[str, str]:
    return draw.pick(SAID), draw.random.choice(SHORT[first].split())


def _initials(draw: Draw, first: str, last: str) -> tuple[str, str]:
    one, two = first[0], last[0]
    title = draw.random.choice(("Mrs", "Mr", "Miss", "Dr"))
    kind = draw.random.randrange(6)
    if kind == 4:
        return draw.pick(SAID).replace("{}", f"{title} {{}}"), two
    return draw.pick(SAID), (
        f"{one} {two}",
        f"{one}.{two}.",
        f"{one}{two}",
        f"{first} {two}",
        "",
        f"{one} {last}",
    )[kind]


def _word_name(draw: Draw, first: str, last: str) -> tuple[str, str]:
    return draw.pick(SAID), draw.random.choice((first, f"{first} {last}"))


MANNERS: dict[str, tuple[Manner, tuple[str, ...], tuple[str, ...]]] = {
    "exact": (_exact, FIRST, LAST),
    "misspelt": (_misspelt, FIRST, LAST),
    "misheard": (_misheard, tuple(n for n in FIRST if n in HEARD), tuple(n for n in LAST if n in HEARD)),
    "split or joined": (_split, FIRST, LAST),
    "nickname": (_nickname, tuple(SHORT), LAST),
    "initials": (_initials, FIRST, LAST),
    "exact, a word too": (_word_name, WORDS_TOO, LAST),
}  # fmt: skip
"""How people are mentioned, and the first names and surnames it is tried on."""


def misspell(rng: random.Random, name: str) -> str:
    """The name with one slip of the pen, two in a long one."""
    result = name
    for _ in range(2 if len(name) > 8 and rng.random() < 0.5 else 1):
        while True:
            changed = _slip(rng, result)
            if changed.lower() != name.lower():
                break
        result = changed
    return result


def _slip(rng: random.Random, name: str) -> str:
    """A letter doubled, dropped, swapped with the next or taken for a neighbour; the first stays."""
    place = rng.randrange(1, len(name) - 1)
    letter = name[place]
    kind = rng.randrange(5)
    if kind == 0:
        return name[:place] + letter + name[place:]
    if kind == 1:
        return name[:place] + name[place + 1 :]
    if kind == 2:
        return name[:place] + name[place + 1] + letter + name[place + 2 :]
    if kind == 3 and letter.lower() in VOWELS:
        return name[:place] + rng.choice(VOWELS) + name[place + 1 :]
    row = next((r for r in KEYS.split() if letter.lower() in r), "aeiou")
    near = row[max(0, row.find(letter.lower()) - 1)]
    return name[:place] + near + name[place + 1 :]


def mentions(count: int = 2400, first_seed: int = 0) -> list[Mention]:
    """Made-up mentions, one a seed; manners in turn, every second pair in lower case."""
    manners = tuple(MANNERS)
    return [
        mention(seed, manners[(seed // 2) % len(manners)])
        for seed in range(first_seed, first_seed + count)
    ]


def mention(seed: int, manner: str) -> Mention:
    """One mention and its register of three people."""
    draw = Draw(seed)
    say, firsts, lasts = MANNERS[manner]
    first, last = draw.pick(firsts), draw.pick(lasts)
    carrier, filled = say(draw, first, last)
    others = tuple(f"{draw.pick(FIRST)} {draw.pick(LAST)}" for _ in range(2))
    before, _, after = carrier.partition("{}")
    if draw.random.random() < 0.4:
        before, filled, after = _bare(before), _bare(filled).strip(), _bare(after)
    name_end = len(before) + len(filled.removesuffix("'s"))
    return Mention(seed, manner, (f"{first} {last}", *others), before + filled + after, len(before), name_end)  # fmt: skip


def _bare(text: str) -> str:
    """Lower case without punctuation."""
    return "".join(" " if c == "-" else c for c in text.lower() if c.isalnum() or c in " -")


def near_misses() -> list[Miss]:
    """Sentences in which the register's names, or words beside them, are ordinary words; cased and bare."""
    rows = [(f"{name} {LAST[i % len(LAST)]}", text) for i, (name, text) in enumerate(NEAR_MISSES)]
    both = [(name, text) for name, text in rows] + [(name, _bare(text)) for name, text in rows]
    return [Miss(seed, (name,), text) for seed, (name, text) in enumerate(both)]


def measure(finds: dict[str, Find] | None = None) -> dict[str, Any]:
    """Mentions found and false alarms of each system, by half, manner and writing."""
    chosen = finds or our_finds()
    said, near = mentions(), near_misses()
    return {
        "mentions": len(said),
        "near_misses": len(near),
        "systems": {name: _scores(find, said, near) for name, find in chosen.items()},
    }


def our_finds() -> dict[str, Find]:
    """Nothing but the register, and all that the pipeline runs."""
    from pipeline.resources.detector import Detector

    return {
        "register alone": lambda texts: [[] for _ in texts],
        "ours": Detector().find,
    }


def _scores(find: Find, said: Sequence[Mention], near: Sequence[Miss]) -> dict[str, Any]:
    keep = programme_keep_list()
    tallies: dict[str, dict[str, list[int]]] = {half: defaultdict(lambda: [0, 0]) for half in HALVES}  # fmt: skip
    for one in said:
        hit = is_found(one, gather([one.text], one.names, find, keep)[0])
        writing = "lower case" if one.text.islower() else "cased"
        for key in (one.manner, f"{one.manner}, {writing}"):
            count(tallies[HALVES[one.seed % 2]], key, hit=hit)
    for miss in near:
        found = gather([miss.text], miss.names, find, keep)[0]
        count(tallies[HALVES[miss.seed % 2]], "false alarms", hit=any(f.entity_type == "PERSON" for f in found))  # fmt: skip
    return {half: dict(sorted(counts.items())) for half, counts in tallies.items()}


def is_found(one: Mention, findings: Sequence[Finding]) -> bool:
    """Whether every letter of the mention is masked, as whatever type: "Haruto's house" may be one place."""
    cover = {i for f in findings for i in range(f.start, f.end)}
    return all(i in cover for i in range(one.start, one.end) if one.text[i].isalnum())


def table(result: dict[str, Any]) -> list[str]:
    """The result as Markdown: share found in per cent, by half of the mentions."""
    columns = [(name, half) for name in result["systems"] for half in HALVES]
    head = f"| {result['mentions']} mentions, {result['near_misses']} near misses | "
    lines = [
        head + " | ".join(f"{name}, {half}" for name, half in columns) + " |",
        "|---|" + "---|" * len(columns),
    ]
    for manner in [*MANNERS, "false alarms"]:
        for key in (manner, f"{manner}, cased", f"{manner}, lower case"):
            counts = [result["systems"][name][half].get(key, [0, 0]) for name, half in columns]
            if any(whole for _, whole in counts):
                lines.append(f"| {key} | {' | '.join(_share(*c) for c in counts)} |")
    return lines


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} ({part} of {whole})" if whole else "–"


if __name__ == "__main__":
    print("\n".join(table(measure())))
