"""From here on entries of the audit keep roots over what is sent, agreed and suppressed; what is there stays as it is.

How many rows there were by then, and up to which, is put down in the audit: more or fewer of them are noticed.
"""

from __future__ import annotations

from alembic import op

from campaign_app.storage.copies import last_known
from campaign_app.storage.roots import begin
from campaign_app.storage.times import EPOCH, to_ms

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    # no clock comes along: the newest moment that the workspace knows
    begin(connection, to_ms(last_known(connection) or EPOCH))
