"""Release: what each audience may have. Rules: `pipeline.domain.release`."""

import dagster as dg

from pipeline.assets.spec import release_asset, release_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.gate import Events, check_specs_for
from pipeline.releasing import every_promise_is_proven, release
from pipeline.resources.landing import Landing
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage
from pipeline.tables import AUDIENCES


def release_to(audience: str) -> dg.AssetsDefinition:
    """The asset of one audience's releases, so that one that is refused holds up no other."""

    @dg.multi_asset(
        name=f"build_{release_asset(audience)}",
        specs=[release_spec(audience)],
        check_specs=check_specs_for(checks=[every_promise_is_proven(audience)]),
        pool="corpus",
    )
    @quoting_nobody
    def build(storage: Storage, programme: Programme, landing: Landing) -> Events:
        """The consented subset, proven before it is published."""
        yield from release(storage, programme, landing, audience)

    return build


releases = [release_to(audience) for audience in AUDIENCES]
