"""What a worker would have started."""

from __future__ import annotations

from campaign_app.domain.ports import Job


class Started(list[tuple[str, object]]):
    def __call__(self, job: Job) -> None:
        self.append((job.kind, job.args.get("campaign_id", job.args.get("account_id"))))
