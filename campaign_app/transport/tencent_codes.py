"""What each of Tencent Cloud's error codes asks for, in one table.

Where the codes are from: those of SMS from the comments of Tencent's own SDK (`errorcodes.py` of
`tencentcloud-sdk-python-sms` 3.1.153), the common ones from the page of error codes of its API documentation. Which of
them ask for which reaction is ours, except that `InternalError.Timeout` on SendSms leaves the outcome open.
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
_DAY_QUOTA: Final = Rule(Reaction.LATER, "sender_quota", Until.DAY)
_KEYS: Final = Rule(Reaction.ACCOUNT, "unauthorized_key")
_SIGNED: Final = Rule(Reaction.ACCOUNT, "bad_signature")
_CLOCK: Final = Rule(Reaction.ACCOUNT, "clock_skew")

# what stands before the point: for the codes of a family that are not named below
FAMILIES: Final[Mapping[str, Rule]] = {
    "AuthFailure": _KEYS,
    "UnauthorizedOperation": _PERMISSION,
    "RequestLimitExceeded": _AGAIN,
    "InternalError": _UNSURE,
    "LimitExceeded": _PERSON,
    "FailedOperation": _NEVER,
    "InvalidParameter": _NEVER,
    "InvalidParameterValue": _NEVER,
    "MissingParameter": _NEVER,
    "UnknownParameter": _NEVER,
    "InvalidRequest": _NEVER,
    "RequestSizeLimitExceeded": _NEVER,
    "UnsupportedOperation": _NEVER,
    "UnsupportedProtocol": _NEVER,
    "ActionOffline": _NEVER,
    "InvalidAction": _NEVER,
    "NoSuchProduct": _NEVER,
    "NoSuchVersion": _NEVER,
    "UnsupportedRegion": _NEVER,
    "IpInBlacklist": Rule(Reaction.ACCOUNT, "ip_not_allowed"),
    "IpNotInWhitelist": Rule(Reaction.ACCOUNT, "ip_not_allowed"),
}
CODES: Final[Mapping[str, Rule]] = {
    "AuthFailure.SignatureExpire": _CLOCK,
    "AuthFailure.SignatureFailure": _SIGNED,
    "AuthFailure.UnauthorizedOperation": _PERMISSION,
    "InternalError.RequestTimeException": _CLOCK,
    "InternalError.SigFieldMissing": _SIGNED,
    "InternalError.SigVerificationFail": _SIGNED,
    "InternalError.RestApiInterfaceNotExist": _NEVER,
    # limits of time: of one number, or of the whole application
    "LimitExceeded.DeliveryFrequencyLimit": _AGAIN,
    "LimitExceeded.PhoneNumberThirtySecondLimit": CAPPED,
    "LimitExceeded.PhoneNumberOneHourLimit": CAPPED,
    "LimitExceeded.PhoneNumberDailyLimit": CAPPED,
    "LimitExceeded.PhoneNumberSameContentDailyLimit": CAPPED,
    "LimitExceeded.PhoneNumberCountLimit": _NEVER,
    "LimitExceeded.AppDailyLimit": _DAY_QUOTA,
    "LimitExceeded.AppMainlandChinaDailyLimit": _DAY_QUOTA,
    "LimitExceeded.DailyLimit": _DAY_QUOTA,
    # the whole account
    "FailedOperation.MarketingSendTimeConstraint": Rule(Reaction.LATER, "marketing_hours", Until.HOURS),
    "FailedOperation.InsufficientBalanceInSmsPackage": Rule(Reaction.ACCOUNT, "balance"),
    "FailedOperation.NotEnterpriseCertification": Rule(Reaction.ACCOUNT, "enterprise_only"),
    "FailedOperation.ProhibitSubAccountUse": Rule(Reaction.ACCOUNT, "main_account_only"),
    "FailedOperation.SignatureIncorrectOrUnapproved": Rule(Reaction.ACCOUNT, "signature_unusable"),
    "InvalidParameterValue.SdkAppIdNotExist": Rule(Reaction.ACCOUNT, "sdk_app_id"),
    "InvalidParameter.AppidAndBizId": Rule(Reaction.ACCOUNT, "sdk_app_id"),
    "UnauthorizedOperation.IndividualUserMarketingSmsPermissionDeny": Rule(Reaction.ACCOUNT, "enterprise_only"),
    "UnauthorizedOperation.RequestIpNotInWhitelist": Rule(Reaction.ACCOUNT, "ip_not_allowed"),
    "UnauthorizedOperation.SdkAppIdIsDisabled": Rule(Reaction.ACCOUNT, "sdk_app_id"),
    "UnauthorizedOperation.SmsSdkAppIdVerifyFail": Rule(Reaction.ACCOUNT, "sdk_app_id"),
    "UnauthorizedOperation.ServiceSuspendDueToArrears": Rule(Reaction.ACCOUNT, "balance"),
    # one person or one message; the words for them are in the table `outcome_code` of `terms.toml`
    "FailedOperation.PhoneNumberInBlacklist": Rule(Reaction.OPTED_OUT, "provider_refused"),
    "FailedOperation.ContainSensitiveWord": _PERSON,
    "FailedOperation.TemplateIncorrectOrUnapproved": _NEVER,
    "FailedOperation.TemplateUnapprovedOrNotExist": _NEVER,
    "FailedOperation.TemplateIdNotExist": _NEVER,
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": _NEVER,
    "InvalidParameterValue.ContentLengthLimit": _PERSON,
    "InvalidParameterValue.IncorrectPhoneNumber": _PERSON,
    "InvalidParameterValue.MarketingTemplateWithoutUnsubscribe": _NEVER,
    "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter": _PERSON,
    "InvalidParameterValue.TemplateParameterFormatError": _PERSON,
    "InvalidParameterValue.TemplateParameterLengthLimit": _PERSON,
}


def rule_of(code: str) -> Rule:
    """Of a code that is new, its family's; of a family that is new nobody knows whether it was carried out."""
    return CODES.get(code) or FAMILIES.get(code.partition(".")[0], _UNSURE)
