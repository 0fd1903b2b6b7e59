"""How `user_data` becomes JSON and back."""

from __future__ import annotations

import json
from typing import Any

from ._errors import InvalidArgument


def dumps(value: Any) -> str:
    """Strict JSON, which both databases take."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArgument(f"user_data has no JSON: {error}", field="user_data") from error


def loads(text: str) -> Any:
    """The value; a text that is no JSON (foreign SQL may have written it) is returned as it is."""
    try:
        return json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return text
