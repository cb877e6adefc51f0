"""`send` where policy asks for a second person: who changed the campaign last is refused, and nothing is approved."""

from __future__ import annotations

from pathlib import Path

from campaign_app.domain.campaign import CampaignState
from tests.helpers.line import new_line
from tests.helpers.staged import stage


def test_whoever_changed_it_last_is_refused_with_a_sentence_and_no_json(tmp_path: Path) -> None:
    line = new_line(tmp_path)
    with line.open() as app:
        screened = stage(app).screened()
        app.policies.save({"approval_by_another": "1"}, actor="cli")
        ready, me = app.campaigns.funnel(screened.id)["ok"], app.person.user
    said = line.call("send", str(screened.id), "--recipients", str(ready), "--json", *line.options)
    assert (said[0], said[1]) == (2, "")
    assert "另一人" in said[2]
    assert me in said[2]
    with line.open() as app:
        assert app.campaigns.get(screened.id).state is CampaignState.SCREENED
