"""JSON from outside: a provider's events, a campaign's rules."""

from __future__ import annotations

import json
from typing import Any, List, Mapping, Sequence, Union

from . import _core
from ._core import CallEvent, CampaignRules
from ._errors import Error, InvalidArgument

#: One event as a webhook brings it: JSON, or what was read from it.
CallEventInput = Union[str, bytes, Mapping[str, Any]]


def _text(body: Any) -> str:
    if isinstance(body, bytes):
        try:
            return body.decode()
        except UnicodeDecodeError as error:
            raise InvalidArgument("the body is no UTF-8", field="event") from error
    if isinstance(body, str):
        return body
    return json.dumps(body, default=str)


def call_event(body: CallEventInput) -> CallEvent:
    """Reads an event: `{"user_id", "call_id", "provider_call_id", "status", "outcome", "success", "retryable",
    "answered_at", "ended_at", "duration_seconds", "failure_reason"}`, as JSON or as a dict.

    `status` is any spelling of a status or outcome, with `-` or `_`, and `call-disconnected`; `answered` means that somebody
    has picked up: in progress. An `outcome` alone says that the call has ended. One of `call_id` and `provider_call_id` must
    be there. Raises InvalidArgument naming the field, NotFound for a text that is no id.
    """
    return _core.parse_call_event(_text(body))


def call_events(body: Union[CallEventInput, Sequence[Mapping[str, Any]]]) -> List[Union[CallEvent, Error]]:
    """Reads one event, or a list of 1 to 1,000: for each a `CallEvent`, or the `Error` that says what is wrong with
    it."""
    return _core.parse_call_events(_text(body))


def campaign_rules(body: CallEventInput, base: CampaignRules = CampaignRules()) -> CampaignRules:
    """Reads rules as they are in a campaign's JSON (`CallCampaign.to_dict()["rules"]`), as JSON or as a dict. What is
    absent stays as in `base`. Raises InvalidArgument naming the field (`retry.max_attempts`)."""
    return _core.parse_campaign_rules(_text(body), base)
