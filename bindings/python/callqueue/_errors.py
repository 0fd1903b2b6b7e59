"""The family of errors."""

from __future__ import annotations

import json
from typing import Any, Dict

from ._enums import ErrorCode

__all__ = [
    "Conflict",
    "Corrupt",
    "Error",
    "InternalError",
    "InvalidArgument",
    "LimitReached",
    "NotFound",
    "Unavailable",
]


class Error(Exception):
    """What the library refuses or fails at. After any of them nothing was changed, unless a method says otherwise."""

    #: Why, for a program.
    code: ErrorCode = ErrorCode.INTERNAL

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        #: One sentence for a person; never holds a phone number or a secret.
        self.message = message
        #: The input's name as in the database (`phone_number`); empty when none is to blame.
        self.field = field

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message!r}, field={self.field!r})"

    def __reduce__(self) -> Any:
        return error_of, (int(self.code), self.message, self.field)

    def to_dict(self) -> Dict[str, str]:
        """`code`, `message`, `field`, as servers answer."""
        return {"code": self.code.name.lower(), "message": self.message, "field": self.field}

    def to_json(self) -> str:
        """The same as JSON."""
        return json.dumps(self.to_dict())


class InvalidArgument(Error, ValueError):
    """The caller's input is wrong; `field` names it."""

    code = ErrorCode.INVALID_ARGUMENT


class NotFound(Error, LookupError):
    """No such row, or it belongs to another user."""

    code = ErrorCode.NOT_FOUND


class Conflict(Error):
    """The row's state does not allow it."""

    code = ErrorCode.CONFLICT


class LimitReached(Error):
    """A user's or the system's limit leaves no room."""

    code = ErrorCode.LIMIT_REACHED


class Unavailable(Error):
    """The database cannot be reached or is busy; try again."""

    code = ErrorCode.UNAVAILABLE


class Corrupt(Error):
    """The database does not hold what this version expects: not migrated, or of a newer version."""

    code = ErrorCode.CORRUPT


class InternalError(Error):
    """A defect in the library or in a host's callback."""

    code = ErrorCode.INTERNAL


_CLASSES = {
    kind.code: kind
    for kind in (InvalidArgument, NotFound, Conflict, LimitReached, Unavailable, Corrupt, InternalError)
}


def error_of(code: int, message: str, field: str = "") -> Error:
    """The exception that stands for an error of the library."""
    return _CLASSES[ErrorCode(code)](message, field=field)


def rebuild(model: Any, values: Dict[str, Any]) -> Any:
    """What `pickle` makes a model from."""
    return model(**values)
