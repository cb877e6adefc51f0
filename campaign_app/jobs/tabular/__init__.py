"""Reading customer files: CSV and XLSX, streamed, with bad rows reported and never swallowed."""

from campaign_app.jobs.tabular.opening import open_table

__all__ = ["open_table"]
