"""English in all its colours is English; other languages are not."""

import pytest

from pipeline.resources.language import detect_language

pytestmark = pytest.mark.model


@pytest.mark.parametrize(
    "text",
    [
        "yeah er um i mean i goes up the doctors like and they was all right but you know it were "
        "ever so long to wait innit so we just stopped home",
        "er um mm yeah mm hmm yeah no yeah right okay yeah mm no yeah um yeah okay right mm yeah",
        "so my nain used to say bore da to everyone in the shop and then we'd have a cwtch on the "
        "sofa and i miss that about living in llandudno",
        "i go to the polski sklep on the corner for pierogi and the lady there she helps me with "
        "letters from the council because my english is not so good",
        "ee lass it were reet cold up on t'moor and me mam said dinna fash thissen we've nowt to "
        "fret about now",
    ],
    ids=["Dorset", "fillers", "some Welsh", "some Polish", "Yorkshire"],
)
def test_spoken_english_is_english(text: str) -> None:
    assert detect_language(text) == "en"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("cy", "dw i'n byw yn y dref ac mae'r plant yn mynd i'r ysgol leol bob dydd"),
        ("pl", "mieszkam tutaj od dziesieciu lat i bardzo lubie to miejsce ale trudno jest"),
        ("fr", "je voudrais bien avoir un rendez-vous avec le m\u00e9decin mais il faut attendre"),
        ("pt", "eu moro aqui h\u00e1 dez anos e gosto muito mas \u00e9 dif\u00edcil"),
    ],
)
def test_other_languages_are_told_by_name(code: str, text: str) -> None:
    assert detect_language(text) == code


def test_a_text_without_letters_is_in_no_language() -> None:
    assert detect_language("1 2 3 ... !") == "und"
