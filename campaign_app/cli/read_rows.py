"""`campaign-app read-rows`: what a worker starts to have a large file read beside it; for nobody else."""

from __future__ import annotations

import os
import signal
import sys

from campaign_app.cli.words import fail
from campaign_app.domain.errors import AppError


def read_rows() -> None:
    """由后台进程启动：从标准输入得到导入计划，把整理好的数据行写到标准输出。"""
    from campaign_app import reading

    # Ctrl-C is meant for the worker, whose end is ours
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        reading.serve(sys.stdin.buffer, sys.stdout.buffer)
    except OSError:
        # the worker has ended, which Windows calls an invalid argument: what is left in the buffer goes nowhere, also
        # when Python writes it out at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except AppError:
        # a file that has changed, say: the worker meets the same as it reads on, and tells whoever has to know
        raise SystemExit(2) from None
    except (ValueError, TypeError, KeyError):
        fail("read-rows 由导入任务启动，不能单独使用。")
