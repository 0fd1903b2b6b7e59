"""Outbound call campaigns, embedded in a Python backend.

A store remembers (`open`), `CallCampaigns` and `CallQueue` are the services over it, `import_csv` brings lists in, a
`Processor` works them off with a dialer of the host's own. `callqueue.aio` is the same for asyncio.

Instants are aware datetimes (any zone goes in, UTC comes out); dates and times of day are local to a campaign's zone;
durations are timedeltas; ids are UUIDs, or their text where they are asked for; zones are IANA names or ZoneInfo.
"""

from . import _core
from ._core import *  # noqa: F403
from ._core import __version__
from ._csv import import_contacts_csv, import_csv, preview_csv
from ._enums import *  # noqa: F403
from ._errors import *  # noqa: F403
from ._events import CallEventInput, call_event, call_events
from ._processor import AnyDialer, Dialer, Processor
from ._store import Store, open
