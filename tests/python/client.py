"""A host's program as a type checker sees it. Nobody runs it."""

import asyncio
from datetime import date, datetime, time, timedelta, timezone
from typing import List
from uuid import UUID
from zoneinfo import ZoneInfo

import callqueue as cq
from callqueue import aio


class Provider:
    async def dial(self, call: cq.ClaimedCall) -> cq.DialResult:
        return cq.DialResult.accepted(f"{call.call.id}:{call.queued.user_data['city']}")

    def lookup(self, call: cq.Call) -> cq.LookupResult:
        return cq.LookupResult.known(cq.CallEvent(status=cq.CallStatus.COMPLETED, duration=timedelta(seconds=3)))


def host(url: str) -> UUID:
    clock = cq.ManualClock(datetime.now(timezone.utc))
    with cq.open(url, clock=clock, durability="normal", busy_timeout=timedelta(seconds=1)) as store:
        store.migrate(to=None)
        user = store.create_user(cq.User(name="Ann", timezone=ZoneInfo("Europe/Berlin")))
        agent = store.create_agent(cq.Agent(user_id=user.id, name="Voice"))
        campaigns = cq.CallCampaigns(store)
        rules = cq.CampaignRules(
            clock="contact",
            weekly_windows=[[(time(9), "18:00")], [cq.CallingWindow(closes=cq.END_OF_DAY)], [], [], [], [], []],
            retry=cq.RetryPolicy(outcomes=["busy"], max_attempts=2, delays=[timedelta(minutes=5)]),
        )
        draft = cq.CallCampaign(user_id=user.id, name="x", agent_id=str(agent.id), start_date=date.today(), rules=rules)
        campaign = campaigns.create(draft)
        campaigns.update(user.id, campaign.id, name="y", end_date=None)
        report = cq.import_csv(store, user.id, campaign.id, [{"phone_number": "+14155550123"}])
        errors: List[cq.CsvError] = report.errors
        names: List[str] = [contact.name for contact in store.contacts(user.id)]
        page: cq.Page[cq.Call] = store.list_calls(user.id, statuses=[cq.CallStatus.BUSY])
        with store.listen() as listener:
            for changes in listener:
                seen: List[UUID] = changes.users
                print(seen, changes.may_start)
        queue = cq.CallQueue(store, priority=cq.PriorityRule(base=1))
        for claimed in queue.claim(limit=3, only_user=None):
            store.begin_dial([cq.CallRef(user_id=user.id, call_id=claimed.call.id)], "me")
        for told in store.report_events([cq.call_event(b"{}")]):
            if isinstance(told, cq.Error):
                print(told.code, told.field)
            elif told.queued is not None:
                print(told.queued.status, names, errors, page.next_cursor)
        with cq.Processor(store, Provider(), lease=timedelta(seconds=30)) as processor:
            processor.report([])
        cq.Processor(store, lambda call: cq.DialResult.rejected("no")).step()
        return campaign.id


async def asynchronous(url: str) -> int:
    async with await aio.open(url) as store:
        user = await store.find_user("0190b0a5-3c00-7abc-8def-0123456789ab")
        async with await store.listen() as listener:
            async for changes in listener:
                if changes.everyone or user.id in changes.users:
                    break
        claimed = await aio.to_async(cq.CallQueue(store.store)).claim(limit=5)
        async for contact in store.contacts(user.id, search="a"):
            print(contact.phone_number)
        return len(claimed)


if __name__ == "__main__":
    host("sqlite::memory:")
    asyncio.run(asynchronous("sqlite::memory:"))
