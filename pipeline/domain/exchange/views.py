"""A release as views for DuckDB: one for each table, and a few that join them."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pipeline.domain.exchange.marks import named
from pipeline.domain.release.leaving import Leaving
from pipeline.domain.release.policy import RELEASED

VIEWS = "views.sql"

_HEAD = """\
-- Views of this release for DuckDB. In the release's folder:
--     duckdb -init {script}
-- Each table is a view of its Parquet file; the last ones join them. Nothing is copied.
"""


class _Joined(NamedTuple):
    """A view over several tables; made only where all of its columns are released."""

    name: str
    meaning: str
    needs: Mapping[str, tuple[str, ...]]
    query: str


_JOINED = (
    _Joined(
        "quotes_with_themes",
        "Quotes beside the theme they are of, in the order of the themes' rank by people.",
        {
            "quotes": (
                "quote_id", "participant_id", "theme_id", "reading_text", "voice", "position",
            ),
            "themes": ("theme_id", "label", "n_people"),
        },
        "SELECT t.theme_id, t.label, t.n_people, q.position, q.voice, q.reading_text,\n"
        "       q.quote_id, q.participant_id\n"
        "FROM quotes q JOIN themes t USING (theme_id)\n"
        "ORDER BY t.n_people DESC NULLS LAST, t.theme_id, q.position",
    ),
    _Joined(
        "sets_with_stories",
        "Story sets with their stories in order, and why each is in its place.",
        {
            "story_sets": ("story_set_id", "kind", "title", "story_id", "position", "why"),
            "stories": ("story_id", "participant_id", "theme_id", "lane", "voice", "reading_text"),
        },
        "SELECT s.kind, s.title, s.position, r.lane, r.voice, r.reading_text, s.why,\n"
        "       s.story_set_id, s.story_id, r.participant_id, r.theme_id\n"
        "FROM story_sets s JOIN stories r USING (story_id)\n"
        "ORDER BY s.kind, s.story_set_id, s.position",
    ),
    _Joined(
        "themes_by_voice",
        "Themes with the share of people who raise each in every voice: one row a theme.",
        {
            "themes": ("theme_id", "label", "n_people", "share_of_people"),
            "theme_prevalence": ("theme_id", "voice", "share_of_people"),
        },
        "SELECT t.theme_id, t.label, t.n_people, t.share_of_people,\n"
        "       max(p.share_of_people) FILTER (p.voice = 'good') AS share_good,\n"
        "       max(p.share_of_people) FILTER (p.voice = 'improve') AS share_improve,\n"
        "       max(p.share_of_people) FILTER (p.voice = 'hope') AS share_hope\n"
        "FROM themes t LEFT JOIN theme_prevalence p USING (theme_id)\n"
        "GROUP BY ALL ORDER BY t.n_people DESC NULLS LAST, t.theme_id",
    ),
    _Joined(
        "themes_by_people",
        "Who raises which theme, and in how many segments: one row a person and theme.",
        {
            "theme_assignments": ("segment_id", "theme_id"),
            "segments": ("segment_id", "participant_id", "n_words"),
            "themes": ("theme_id", "label"),
        },
        "SELECT a.theme_id, t.label, s.participant_id, count(*) AS n_segments,\n"
        "       sum(s.n_words) AS n_words\n"
        "FROM theme_assignments a\n"
        "JOIN segments s USING (segment_id) JOIN themes t USING (theme_id)\n"
        "GROUP BY ALL ORDER BY a.theme_id, n_segments DESC, s.participant_id",
    ),
    _Joined(
        "disagreements_to_discuss",
        "What people and the machine do not agree about, with the words; the furthest apart first.",
        {
            "coder_disagreements": (
                "coder", "segment_id", "machine_theme_ids", "coder_theme_ids", "distance",
            ),
            "segments": ("segment_id", "question", "text"),
            "themes": ("theme_id", "label"),
        },
        "SELECT d.coder, d.distance, s.question, s.text,\n"
        "       (SELECT list(label ORDER BY label) FROM themes\n"
        "        WHERE list_contains(d.machine_theme_ids, theme_id)) AS machine_says,\n"
        "       (SELECT list(label ORDER BY label) FROM themes\n"
        "        WHERE list_contains(d.coder_theme_ids, theme_id)) AS coder_says,\n"
        "       d.segment_id\n"
        "FROM coder_disagreements d JOIN segments s USING (segment_id)\n"
        "ORDER BY d.distance DESC, d.coder, d.segment_id",
    ),
)  # fmt: skip


def views(leaving: Leaving) -> bytes:
    """A script of views over the release's Parquet files, for DuckDB in the release's folder."""
    statements = [
        _HEAD.format(script=VIEWS),
        f"-- {named(leaving.title)}, released for {leaving.audience}.\n",
        *(part for table in sorted(leaving.tables) for part in _table(leaving, table)),
        *(part for joined in _JOINED if _can(joined, leaving) for part in _view(joined)),
    ]
    return "\n".join(statements).encode() + b"\n"


def _table(leaving: Leaving, table: str) -> Iterator[str]:
    yield (
        f"CREATE OR REPLACE VIEW {_name(table)} AS\n"
        f"SELECT * FROM read_parquet({_text(f'{table}.parquet')});"
    )
    yield f"COMMENT ON VIEW {_name(table)} IS {_text(RELEASED[table].meaning)};"
    for column in RELEASED[table].columns:
        if column.name in leaving.tables[table].columns:
            place = f"{_name(table)}.{_name(column.name)}"
            yield f"COMMENT ON COLUMN {place} IS {_text(column.meaning)};"
    yield ""


def _view(joined: _Joined) -> Iterator[str]:
    yield f"CREATE OR REPLACE VIEW {_name(joined.name)} AS\n{joined.query};"
    yield f"COMMENT ON VIEW {_name(joined.name)} IS {_text(joined.meaning)};\n"


def _can(joined: _Joined, leaving: Leaving) -> bool:
    return all(
        table in leaving.tables and set(columns) <= set(leaving.tables[table].columns)
        for table, columns in joined.needs.items()
    )


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
