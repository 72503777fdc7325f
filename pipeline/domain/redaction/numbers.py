"""Patterns of numbers as written and as said, shared by ages, dates and addresses."""

UNITS = "one|two|three|four|five|six|seven|eight|nine"
TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
TENS = "twenty|thirty|forty|fourty|fifty|sixty|seventy|eighty|ninety"
UP_TO_99 = rf"(?:(?:{TENS})(?:[-\s](?:{UNITS}))?|{TEENS}|{UNITS})"
UP_TO_110 = rf"(?:a hundred(?: and (?:{UNITS}|ten))?|{UP_TO_99}|1?\d?\d)"

ORDINAL_UNITS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
ORDINALS = (
    rf"(?:(?:twenty|thirty)[-\s](?:{ORDINAL_UNITS})|{ORDINAL_UNITS}|tenth|eleventh|twelfth|thirteenth|"
    r"fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)"
)
MONTHS = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)"
)
WEEKDAYS = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues|tue|weds|wed|thurs|thur|thu|fri|sat|sun)"
YEAR = (
    rf"(?:(?:19|20)\d\d|['’]\d\d|nineteen[-\s](?:oh[-\s](?:{UNITS})|hundred|{UP_TO_99})|"
    rf"twenty[-\s](?:oh[-\s](?:{UNITS})|twenty(?:[-\s](?:{UNITS}))?|{TEENS}|thirty)|"
    rf"two thousand(?: and)?(?: (?:{UP_TO_99}))?)"
)
