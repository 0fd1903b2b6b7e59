"""The processor: claims, dials by the host's own dialer, records."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import inspect
import logging
import os
import threading
import weakref
from datetime import timedelta
from types import TracebackType
from typing import Any, Awaitable, Callable, Iterator, List, Optional, Protocol, Sequence, Type, Union

from . import _core
from ._core import Call, CallEvent, CallReport, ClaimedCall, DialResult, LookupResult, StepResult
from ._errors import Conflict, Error

_log = logging.getLogger("callqueue")


class Dialer(Protocol):
    """The host's way to place calls. `dial` asks the provider to place one, and returns once that has answered, not
    once the call has ended. It may be a coroutine function. `call.call.id` is the idempotency key: hand it to the
    provider if it takes one. Give up by yourself before `call.call.lease_expires_at`.

    A dialer may also have `lookup(call: Call) -> LookupResult`: what became of a call that nobody has heard of for too
    long.
    """

    def dial(self, call: ClaimedCall) -> Union[DialResult, Awaitable[DialResult]]:
        """Asks the provider to place this call."""
        ...


#: A plain function will do as well, or a coroutine function.
AnyDialer = Union[Dialer, Callable[[ClaimedCall], Union[DialResult, Awaitable[DialResult]]]]


class _Inside(threading.local):
    #: Whether this thread stands in `step` or `report`: what a callback raises there can reach who called.
    caller = False


_inside = _Inside()


@contextlib.contextmanager
def _for_caller() -> Iterator[None]:
    outer, _inside.caller = _inside.caller, True
    try:
        yield
    finally:
        _inside.caller = outer


def _is_for_caller(error: BaseException) -> bool:
    return _inside.caller and not isinstance(error, Exception)


class _LoopThread:
    """An event loop for dialers that are coroutines, on a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="callqueue-dialers", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        async def cancel_all() -> None:
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(cancel_all(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


class Processor:
    """Works campaigns off: claims, marks, dials, records; sleeps until something can start.

    dialer: an object with `dial(call)` and perhaps `lookup(call)`, a function, or a coroutine function; it is called on
        several threads at once (at most `parallelism`). What it raises is logged and counts as `uncertain`: the call keeps
        its slot until its lease lapses, and is never dialed again by itself. In `step`, KeyboardInterrupt and SystemExit
        reach whoever called that, too: see there.
    worker: unique among running processors; empty: one is made.
    batch: most calls claimed at once, 1 to 1,000.
    lease: how long the dialer has to get the provider's answer, 1 s to 1 h. poll: longest sleep between two looks.
    stop_deadline: how long a stop waits for dials in flight. max_backoff: longest pause while the store is unavailable.
    observer: an object with any of the methods `on_claim(calls, took)`, `on_claimed(call)`, `on_dialed(call, result)`,
        `on_reported(report)`, `on_advanced(result)`, `on_unavailable(error, backoff)`, `on_available()`,
        `on_dialer_hangs(threads)`. Called one at a time; what it raises is logged.
    loop: the event loop that coroutines run on; None: one of the processor's own, on a thread of its own. On that
        loop's thread call what waits (`step`, `run`, `stop`, `wait`) as `await callqueue.aio.call(processor.stop)`:
        directly it is a Conflict.

    Either `run()` in the foreground, until Ctrl-C or `stop()` from another thread; or `start()` and `stop()`, or `with`,
    beside the host's own work. A second processor beside it, in this process or on another host, is harmless. All methods
    are thread-safe. A forked child makes a processor of its own: its parent's is a Conflict there.
    """

    def __init__(
        self,
        store: _core.Store,
        dialer: AnyDialer,
        *,
        worker: str = "",
        batch: int = 100,
        parallelism: int = 8,
        lease: timedelta = timedelta(seconds=120),
        poll: timedelta = timedelta(seconds=10),
        stop_deadline: timedelta = timedelta(seconds=30),
        max_backoff: timedelta = timedelta(seconds=30),
        observer: Optional[object] = None,
        loop: Optional[asyncio.AbstractEventLoop] = None,
    ) -> None:
        self._process = os.getpid()
        self._store = store
        self._dial: Any = getattr(dialer, "dial", dialer)
        if not callable(self._dial):
            raise TypeError("a dialer is a function, or has a method dial")
        self._lookup: Optional[Callable[[Call], Any]] = getattr(dialer, "lookup", None)
        self._observer = observer
        self._options: Any = {
            "worker": worker,
            "batch": batch,
            "parallelism": parallelism,
            "lease": lease,
            "poll": poll,
            "stop_deadline": stop_deadline,
            "max_backoff": max_backoff,
        }
        self._loop = loop
        self._loop_thread: Optional[_LoopThread] = None
        self._mutex = threading.Lock()
        self._stepping = False
        self._thread: Optional[threading.Thread] = None
        # Not `Thread.join`: interrupted by Ctrl-C, that of Python 3.11 takes a thread that runs for one that has ended.
        self._ended = threading.Event()
        self._error: Optional[BaseException] = None
        self._core: Optional[_core.Processor] = self._made()

    def _made(self) -> _core.Processor:
        # The compiled part knows this object weakly: what hangs together with the host's objects stays visible to
        # Python's garbage collection.
        me = weakref.ref(self)

        def dial(call: ClaimedCall) -> DialResult:
            processor = me()
            return processor._dialed(call) if processor else DialResult.uncertain("the processor is gone")

        def lookup(call: Call) -> LookupResult:
            processor = me()
            if processor is None:
                raise Conflict("the processor is gone")
            return processor._looked_up(call)

        def tell(name: str, *arguments: Any) -> None:
            processor = me()
            if processor is not None:
                processor._told(name, *arguments)

        return _core.Processor(
            self._store,
            dial,
            lookup if self._lookup else None,
            tell if self._observer is not None else None,
            **self._options,
        )

    # --- What the compiled part calls, on its threads ---

    def _awaited(self, answer: Any) -> Any:
        if not inspect.isawaitable(answer):
            return answer

        raised: List[BaseException] = []

        async def wait() -> Any:
            try:
                return await answer
            except (KeyboardInterrupt, SystemExit) as error:  # They would end the loop.
                raised.append(error)

        future = asyncio.run_coroutine_threadsafe(wait(), self._loop or self._own_loop())
        try:
            result = future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise
        if raised:
            raise raised[0]
        return result

    def _own_loop(self) -> asyncio.AbstractEventLoop:
        with self._mutex:
            if self._loop_thread is None:
                self._loop_thread = _LoopThread()
            return self._loop_thread.loop

    def _end_loop(self) -> None:
        with self._mutex:
            loop_thread, self._loop_thread = self._loop_thread, None
        if loop_thread is not None:
            loop_thread.stop()

    def _dialed(self, call: ClaimedCall) -> DialResult:
        try:
            result = self._awaited(self._dial(call))
            if isinstance(result, DialResult):
                return result
            raise TypeError(f"a dialer returns a DialResult, not a {type(result).__name__}")
        except BaseException as error:  # Nothing that a dialer raises may end a thread of the processor's.
            if _is_for_caller(error):
                raise
            _log.error("the dialer raised for call %s", call.call.id, exc_info=True)
            return DialResult.uncertain(f"the dialer raised {type(error).__name__}")

    def _looked_up(self, call: Call) -> LookupResult:
        assert self._lookup is not None
        try:
            result = self._awaited(self._lookup(call))
            if isinstance(result, LookupResult):
                return result
            raise TypeError(f"lookup returns a LookupResult, not a {type(result).__name__}")
        except BaseException as error:
            if not _is_for_caller(error):
                _log.error("lookup raised for call %s", call.id, exc_info=True)
            raise

    def _told(self, name: str, *arguments: Any) -> None:
        method = getattr(self._observer, name, None)
        if method is None:
            return
        try:
            method(*arguments)
        except BaseException as error:
            if _is_for_caller(error):
                raise
            _log.error("the observer's %s raised", name, exc_info=True)

    # --- Running ---

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            raise Conflict(
                "the processor was made before this process was forked: make another one", field="processor"
            )

    def _check_loop(self, method: str) -> None:
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            return
        own = self._loop_thread
        if here is self._loop or (own is not None and here is own.loop):
            raise Conflict(
                f"{method} would wait for the event loop that it is called on: await callqueue.aio.call(processor.{method})",
                field="processor",
            )

    def step(self) -> StepResult:
        """One round on the caller's thread: advance, look up what lapsed, claim, then mark, dial and record one after
        the other. For simulations under a `ManualClock`. Conflict while it runs.

        Ctrl-C, and a SystemExit that the dialer raises, end the round: the call in the dialer's hands counts as uncertain,
        those that were not marked yet go back to the queue, and then they are raised here."""
        self._check_process()
        self._check_loop("step")
        with self._mutex:
            if self._thread is not None or self._stepping:
                raise Conflict("the processor runs already", field="processor")
            if self._core is None:
                self._core = self._made()
            core = self._core
            self._stepping = True
        try:
            with _for_caller():
                return core.step()
        finally:
            self._stepping = False

    def start(self) -> "Processor":
        """Works in a background thread from now on. Conflict when it runs already."""
        self._check_process()
        with self._mutex:
            if self._thread is not None or self._stepping:
                raise Conflict("the processor runs already", field="processor")
            if self._core is None:
                self._core = self._made()
            self._error = None
            self._ended = ended = threading.Event()
            self._thread = threading.Thread(
                target=self._work, args=(self._core, ended), name="callqueue-processor", daemon=True
            )
            _running.add(self)
            self._thread.start()
        return self

    def stop(self) -> None:
        """Ends the work: finishes dials in flight within `stop_deadline`, gives claimed calls back that were not marked
        yet, and returns when that is done. Does nothing when it does not run. Raises what ended the work before."""
        self._check_process()
        if self._thread is not None:
            self._check_loop("stop")
        self._ask_to_stop()
        self.wait()

    def _ask_to_stop(self) -> None:
        core = self._core
        if core is not None and self._thread is not None:
            core.stop()

    def wait(self, timeout: Optional[float] = None) -> bool:
        """Waits (at most `timeout` seconds) until the work has ended. Raises what ended it: Corrupt when the store cannot
        be used at all. Returns whether it has ended."""
        self._check_process()
        thread = self._thread
        if thread is None:
            self._end_loop()
            return True
        if thread is threading.current_thread():
            raise Conflict("a processor cannot wait for itself", field="processor")
        self._check_loop("wait")
        if not self._ended.wait(timeout):
            return False
        with self._mutex:
            mine = self._thread is thread
            if mine:
                self._thread = None
                self._core = None
            error, self._error = self._error, None
        if mine:
            self._end_loop()
        _running.discard(self)
        if error is not None:
            raise error
        return True

    def run(self) -> None:
        """Works in the foreground until `stop()` is called on another thread. Ctrl-C stops it in the same way, and then
        raises KeyboardInterrupt."""
        self._check_loop("run")
        self.start()
        try:
            self.wait()
        except BaseException:
            if self._thread is not None:
                self._ask_to_stop()
                self.wait()
            raise

    @property
    def running(self) -> bool:
        """Whether it works in a thread."""
        return self._thread is not None and not self._ended.is_set() and os.getpid() == self._process

    def __enter__(self) -> "Processor":
        return self.start()

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.stop()

    def _work(self, core: _core.Processor, ended: threading.Event) -> None:
        try:
            core.run()
        except BaseException as error:
            self._error = error
            _log.error("the processor ended", exc_info=True)
        finally:
            ended.set()

    def _here(self) -> _core.Processor:
        self._check_process()
        with self._mutex:
            if self._core is None:
                self._core = self._made()
            return self._core

    # --- Telling it ---

    def report(self, events: Sequence[CallEvent]) -> List[Union[CallReport, Error]]:
        """Reports events of this or any call and wakes `run`, so that the freed slots are used at once. Returns for each a
        `CallReport`, or the `Error` that refused it."""
        with _for_caller():
            return self._here().report(events)

    def notify(self) -> None:
        """Wakes `run`: something may have become claimable."""
        self._here().notify()


_running: "weakref.WeakSet[Processor]" = weakref.WeakSet()


def _stop_all() -> None:
    # A thread that comes back into Python after its end would take the process down.
    mine = [processor for processor in list(_running) if processor._process == os.getpid()]
    for processor in mine:
        processor._ask_to_stop()
    for processor in mine:
        try:
            processor.wait()
        except Error:
            pass  # It was logged.


atexit.register(_stop_all)
