"""The library for asyncio: what waits for the database does so in a thread of the loop's executor.

    async with await aio.open("sqlite:calls.db") as store:
        await store.migrate()
        campaigns = aio.to_async(callqueue.CallCampaigns(store.store))
        async for contact in store.contacts(user_id):
            ...

`to_async` takes the store or service that it wraps as such: `store.store` is the one of an asynchronous store.
Every method of `Store`, `CallCampaigns` and `CallQueue` is here under its name as a coroutine; lists and what `listen`
gives are asynchronous iterators. `call` does the same for any other function. A coroutine that is cancelled leaves its thread to finish: what was
asked for may have been done.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, AsyncIterator, Callable, Iterator, Optional

from . import _core, _csv
from ._errors import Conflict, InvalidArgument
from ._store import Store

__all__ = [
    "AsyncCallCampaigns",
    "AsyncCallQueue",
    "AsyncChangeListener",
    "AsyncStore",
    "call",
    "import_contacts_csv",
    "import_csv",
    "open",
    "preview_csv",
    "to_async",
]

_PAGE = 500


async def call(function: Any, *args: Any, **kwargs: Any) -> Any:
    """What the function returns, called in a thread."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, functools.partial(function, *args, **kwargs))


def _coroutine(name: str, method: Any, adapted: Callable[[Any], Any] = lambda result: result) -> Any:
    async def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        return adapted(await call(getattr(self._service, name), *args, **kwargs))

    wrapped.__name__ = name
    wrapped.__doc__ = method.__doc__
    return wrapped


def _iterator(name: str, method: Any) -> Any:
    async def wrapped(self: Any, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        items: Iterator[Any] = getattr(self._service, name)(*args, **kwargs)
        while True:
            some = await call(lambda: list(itertools.islice(items, _PAGE)))
            for item in some:
                yield item
            if len(some) < _PAGE:
                return

    wrapped.__name__ = name
    wrapped.__doc__ = method.__doc__
    return wrapped


def _methods(wrap: Callable[[str, Any], Any], kind: type) -> dict[str, Any]:
    return {
        name: wrap(name, method)
        for name, method in vars(kind).items()
        if not name.startswith("_") and callable(method)
    }


class _Adapter:
    def __init__(self, service: Any) -> None:
        self._service = service


class AsyncChangeListener:
    """A `ChangeListener` for asyncio, on a thread of its own: `async for changes in listener`. For one task at a time;
    one listener is enough for a process, which tells its own clients. A wait that is cancelled loses nothing: the next
    one tells of it."""

    def __init__(self, listener: _core.ChangeListener) -> None:
        #: What it adapts.
        self.listener = listener
        self._thread = ThreadPoolExecutor(1, "callqueue-listener")
        self._waiting: Optional[asyncio.Future[_core.Changes]] = None
        self._busy = False
        self._closed = False

    async def wait(
        self, at_most: timedelta = timedelta(seconds=1), until: Optional[datetime] = None
    ) -> _core.Changes:
        """As `ChangeListener.wait`."""
        if self._closed:
            raise InvalidArgument("the listener is closed", field="listener")
        if self._busy:
            raise Conflict("another task waits already", field="listener")
        self._busy = True
        try:
            left = await self._end_of_wait() if self._waiting else None  # Of a wait that was cancelled.
            if left:
                return left
            wait = functools.partial(self.listener.wait, at_most, until)
            self._waiting = asyncio.get_running_loop().run_in_executor(self._thread, wait)
            return await self._end_of_wait()
        finally:
            self._busy = False

    async def _end_of_wait(self) -> _core.Changes:
        assert self._waiting is not None
        try:
            changes = await asyncio.shield(self._waiting)
        except asyncio.CancelledError:
            self.listener.wake()
            raise
        except BaseException:
            self._waiting = None
            raise
        self._waiting = None
        return changes

    def wake(self) -> None:
        """Ends the wait under way, or the next one. Thread-safe."""
        self.listener.wake()

    async def close(self) -> None:
        """Ends whoever waits or iterates, and lets go of the connection."""
        self._closed = True
        await call(self.listener.close)
        self._thread.shutdown(wait=False)

    def __aiter__(self) -> "AsyncChangeListener":
        return self

    async def __anext__(self) -> _core.Changes:
        while not self._closed:
            try:
                changes = await self.wait()
            except InvalidArgument:
                if not self._closed:
                    raise
            else:
                if changes:
                    return changes
        raise StopAsyncIteration

    async def __aenter__(self) -> "AsyncChangeListener":
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()


class _AsyncStore(_Adapter):
    @property
    def store(self) -> Store:
        """The store itself: for services, and for a `Processor`."""
        service: Store = self._service
        return service

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return bool(self.store.closed)

    async def __aenter__(self) -> "_AsyncStore":
        return self

    async def __aexit__(self, *exc: object) -> None:
        await call(self.store.close)


AsyncStore: Any = type(
    "AsyncStore",
    (_AsyncStore,),
    {
        "__doc__": "A `Store` whose methods are coroutines.",
        "__module__": __name__,
        **_methods(_iterator, Store),
        **_methods(_coroutine, _core.Store),
        "listen": _coroutine("listen", _core.Store.listen, AsyncChangeListener),
    },
)
AsyncCallCampaigns: Any = type(
    "AsyncCallCampaigns",
    (_Adapter,),
    {
        "__doc__": "`CallCampaigns` whose methods are coroutines.",
        "__module__": __name__,
        **_methods(_coroutine, _core.CallCampaigns),
    },
)
AsyncCallQueue: Any = type(
    "AsyncCallQueue",
    (_Adapter,),
    {
        "__doc__": "A `CallQueue` whose methods are coroutines.",
        "__module__": __name__,
        **_methods(_coroutine, _core.CallQueue),
    },
)


def to_async(service: Any) -> Any:
    """The same store or service with coroutines for methods."""
    for kind, adapter in (
        (_core.Store, AsyncStore),
        (_core.CallCampaigns, AsyncCallCampaigns),
        (_core.CallQueue, AsyncCallQueue),
    ):
        if isinstance(service, kind):
            return adapter(service)
    if isinstance(service, _Adapter):
        raise TypeError(f"this is a {type(service).__name__} already")
    raise TypeError(f"there is no asynchronous {type(service).__name__}")


def _own(store: Any) -> Any:
    return store.store if isinstance(store, _AsyncStore) else store


async def open(url: str, **options: Any) -> Any:
    """Opens a store as `callqueue.open` does."""
    return AsyncStore(await call(functools.partial(Store, url, **options)))


async def import_csv(store: Any, user_id: Any, campaign_id: Any, file: Any, **options: Any) -> Any:
    """`callqueue.import_csv`; the file is read, and rows that are an iterable are produced, in the thread."""
    return await call(_csv.import_csv, _own(store), user_id, campaign_id, file, **options)


async def import_contacts_csv(store: Any, user_id: Any, file: Any, **options: Any) -> Any:
    """`callqueue.import_contacts_csv`."""
    return await call(_csv.import_contacts_csv, _own(store), user_id, file, **options)


async def preview_csv(file: Any, *, store: Any = None, **options: Any) -> Any:
    """`callqueue.preview_csv`."""
    return await call(_csv.preview_csv, file, store=_own(store), **options)
