"""How much is proved: `CAMPAIGN_APP_SOAK=1` asks for all of it; without it there are samples."""

from __future__ import annotations

import os
from typing import Final

ALL: Final = bool(os.environ.get("CAMPAIGN_APP_SOAK"))
NOT_ASKED_FOR: Final = "a long proof of what other tests sample: CAMPAIGN_APP_SOAK=1 asks for it"
