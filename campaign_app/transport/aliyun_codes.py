"""What each of Aliyun's error codes asks for, in one table.

The codes of the SMS interface are those of its page of error codes (help.aliyun.com, 101346), which says too that
`isp.SYSTEM_ERROR` may be tried again and which limits end with a day or a month. Unverified: the names of the gateway's
own codes (`Throttling…`, `Signature…`, `InvalidTimeStamp…`, `InvalidAccessKeyId…`, `Forbidden…`, `InvalidAction…`,
`ServiceUnavailable`), and whether a code that blames one number refuses the whole of a request with many; that is taken
for unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_app.services.window import Until
from campaign_app.transport.reactions import CAPPED, Reaction, Rule

_AGAIN: Final = Rule(Reaction.AGAIN, "throttled")
_UNSURE: Final = Rule(Reaction.UNSURE, "server_error")
_PERSON: Final = Rule(Reaction.PERSON, "provider_refused")
_NEVER: Final = Rule(Reaction.NEVER, "provider_refused")
_PERMISSION: Final = Rule(Reaction.ACCOUNT, "permission")
_KEYS: Final = Rule(Reaction.ACCOUNT, "unauthorized_key")
_SIGNED: Final = Rule(Reaction.ACCOUNT, "bad_signature")
_CLOCK: Final = Rule(Reaction.ACCOUNT, "clock_skew")
_SIGNATURE: Final = Rule(Reaction.ACCOUNT, "signature_unusable")
_BALANCE: Final = Rule(Reaction.ACCOUNT, "balance")

CODES: Final[Mapping[str, Rule]] = {
    # nobody knows whether it was carried out
    "isp.SYSTEM_ERROR": _UNSURE,
    # one person: limits of the number, for a minute, an hour or a day, numbers that are none, and what only one reads
    "isv.BUSINESS_LIMIT_CONTROL": CAPPED,
    "isv.MOBILE_NUMBER_ILLEGAL": _PERSON,
    "isv.BLACK_KEY_CONTROL_LIMIT": _PERSON,
    "isv.SMS_CONTENT_ILLEGAL": _PERSON,
    "isv.UNSUPPORTED_CONTENT": _PERSON,  # an emoji or a character of traditional writing (2881383)
    "isv.PARAM_NOT_SUPPORT_URL": _PERSON,
    # what is sent
    "isv.SMS_TEMPLATE_ILLEGAL": _NEVER,
    "isv.TEMPLATE_MISSING_PARAMETERS": _NEVER,
    "isv.INVALID_JSON_PARAM": _NEVER,
    "isv.MOBILE_COUNT_OVER_LIMIT": _NEVER,
    # the whole account
    "isv.DAY_LIMIT_CONTROL": Rule(Reaction.LATER, "sender_quota", Until.DAY),
    "isv.MONTH_LIMIT_CONTROL": Rule(Reaction.LATER, "sender_month", Until.MONTH),
    "isv.SMS_SIGNATURE_ILLEGAL": _SIGNATURE,
    "isv.SMS_SIGN_ILLEGAL": _SIGNATURE,
    "isv.SIGN_STATE_ILLEGAL": _SIGNATURE,
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": Rule(Reaction.ACCOUNT, "signature_scene"),
    "isv.EXTEND_CODE_ERROR": Rule(Reaction.ACCOUNT, "port_shared"),
    "isv.DENY_IP_RANGE": Rule(Reaction.ACCOUNT, "ip_not_allowed"),
    "isv.OUT_OF_SERVICE": _BALANCE,
    "isv.AMOUNT_NOT_ENOUGH": _BALANCE,
    "isp.RAM_PERMISSION_DENY": _PERMISSION,
    # the gateway in front of it, unverified
    "SignatureDoesNotMatch": _SIGNED,
    "SignatureNonceUsed": _UNSURE,  # our nonce came twice, so the first of the two may have been taken
    "InvalidTimeStamp.Expired": _CLOCK,
    "ServiceUnavailable": _UNSURE,
    "InternalError": _UNSURE,
}
# what stands before the first point, for codes that are not named above
FAMILIES: Final[Mapping[str, Rule]] = {
    "Throttling": _AGAIN,
    "InvalidAccessKeyId": _KEYS,
    "IncompleteSignature": _SIGNED,
    "InvalidTimeStamp": _CLOCK,
    "Forbidden": _PERMISSION,
    "NoPermission": _PERMISSION,
    "InvalidAction": _PERMISSION,  # an account or a region that has no such call
    "isv": _NEVER,
}


def rule_of(code: str) -> Rule:
    """Of a code that is new, its family's; of a family that is new nobody knows whether it was carried out."""
    return CODES.get(code) or FAMILIES.get(code.partition(".")[0], _UNSURE)
