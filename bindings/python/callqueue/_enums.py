"""Enums and constants. The values of the enums are the text in the database."""

from __future__ import annotations

import datetime
import enum
import uuid

__all__ = [
    "END_OF_DAY",
    "NIL",
    "CallClock",
    "CallOutcome",
    "CallStatus",
    "CallType",
    "CampaignStatus",
    "DialKind",
    "Durability",
    "ErrorCode",
    "ExportFormat",
    "ImportOutcome",
    "LookupKind",
    "QueuedCallStatus",
    "Severity",
]

#: 24:00, the end of the day, which `datetime.time` cannot say: its last microsecond stands for it. Text ("24:00")
#: will do as well wherever a time of day is asked for.
END_OF_DAY = datetime.time.max

#: The id that names nothing: what an id is before a row was stored.
NIL = uuid.UUID(int=0)


class _Text(str, enum.Enum):
    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def _texts(cls) -> str:
        return ", ".join(member.value for member in cls)


class CampaignStatus(_Text):
    """Where a campaign is."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class QueuedCallStatus(_Text):
    """Where one call owed to one contact is."""

    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


class CallStatus(_Text):
    """Where one attempt is. The first three are active: they hold a slot."""

    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class CallOutcome(_Text):
    """How an attempt ended. `UNKNOWN`: it may have been placed, nobody can tell; it is never repeated by itself."""

    ANSWERED = "answered"
    VOICEMAIL = "voicemail"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class CallType(_Text):
    """Whether an attempt serves a campaign or was asked for by a person (or reserved by the host)."""

    DIRECT = "direct"
    CAMPAIGN = "campaign"


class CallClock(_Text):
    """Whose clock a campaign's window is read on."""

    CAMPAIGN = "campaign"
    CONTACT = "contact"


class Durability(_Text):
    """What survives a power cut. `NORMAL`: the last commits may be lost, and small ones are much faster."""

    FULL = "full"
    NORMAL = "normal"


class DialKind(_Text):
    """What the provider said when it was asked to place a call."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNCERTAIN = "uncertain"


class LookupKind(_Text):
    """What the provider knows of a call that nobody has heard of for too long."""

    NEVER_RECEIVED = "never_received"
    KNOWN = "known"
    UNKNOWN = "unknown"


class ExportFormat(_Text):
    """How an export is written."""

    CSV = "csv"
    JSON = "json"
    SPREADSHEET = "spreadsheet"


class ImportOutcome(_Text):
    """What became of one row of an import."""

    IMPORTED = "imported"
    MATCHED = "matched"
    DUPLICATE_IN_FILE = "duplicate_in_file"
    ALREADY_IN_CAMPAIGN = "already_in_campaign"


class Severity(_Text):
    """Whether a finding of `Store.preflight` stands in the way."""

    BLOCKS = "blocks"
    NOTE = "note"


class ErrorCode(enum.IntEnum):
    """Why an operation was refused or failed. The numbers are the same in C++, C and Python."""

    INVALID_ARGUMENT = 1
    NOT_FOUND = 2
    CONFLICT = 3
    LIMIT_REACHED = 4
    UNAVAILABLE = 5
    CORRUPT = 6
    INTERNAL = 7
