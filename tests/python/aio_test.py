"""The adapter for asyncio."""

import asyncio
import datetime as dt
import inspect
import io

import pytest

import callqueue as cq
from callqueue import _core, aio
from conftest import world_in


def test_everything_is_there_as_a_coroutine():
    for kind, adapter in (
        (_core.Store, aio.AsyncStore),
        (_core.CallCampaigns, aio.AsyncCallCampaigns),
        (_core.CallQueue, aio.AsyncCallQueue),
    ):
        names = [name for name in vars(kind) if not name.startswith("_") and callable(vars(kind)[name])]
        assert len(names) > 10
        for name in names:
            assert inspect.iscoroutinefunction(getattr(adapter, name)), name
            assert getattr(adapter, name).__doc__ == getattr(kind, name).__doc__


def test_a_host_on_asyncio(tmp_path):
    async def host():
        async with await aio.open(f"sqlite:{tmp_path / 'queue.db'}") as store:
            await store.migrate()
            world = await aio.call(world_in, store.store)
            await aio.import_csv(store, world.user.id, world.campaign.id, io.StringIO("phone_number\n+4930231250001\n"))
            into = {"store": store, "user_id": world.user.id, "campaign_id": world.campaign.id}
            assert (await aio.preview_csv(io.StringIO("phone_number\n+4930231250001\n"), **into)).report.skipped == 1
            await aio.import_contacts_csv(store, world.user.id, [["phone_number"], ["+4930231250002"]])
            contacts = [contact async for contact in store.contacts(world.user.id)]
            queue = aio.to_async(world.queue)
            claimed = await queue.claim(limit=2)
            campaign = await aio.to_async(world.campaigns).pause(world.user.id, world.campaign.id)
            with pytest.raises(cq.NotFound):
                await store.find_user(world.campaign.id)
        assert store.closed
        with pytest.raises(cq.InvalidArgument):
            await aio.to_async(store.store).now()
        return len(contacts), len(claimed), campaign.status

    assert asyncio.run(host()) == (5, 2, cq.CampaignStatus.PAUSED)
    with pytest.raises(TypeError):
        aio.to_async(3)


def test_changes_come_to_the_loop(tmp_path):
    async def heard_by(listener):
        return [changes async for changes in listener]

    async def host():
        async with await aio.open(f"sqlite:{tmp_path / 'queue.db'}") as store:
            await store.migrate()
            async with await store.listen() as listener:
                await store.create_user(cq.User(name="Ann"))
                async for changes in listener:
                    assert changes.everyone
                    break
                # What is told to a wait that was cancelled is told to the next one.
                waiting = asyncio.ensure_future(listener.wait(dt.timedelta(hours=1)))
                await asyncio.sleep(0)
                with pytest.raises(cq.Conflict) as caught:
                    await listener.wait()
                assert caught.value.field == "listener"
                store.store.create_user(cq.User(name="Bob"))  # The loop stands still: it cannot tell the task.
                listener._thread.submit(lambda: None).result(60)  # Comes after the wait, which has heard of it.
                waiting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await waiting
                assert await listener.wait(dt.timedelta(seconds=30))
                listener.wake()
                assert not await listener.wait(dt.timedelta(hours=1))
                iterating = asyncio.ensure_future(heard_by(listener))
                await asyncio.sleep(0)
            assert await iterating == []
            with pytest.raises(cq.InvalidArgument) as caught:
                await listener.wait()
            assert caught.value.field == "listener"

    asyncio.run(asyncio.wait_for(host(), 60))


def test_the_loop_goes_on_while_a_thread_waits(tmp_path):
    async def host():
        async with await aio.open(f"sqlite:{tmp_path / 'queue.db'}") as store:
            await store.migrate()
            listener = store.store.listen()
            waiting = asyncio.ensure_future(aio.call(listener.wait))
            ticks = 0
            while not waiting.done() and ticks < 3:
                await asyncio.sleep(0)
                ticks += 1
            listener.wake()
            await waiting
            return ticks

    assert asyncio.run(host()) == 3
