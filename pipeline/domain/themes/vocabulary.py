"""Words that say nothing about a theme: function words, spoken fillers, listening noises."""

from pipeline.domain.validation.words import words_of

_FUNCTION_WORDS = """
a about above across after again against all almost alone along already also although always am
among an and another any anybody anyone anything anyway anywhere are aren't around as at away back
be because been before being below between both but by can can't cannot could couldn't did didn't
do does doesn't doing done don't down during each either else enough even ever every everybody
everyone everything everywhere few first for from further get gets getting give given go goes
going gone got had hadn't has hasn't have haven't having he he'd he'll he's her here hers herself
him himself his how however i i'd i'll i'm i've if in into is isn't it it'd it'll it's its itself
just last least less let let's like made make makes making many may maybe me mean might mine more
most much must my myself near need neither never next no nobody none nor not nothing now nowhere
of off often on once one ones only onto or other others our ours ourselves out over own per perhaps
put quite rather really round same shall she she'd she'll she's should shouldn't since so some
somebody someone something sometimes somewhere still such take than that that'd that's the their
theirs them themselves then there there's these they they'd they'll they're they've thing things
this those though through till to together too took toward towards two under until up upon us used
very was wasn't way we we'd we'll we're we've well went were weren't what what's whatever when
where whether which while who who's whole whom whose why will with within without won't would
wouldn't yes yet you you'd you'll you're you've your yours yourself yourselves
"""

_SPOKEN = """
ah anyways aye basically bit bless bloody blah cause come comes came coming cos course dear dunno
eh er erm every exactly fine fair gonna good god great gosh guess guy ha hang hello hi hmm honest
honestly huh innit kind kinda know known knows known laughs literally look looks lot lots lovely
mate mhm mm mmm nah nice obviously oh okay ok old people please pretty probably right said sat say
saying says see seen seems sort sorry stuff suppose sure tell tells telling thank thanks think
thinking thought told tried try trying um uh want wanted wants whatnot wow ya yeah yep yer
asked ask asks called call feel felt happened happen keep kept left little long lost man meant
talk talking talked time times today tomorrow woman word words year years yesterday day days
gave looked looking girl girls lady ladies bloke chap lads fella boy boys men women wrote
started find found far side turned saw stuck hold held set use using different big late past
hundred thousand three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty
fifty sixty seventy eighty ninety half minute minutes second hour hours week weeks month months
morning afternoon evening night monday tuesday wednesday thursday friday saturday sunday january
february march april may june july august september october november december
question questions conversation interview recording recorded living life best hope hopes
""".strip()

_LOOSE = """
able absolutely actually ago alright bye bye-bye certainly cheers clearly completely couple
currently definitely especially eventually extremely fairly finally frankly fully generally
goodbye hopefully immediately mainly mostly naturally normally otherwise particularly personally
possibly presumably previously properly recently roughly seriously simply slightly sounds
sounded specifically suddenly totally truly typically unfortunately usually whereas cheerio
"""

STOPWORDS = frozenset((_FUNCTION_WORDS + _SPOKEN).split())
"""Words by which no two texts are alike."""

UNTELLING = STOPWORDS | frozenset(_LOOSE.split())
"""Words that no theme is called by: these, and how people say things rather than what."""


def plain_text(text: str) -> str:
    """The words of a redacted text in lower case, placeholders and punctuation left out."""
    return " ".join(words_of(text))
