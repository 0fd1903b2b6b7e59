"""Lists: files, file objects, rows."""

import datetime as dt
import io

import pytest

import callqueue as cq
from conftest import world_in

GOOD = "phone_number,name,city\n+4930231250001,Ann,Berlin\n+4930231250002,Zoë,\nbad,,\n"


def a_draft(store):
    world = world_in(store, contacts=0 or 1)
    return world.user.id, world.campaigns.create(world.campaign.replace(name="Draft")).id


class Upload:
    """What a web framework hands over: it gives a few bytes at a time."""

    def __init__(self, data, size=3):
        self.data, self.size = data, size

    def read(self, size):
        piece, self.data = self.data[: self.size], self.data[self.size :]
        return piece


@pytest.mark.parametrize(
    "source",
    [
        lambda path: path,
        lambda path: str(path),
        lambda path: open(path, encoding="utf-8"),
        lambda path: open(path, "rb"),
        lambda path: io.StringIO(GOOD),
        lambda path: Upload(GOOD.encode()),
        lambda path: Upload(GOOD),
        lambda path: [line.split(",") for line in GOOD.splitlines()],
        lambda path: ({"phone_number": n, "name": m, "city": c} for n, m, c in
                      (line.split(",") for line in GOOD.splitlines()[1:])),
    ],
    ids=["path", "text path", "text file", "binary file", "StringIO", "bytes", "text", "rows", "dicts"],
)
def test_a_list_comes_in_many_shapes(small, tmp_path, source):
    path = tmp_path / "list.csv"
    path.write_text(GOOD, encoding="utf-8")
    user, campaign = a_draft(small)
    errors = io.StringIO()
    report = cq.import_csv(small, user, campaign, source(path), errors=errors)
    assert (report.total, report.imported, report.failed) == (3, 2, 1)
    assert report.errors[0].line == 4 and report.errors[0].field == "phone_number"
    names = [row.contact_name for row in small.queued_calls(user, campaign_id=campaign)]
    assert names == ["Ann", "Zoë"]
    assert errors.getvalue().splitlines()[0] == "line,field,value,reason"
    assert cq.errors_csv(report.errors).splitlines() == errors.getvalue().splitlines()


def test_an_import_on_every_store(store):
    user, campaign = a_draft(store)
    report = cq.import_csv(store, user, campaign, io.StringIO(GOOD), atomic=True)
    assert report.imported == 0 and report.failed == 1
    assert [error.error.line for error in store.import_errors(user, campaign)] == [4]
    assert "bad" in "".join(cq.CampaignExport.import_errors(store, user, campaign))
    assert cq.import_csv(store, user, campaign, io.StringIO(GOOD)).imported == 2
    again = cq.import_csv(store, user, campaign, io.StringIO(GOOD))
    assert (again.imported, again.skipped) == (0, 2)
    with pytest.raises(cq.InvalidArgument) as caught:
        cq.import_csv(store, user, campaign, io.StringIO("name\nAnn\n"))
    assert caught.value.field == "phone_number"


def test_fields_of_rows_are_quoted(small):
    user, campaign = a_draft(small)
    rows = [{"phone_number": "+4930231250001", "name": 'Bob, "Jr."', "note": "two\nlines", "age": 7, "none": None}]
    assert cq.import_csv(small, user, campaign, rows).imported == 1
    row = next(small.queued_calls(user, campaign_id=campaign))
    assert row.contact_name == 'Bob, "Jr."'
    assert row.user_data["note"] == "two\nlines" and row.user_data["age"] == "7"


@pytest.mark.parametrize(
    "field, value",
    [("phone_number", 4930231250001), ("phone_number", 4.930231250001e12), ("name", b"Ann"), ("age", True),
     ("age", 7.0), ("born", dt.date(2000, 1, 2)), ("tags", ["a"])],
)
@pytest.mark.parametrize("shape", ["mapping", "sequence"])
def test_fields_that_could_be_written_in_several_ways_are_refused(small, field, value, shape):
    user, campaign = a_draft(small)
    good = {"phone_number": "+4930231250001", "name": "Ann", "age": 7, "born": "", "tags": None}
    rows = [good, {**good, field: value}]
    if shape == "sequence":
        rows = [list(good), *(list(row.values()) for row in rows)]
    with pytest.raises(cq.InvalidArgument, match=f"row {len(rows)}: {field} is a ") as caught:
        cq.import_csv(small, user, campaign, rows)
    assert caught.value.field == field
    assert list(small.queued_calls(user, campaign_id=campaign)) == []


