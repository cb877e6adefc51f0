"""What Aliyun lets be used, and who shares a request: whose texts follow one template, each with values of their own.

A signature for verification codes and a template that is not for promotion are not usable, whatever else Aliyun says
of them.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from campaign_app.compliance.filed import Templates
from campaign_app.gateways.planning import apart
from campaign_app.gateways.wordings import Allowed, Wording
from campaign_app.transport.aliyun import AliyunCalls
from campaign_app.transport.aliyun_filed import NOTATION, signatures, templates

NUMBERS_MAX: Final = 100  # of one SendBatchSms, by Aliyun's documentation (66041)


def allowed(calls: AliyunCalls) -> Allowed:
    """Raises RemoteError where Aliyun does not say."""
    names = frozenset(one.name for one in signatures(calls) if one.usable)
    return Allowed(names, Templates([(one.code, one.text) for one in templates(calls) if one.usable], NOTATION))


def alike(wording: Wording) -> Hashable:
    return wording.template.code, apart(wording)
