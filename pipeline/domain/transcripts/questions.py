"""Who asks: evidence from the words alone, also without question marks and capitals."""

import re
from collections.abc import Sequence

# Words with which a listener asks, invites, or steers; counted wherever they stand.
_ASKING = re.compile(
    r"\b(?:(?:do|did|would|could|can|have|are|were|will|should) you\b(?! know\b| see\b)"
    r"|(?:what|how|why|when|where|which|who)(?:'s| is| was| are| were| do| does| did| would| could"
    r"| about| kind| sort| has| have| made| makes| might| else| happened| happens| many| long"
    r"| often| much| come)\b"
    r"|tell (?:me|us)\b|talk me\b|say (?:a bit |some |a little )?more\b|anything (?:else|you)\b"
    r"|you (?:mentioned|said|were saying|talked about)\b|(?:does|did|would|could|has|is|was|were)"
    r" (?:that|it|this|there|anyone|anybody|your|they) (?:\w+)"
    r"|living your best life|your best life|that sounds|thank you for|thanks for"
    r"|i'?d like to ask|my name'?s|are you happy to|for the (?:recording|tape)|the recorder"
    r"|recording|if (?:you|we) could|let'?s (?:start|begin|talk|move)|shall we|next question"
    r"|last question|before we (?:start|begin|finish|stop)|in your own words|walk me)"
)
_TO_YOU = re.compile(r"\b(?:you|your|yours|yourself)\b")
_ABOUT_ME = re.compile(r"\b(?:i|i'm|i've|i'd|i'll|me|my|mine|myself|im|ive)\b")
_OPENING = re.compile(
    r"\b(?:record\w*|my name'?s|i'?m \w+|it'?s the|thanks for|thank you for|consent|could you say"
    r"|introduce|are you happy|tell me|tape|best life|welcome|ready)\b"
)
_QUESTION_AT_START = re.compile(
    r"^(?:(?:and|so|but|okay|ok|right|um|er|erm|oh|well|yeah|mm|ah|now|then|great|lovely|sure|"
    r"thanks|sorry)[, ]+){0,4}(?:what|how|why|when|where|which|who|whose|do|does|did|is|are|was|"
    r"were|can|could|would|will|have|has|had|tell|any|anything)\b"
)


def asking_score(turns: Sequence[str], *, share: float, opens: bool) -> float:
    """How much a speaker's words are those of the one who asks; compare between speakers.

    Parameters
    ----------
    turns : sequence of str
        All turns of this speaker.
    share : float
        This speaker's share of all words, 0 to 1.
    opens : bool
        Whether this speaker has the first turn of the recording.
    """
    folded = [turn.casefold().replace("\u2019", "'") for turn in turns]
    n_turns = len(folded) or 1
    text = "\n".join(folded)
    n_words = max(len(text.split()), 1)
    marked = sum(turn.rstrip(" \"')").endswith("?") for turn in folded) / n_turns
    begun = sum(bool(_QUESTION_AT_START.match(turn)) for turn in folded) / n_turns
    asking = min(len(_ASKING.findall(text)) * 12 / n_words, 1.5)
    to_you, about_me = len(_TO_YOU.findall(text)), len(_ABOUT_ME.findall(text))
    address = (to_you + 1) / (to_you + about_me + 2)
    opening = 0.4 if opens and _OPENING.search(folded[0]) else 0.1 * opens
    return marked + begun + asking + address + opening + 0.8 * (1 - share)