def test_rows_must_agree_with_the_first(small):
    user, campaign = a_draft(small)
    with pytest.raises(cq.InvalidArgument, match="row 2.*mail") as caught:
        cq.import_csv(small, user, campaign, [{"phone_number": "+4930231250001"}, {"mail": "x"}])
    assert caught.value.field == "rows"
    with pytest.raises(cq.InvalidArgument):
        cq.import_csv(small, user, campaign, ["+4930231250001"])
    assert list(small.queued_calls(user, campaign_id=campaign)) == []


def test_what_a_file_or_progress_raises_comes_through_and_nothing_is_imported(small):
    user, campaign = a_draft(small)

    class Broken:
        def __init__(self):
            self.pieces = [GOOD]

        def read(self, size):
            if self.pieces:
                return self.pieces.pop()
            raise ZeroDivisionError("the upload broke off")

    class Full:
        def write(self, text):
            raise ZeroDivisionError("the disk is full")

    def stop(rows):
        raise KeyError(rows)

    with pytest.raises(ZeroDivisionError):
        cq.import_csv(small, user, campaign, Broken())
    with pytest.raises(ZeroDivisionError):
        cq.import_csv(small, user, campaign, io.StringIO(GOOD), errors=Full(), atomic=True)
    with pytest.raises(KeyError):
        cq.import_csv(small, user, campaign, io.StringIO(GOOD), progress=stop)
    with pytest.raises(cq.Conflict) as caught:
        cq.import_csv(small, user, campaign, io.StringIO(GOOD), progress=lambda rows: False)
    assert caught.value.field == "progress"
    with pytest.raises(TypeError):
        cq.import_csv(small, user, campaign, Upload([1, 2]))
    with pytest.raises(FileNotFoundError):
        cq.import_csv(small, user, campaign, "/there/is/none.csv")
    assert list(small.queued_calls(user, campaign_id=campaign)) == []


def test_progress_is_told(small):
    user, campaign = a_draft(small)
    told = []
    cq.import_csv(small, user, campaign, io.StringIO(GOOD), progress=told.append)
    assert told[-1] == 3


def test_a_preview_writes_nothing(small):
    preview = cq.preview_csv(io.StringIO(GOOD), rows=1)
    assert preview.columns == ["phone_number", "name", "city"] and preview.mapping[2] == "user_data"
    assert [row.name for row in preview.rows] == ["Ann"] and preview.rows[0].user_data == {"city": "Berlin"}
    assert preview.report.failed == 1
    national = cq.preview_csv([("phone_number",), ("030 23125000",)], default_region="DE")
    assert national.rows[0].phone_number == "+493023125000"
    with pytest.raises(cq.InvalidArgument) as caught:
        cq.preview_csv(io.StringIO(GOOD), default_region="XX")
    assert caught.value.field == "default_region"


def test_a_preview_of_a_further_list_knows_what_the_campaign_holds(small):
    user, campaign = a_draft(small)
    cq.import_csv(small, user, campaign, io.StringIO(GOOD))
    into = {"store": small, "user_id": user, "campaign_id": campaign}
    preview = cq.preview_csv(io.StringIO(GOOD), **into)
    assert preview.rows == [] and preview.report.skipped == 2 and preview.report.failed == 1
    # Whoever is still to be called is not queued twice.
    assert cq.preview_csv(io.StringIO(GOOD), again=True, **into).report.skipped == 2
    with pytest.raises(cq.NotFound) as caught:
        cq.preview_csv(io.StringIO(GOOD), store=small, user_id=user, campaign_id=user)
    assert caught.value.field == "campaign_id"
    with pytest.raises(TypeError):
        cq.preview_csv(io.StringIO(GOOD), campaign_id=campaign)


def test_contacts_alone(store):
    user = store.create_user(cq.User(name="Ann")).id
    report = cq.import_contacts_csv(store, user, io.StringIO(GOOD))
    assert report.imported == 2 and report.campaign_id == cq.NIL
    assert {contact.name for contact in store.contacts(user)} == {"Ann", "Zoë"}
