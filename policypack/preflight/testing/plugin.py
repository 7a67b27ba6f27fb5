"""The pytest plugin: the fixture ``preflight`` previews a program as production runs it.

::

    def test_prod_keeps_its_data(preflight):
        prod = preflight.preview("stacks/payments", stack="prod")
        assert not prod.blocking
        assert prod.find("aws.s3.Bucket", "receipts")["forceDestroy"] is False

Every pytest run of an environment that has Preflight loads this module, so it imports the rest when it is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from preflight.testing.previews import Previews


@pytest.fixture(scope="session", name="preflight")
def preflight_fixture(request: pytest.FixtureRequest) -> Previews:
    """Previews Pulumi programs offline: `preflight.preview(DIR, stack=…, config={…})`; each one once a session."""
    from preflight.testing.previews import Previews

    return Previews(request.config.rootpath)
