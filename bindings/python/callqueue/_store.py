"""The store, with lists that fetch their pages by themselves."""

from __future__ import annotations

from types import TracebackType
from typing import Callable, Iterator, Optional, Sequence, Type, TypeVar, Union
from uuid import UUID

from . import _core
from ._core import (
    Agent,
    Call,
    CallCampaign,
    Contact,
    ImportError,
    Page,
    QueuedCall,
    User,
    UserActivity,
)
from ._enums import CallStatus, CampaignStatus, QueuedCallStatus

T = TypeVar("T")
Id = Union[UUID, str]

_PAGE = 500


def _all(page_from: Callable[[str], Page[T]]) -> Iterator[T]:
    cursor = ""
    while True:
        page = page_from(cursor)
        yield from page
        cursor = page.next_cursor
        if not cursor:
            return


class Store(_core.Store):
    """Remembers campaigns and queued calls, atomically: `Store("sqlite:PATH")`, or `open`, which is the same.

    Thread-safe, and safe beside other processes on the same database. A context manager: leaving it closes the store.
    Methods let other threads run while they wait for the database. After a fork only the process that opened a store
    may use it.

    The lists below fetch page after page while one iterates over them: rows that are added meanwhile may be met.
    """

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def users(self) -> Iterator[User]:
        """All users."""
        return _all(lambda cursor: self.list_users(limit=_PAGE, cursor=cursor))

    def user_activity(self) -> Iterator[UserActivity]:
        """All users, each with what it has in use and its place in the turn order."""
        return _all(lambda cursor: self.list_user_activity(limit=_PAGE, cursor=cursor))

    def agents(self, user_id: Id) -> Iterator[Agent]:
        """A user's agents."""
        return _all(lambda cursor: self.list_agents(user_id, limit=_PAGE, cursor=cursor))

    def contacts(self, user_id: Id, *, search: str = "") -> Iterator[Contact]:
        """A user's contacts; `search` is part of the name or of the number."""
        return _all(lambda cursor: self.list_contacts(user_id, search=search, limit=_PAGE, cursor=cursor))

    def campaigns(
        self,
        user_id: Id,
        *,
        statuses: Sequence[Union[CampaignStatus, str]] = (),
        agent_id: Optional[Id] = None,
        name: str = "",
    ) -> Iterator[CallCampaign]:
        """A user's campaigns, newest first."""
        service = _core.CallCampaigns(self)
        return _all(
            lambda cursor: service.find_by_user_id(
                user_id, statuses=statuses, agent_id=agent_id, name=name, limit=_PAGE, cursor=cursor
            )
        )

    def queued_calls(
        self,
        user_id: Id,
        *,
        campaign_id: Optional[Id] = None,
        contact_id: Optional[Id] = None,
        statuses: Sequence[Union[QueuedCallStatus, str]] = (),
    ) -> Iterator[QueuedCall]:
        """A user's queued calls, in the order of creation."""
        service = _core.CallQueue(self)
        return _all(
            lambda cursor: service.list(
                user_id,
                campaign_id=campaign_id,
                contact_id=contact_id,
                statuses=statuses,
                limit=_PAGE,
                cursor=cursor,
            )
        )

    def calls(
        self,
        user_id: Id,
        *,
        campaign_id: Optional[Id] = None,
        queue_id: Optional[Id] = None,
        provider_call_id: str = "",
        statuses: Sequence[Union[CallStatus, str]] = (),
        newest_first: bool = False,
    ) -> Iterator[Call]:
        """A user's calls, in the order of creation or backwards."""
        return _all(
            lambda cursor: self.list_calls(
                user_id,
                campaign_id=campaign_id,
                queue_id=queue_id,
                provider_call_id=provider_call_id,
                statuses=statuses,
                newest_first=newest_first,
                limit=_PAGE,
                cursor=cursor,
            )
        )

    def import_errors(self, user_id: Id, campaign_id: Id) -> Iterator[ImportError]:
        """What was wrong with rows of imports into a campaign, import after import."""
        return _all(lambda cursor: self.list_import_errors(user_id, campaign_id, limit=_PAGE, cursor=cursor))


#: Opens a store: see `Store`.
open = Store
