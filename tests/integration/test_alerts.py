"""Each alert rule fires once on what it is for and not on missing data; messages reach a real server on loopback.

Every release is a real one, published day after day from tables that are invented.
"""

import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, get_args

import dagster as dg
import pytest

from signposts.alerts.accepted import Kind, load_accepted
from signposts.alerts.delivery import compose, deliver, is_quiet, waiting
from signposts.alerts.digest import weekly_digest
from signposts.alerts.journal import Alert, note, read_journal
from signposts.alerts.raising import write_alerts
from signposts.alerts.rules import RULES
from signposts.alerts.withheld import raise_withheld
from signposts.assets.checks import table_checks
from signposts.assets.failures import failures_of_events
from signposts.assets.resources import MonitoringRun
from signposts.errors import CatalogueError, InputError
from signposts.release.publish import earlier_releases
from signposts.warehouse import load_sql
from tests.invented_town import FIRST_DAY, Town

pytestmark = pytest.mark.slow


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    for name in ("SIGNPOSTS_NOTIFY_URL", "SIGNPOSTS_QUIET_HOURS", "SIGNPOSTS_REPORT_URL"):
        monkeypatch.delenv(name, raising=False)
    return Town(tmp_path)


def kinds(alerts: list[Alert]) -> list[str]:
    return [alert.kind for alert in alerts]


def tell_all(town: Town, **days: Any) -> list[list[str]]:
    """Run the days and return the kinds raised on each."""
    return [kinds(town.assess(**day)) for day in days["days"]]


# ---------------------------------------------------------------------- odds

HIGH = {"grows": 0.53, "shrinks": 0.28, "other": 0.19}
NEAR = {"grows": 0.49, "shrinks": 0.31, "other": 0.20}


def test_a_threshold_fires_once_when_it_is_crossed_and_the_crossing_stands_for_two_runs(town):
    found = tell_all(town, days=[{"odds": odds} for odds in (NEAR, HIGH, HIGH, HIGH, HIGH)])
    assert found == [[], [], ["threshold"], [], []]


def test_a_crossing_back_is_told_too(town):
    found = tell_all(town, days=[{"odds": odds} for odds in (NEAR, HIGH, HIGH, NEAR, NEAR, NEAR)])
    assert found == [[], [], ["threshold"], [], ["threshold"], []]


def test_a_crossing_for_one_run_only_is_noise(town):
    assert tell_all(town, days=[{"odds": odds} for odds in (NEAR, HIGH, NEAR, HIGH, NEAR)]) == [[]] * 5


def test_a_threshold_says_what_side_what_the_odds_were_and_why(town):
    town.assess(NEAR)
    town.assess(HIGH)
    move = {"tracker_id": "bakery", "scenario_id": "grows", "cause": "new_reading", "indicator_id": "loaves"}
    town.warehouse.write_rows("change", [move | {"move": 0.04}])
    (alert,) = town.assess(HIGH)
    assert alert.message == (
        "grows is now above 50 %: 53.0 % after 53.0 % and, two releases ago, 49.0 %; "
        "most of it from new reading of Loaves (+4.0 points)"
    )


MOVED = {"grows": 0.47, "shrinks": 0.30, "other": 0.23}


def test_a_move_fires_once_when_it_is_larger_than_the_set_amount_and_stays(town):
    assert tell_all(town, days=[{"odds": odds} for odds in (None, MOVED, MOVED, MOVED)]) == [[], [], ["move"], []]


def test_a_move_that_is_taken_back_or_small_is_not_told(town):
    small = {"grows": 0.44, "shrinks": 0.32, "other": 0.24}
    assert tell_all(town, days=[{"odds": odds} for odds in (None, MOVED, None, small, small)]) == [[]] * 5


def test_missing_odds_fire_nothing_whichever_of_the_three_runs_lacks_them(town):
    assert tell_all(town, days=[{"odds": odds} for odds in (NEAR, HIGH)]) == [[], []]
    gone = {"shrinks": 0.30, "other": 0.20}
    fired = tell_all(town, days=[{"odds": odds} for odds in (gone, HIGH, gone, NEAR, HIGH)])
    assert all("grows" not in key for key in read_keys(town))
    assert fired == [[]] * 5


def read_keys(town: Town) -> list[str]:
    return [row["alert_key"] for row in town.published()]


def test_the_first_two_releases_have_nothing_to_compare_with(town):
    assert tell_all(
        town, days=[{"odds": HIGH, "status": "contradicted"}, {"odds": HIGH, "status": "contradicted"}]
    ) == [
        [],
        [],
    ]


# ---------------------------------------------------------------------- status words


@pytest.mark.parametrize("word", ["contradicted", "fulfilled", "missed"])
def test_a_status_that_turns_fires_once(word, town):
    found = tell_all(town, days=[{"status": word} for word in ("on track", word, word, word)])
    assert found == [[], ["status"], [], []]


def test_the_same_reading_turning_twice_is_told_once_and_another_reading_again(town):
    later = date(2026, 2, 28)
    days = [{"status": word} for word in ("on track", "missed", "on track", "missed", "on track")]
    assert tell_all(town, days=days) == [[], ["status"], [], [], []]
    assert tell_all(town, days=[{"status": "missed", "reading_date": later}]) == [["status"]]


def test_a_status_of_which_the_last_release_says_nothing_has_not_turned(town):
    assert tell_all(town, days=[{"status": word} for word in (None, "missed", None, "missed")]) == [[]] * 4


def test_other_words_are_no_news(town):
    assert tell_all(town, days=[{"status": word} for word in ("on track", "behind", "ahead", "no data")]) == [[]] * 4


# ---------------------------------------------------------------------- no scenario fits


def test_the_alarm_fires_when_it_comes_on_and_again_only_after_it_has_been_off(town):
    found = tell_all(town, days=[{"alarm": alarm} for alarm in (False, True, True, False, True)])
    assert found == [[], ["no_scenario_fits"], [], [], ["no_scenario_fits"]]


def test_an_alarm_that_nobody_computed_does_not_fire(town):
    assert tell_all(town, days=[{"alarm": None}, {"alarm": None}]) == [[], []]


# ---------------------------------------------------------------------- sources


def test_a_stale_source_is_told_once_until_it_has_news_and_goes_stale_again(town):
    stale, fresh, again = (date(2026, 1, 1), 61), (date(2026, 3, 3), 1), (date(2026, 3, 3), 61)
    found = tell_all(town, days=[{"source": source} for source in (stale, stale, fresh, again, again)])
    assert found == [["source"], [], [], ["source"], []]


def test_a_source_of_unknown_age_is_missing_data_and_does_not_fire(town):
    assert tell_all(town, days=[{"source": (None, None)}] * 3) == [[], [], []]


def test_a_publisher_that_changed_is_told_at_once_and_once(town):
    changed = {"outcome": "failure", "http_status": 200, "message": "a column is new", "sha256": "ab"}
    good = {"outcome": "hit", "http_status": 200}
    found = tell_all(town, days=[{"attempt": attempt} for attempt in (good, changed, changed, good, changed)])
    assert found == [[], ["source"], [], [], ["source"]]


def test_a_publisher_that_does_not_answer_is_told_after_three_days_and_once(town):
    silent = {"outcome": "failure", "http_status": None, "message": "HTTP 503"}
    found = tell_all(town, days=[{"attempt": attempt} for attempt in ({}, silent, silent, silent, silent, silent, {})])
    assert found == [[], [], [], [], ["source"], [], []]


def test_a_source_that_was_not_asked_does_not_fire(town):
    assert tell_all(town, days=[{"attempt": {"outcome": "skipped", "message": "offline"}}] * 6) == [[]] * 6


# ---------------------------------------------------------------------- the table, and what looks back


def test_the_release_carries_its_own_alerts_with_time_key_and_delivery(town):
    town.assess()
    town.assess(status="contradicted")
    (row,) = town.published()
    assert (row["kind"], row["severity"], row["indicator_id"], row["scenario_id"]) == (
        "status",
        "warning",
        "loaves",
        "grows",
    )
    assert row["raised_at"] == town.now.replace(tzinfo=None)
    assert row["delivery"] == "dry_run"
    town.assess(status="contradicted")
    assert town.published() == []


def test_a_run_that_looks_back_raises_nothing(town):
    town.assess(NEAR)
    town.assess(HIGH)
    raised, _ = write_alerts(town.warehouse, town.settings, FIRST_DAY - timedelta(days=30), town.now)
    assert raised == []


def test_where_older_releases_are_not_kept_nothing_fires_and_the_release_is_made(town, monkeypatch):
    monkeypatch.setenv("SIGNPOSTS_KEEP_RELEASES", "1")
    assert tell_all(town, days=[{"odds": odds} for odds in (NEAR, HIGH, HIGH)]) == [[], [], []]


# ---------------------------------------------------------------------- telling


class Mailbox(BaseHTTPRequestHandler):
    """A server that keeps the messages it takes, and refuses while told to."""

    messages: list[dict[str, Any]]
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).messages.append(json.loads(body))
        self.send_response(type(self).status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Mailbox]]:
    box = type("OwnMailbox", (Mailbox,), {"messages": []})
    server = HTTPServer(("127.0.0.1", 0), box)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    monkeypatch.setenv("SIGNPOSTS_NOTIFY_URL", f"json://127.0.0.1:{server.server_port}/told")
    yield box
    server.shutdown()
    thread.join()
    server.server_close()


def outcomes(alerts: list[Alert]) -> list[str]:
    return [alert.delivery for alert in alerts]


def test_an_alert_reaches_the_address_once_with_what_why_and_a_link(town, mailbox, monkeypatch):
    monkeypatch.setenv("SIGNPOSTS_REPORT_URL", "https://bakery.example/report/")
    town.assess()
    town.assess(status="contradicted")
    assert outcomes(deliver(town.settings, town.now)) == ["sent"]
    assert deliver(town.settings, town.now) == []
    town.assess(status="contradicted")
    assert deliver(town.settings, town.now) == []
    (message,) = mailbox.messages
    assert "Loaves is now contradicted under grows (was on track)" in message["message"]
    assert "https://bakery.example/report/indicators/loaves.html" in message["message"]


def test_several_alerts_are_one_message_the_gravest_first(town, mailbox):
    town.assess()
    town.assess(status="contradicted", alarm=True)
    assert outcomes(deliver(town.settings, town.now)) == ["sent", "sent"]
    (message,) = mailbox.messages
    assert message["title"] == "Signposts: 2 alerts"
    assert message["message"].index("no scenario fits") < message["message"].index("contradicted")


def test_a_message_that_was_refused_is_tried_again_and_then_not_again(town, mailbox):
    town.assess()
    town.assess(alarm=True)
    mailbox.status = 500
    assert outcomes(deliver(town.settings, town.now)) == ["failed"]
    mailbox.status = 200
    assert kinds(waiting(town.settings, town.now)) == ["no_scenario_fits"]
    assert outcomes(deliver(town.settings, town.now)) == ["sent"]
    assert waiting(town.settings, town.now) == []


def test_a_run_that_died_between_release_and_telling_is_told_by_the_next(town, mailbox):
    town.assess()
    town.assess(alarm=True)
    assert town.assess(alarm=True) == []
    assert outcomes(deliver(town.settings, town.now)) == ["sent"]
    assert len(mailbox.messages) == 1


def test_with_no_address_it_is_a_dry_run_and_an_address_set_within_the_week_still_hears(town, mailbox, monkeypatch):
    address = "SIGNPOSTS_NOTIFY_URL"
    url = os.environ[address]
    monkeypatch.delenv(address)
    town.assess()
    town.assess(alarm=True)
    deliver(town.settings, town.now)
    assert outcomes(list(read_journal(town.settings.alert_journal).values())) == ["dry_run"]
    assert mailbox.messages == []
    monkeypatch.setenv(address, url)
    assert deliver(town.settings, town.now + timedelta(days=8)) == [], "what is older than a week is no news"
    assert outcomes(deliver(town.settings, town.now + timedelta(days=2))) == ["sent"]


def test_warnings_wait_for_the_quiet_hours_to_end_and_critical_ones_do_not(town, mailbox, monkeypatch):
    monkeypatch.setenv("SIGNPOSTS_QUIET_HOURS", "22-7")
    town.assess()
    town.assess(status="missed", alarm=True)
    deliver(town.settings, town.now)
    assert [message["title"] for message in mailbox.messages] == [f"Signposts: {told(town, 'no_scenario_fits')[:120]}"]
    assert waiting(town.settings, town.now) == []
    morning = town.now.replace(hour=7, minute=5)
    assert kinds(waiting(town.settings, morning)) == ["status"]
    assert outcomes(deliver(town.settings, morning)) == ["sent"]
    assert len(mailbox.messages) == 2


def told(town: Town, kind: str) -> str:
    return next(alert.message for alert in read_journal(town.settings.alert_journal).values() if alert.kind == kind)


@pytest.mark.parametrize(
    ("hours", "hour", "quiet"),
    [("22-7", 23, True), ("22-7", 6, True), ("22-7", 7, False), ("9-17", 9, True), ("9-17", 17, False), ("", 3, False)],
)
def test_quiet_hours_may_pass_midnight(hours, hour, quiet, monkeypatch):
    monkeypatch.setenv("SIGNPOSTS_QUIET_HOURS", hours)
    assert is_quiet(datetime(2026, 3, 2, hour, 30, tzinfo=UTC)) is quiet


def test_quiet_hours_that_are_none_are_refused_by_name(monkeypatch):
    monkeypatch.setenv("SIGNPOSTS_QUIET_HOURS", "at night")
    with pytest.raises(InputError, match="SIGNPOSTS_QUIET_HOURS"):
        is_quiet(datetime(2026, 3, 2, tzinfo=UTC))


def test_an_address_is_a_secret_and_stands_in_no_message_line_or_log(town, monkeypatch, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("SIGNPOSTS_NOTIFY_URL", "json://anna:opensesame@127.0.0.1:9/hook-9f31 nosuch://opensesame")
    town.assess()
    town.assess(alarm=True)
    assert outcomes(deliver(town.settings, town.now)) == ["failed"]
    written = town.settings.alert_journal.read_text(encoding="utf-8") + caplog.text + "".join(capfd.readouterr())
    assert "did not take it" in written
    assert "opensesame" not in written
    assert "hook-9f31" not in written


def test_a_journal_line_that_a_crash_cut_short_spoils_itself_alone(town, mailbox):
    town.assess()
    town.assess(alarm=True)
    deliver(town.settings, town.now)
    journal = town.settings.alert_journal
    whole = len(journal.read_text(encoding="utf-8").splitlines())
    journal.write_bytes(journal.read_bytes() + b'{"kind": "thresh')
    (alert,) = read_journal(journal).values()
    note(journal, alert, "sent")
    assert len(journal.read_text(encoding="utf-8").splitlines()) == whole + 2
    assert list(read_journal(journal).values()) == [alert]
    assert deliver(town.settings, town.now) == []


# ---------------------------------------------------------------------- withheld


def test_a_withheld_release_is_sent_once_a_cause_and_stands_in_the_next_release_as_good_again(town, mailbox):
    town.assess()
    later = town.now + timedelta(hours=1)
    assert raise_withheld(town.settings, ["claim_is_sound: two claims have no source"], later) is not None
    assert raise_withheld(town.settings, ["claim_is_sound: three claims"], later) is None
    assert raise_withheld(town.settings, ["publication: no room"], later) is not None
    assert len(mailbox.messages) == 2
    assert "two claims have no source" in mailbox.messages[0]["message"]
    town.assess()
    said = {(row["kind"], row["delivery"]) for row in town.published()}
    assert said == {("withheld", "sent"), ("good_again", "pending")}
    town.assess()
    assert town.published() == []


def test_an_offline_run_tells_nobody_and_the_next_one_does(town, mailbox):
    raise_withheld(town.settings, ["publication: no room"], town.now, offline=True)
    assert mailbox.messages == []
    assert outcomes(deliver(town.settings, town.now)) == ["sent"]


# ---------------------------------------------------------------------- accepted problems


def accept(town: Town, **changes: str) -> None:
    entry = {
        "kind": "source",
        "subject": "source:guild",
        "owner": "A. Baker",
        "reason": "the guild meets again in May",
        "expires_on": "2026-03-04",
    } | changes
    lines = [f"{'- ' if place == 0 else '  '}{name}: {value}\n" for place, (name, value) in enumerate(entry.items())]
    (town.settings.catalogue_root / "accepted_problems.yaml").write_text("".join(lines), encoding="utf-8")


def test_an_accepted_problem_is_not_told_until_its_date_has_passed_and_then_once(town, mailbox):
    accept(town)
    stale = (date(2026, 1, 1), 61)
    for _ in range(5):
        town.assess(source=stale)
        deliver(town.settings, town.now)
    assert len(mailbox.messages) == 1
    (alert,) = read_journal(town.settings.alert_journal).values()
    assert (alert.delivery, alert.raised_at[:10]) == ("sent", "2026-03-05")


def test_an_expired_acceptance_is_named_with_its_owner(town):
    accept(town, expires_on="2026-01-01")
    _, lapsed = write_alerts(town.warehouse, town.settings, town.day, town.now)
    assert len(lapsed) == 1
    assert "A. Baker" in lapsed[0]


def test_an_accepted_problem_silences_only_its_own_kind_and_subject(town):
    accept(town, subject="source:other_guild", expires_on="2027-01-01")
    assert outcomes(town.assess(source=(date(2026, 1, 1), 61))) == ["dry_run"]


@pytest.mark.parametrize(
    "changes",
    [{"owner": "''"}, {"reason": "''"}, {"expires_on": "soon"}, {"kind": "weather"}, {"colour": "blue"}],
    ids=["no-owner", "no-reason", "no-date", "no-such-kind", "surplus-key"],
)
def test_an_acceptance_without_owner_reason_or_date_is_refused_by_file_and_entry(changes, town):
    accept(town, **changes)
    with pytest.raises(CatalogueError, match=f"accepted_problems.yaml: entry 1 {next(iter(changes))}"):
        load_accepted(town.settings.catalogue_root)


# ---------------------------------------------------------------------- the digest


def test_the_digest_says_the_odds_the_weeks_move_the_alerts_and_the_sources(town):
    for _ in range(8):
        town.assess()
    town.assess(MOVED, status="missed")
    deliver(town.settings, town.now)
    _, text = weekly_digest(town.settings, town.now)
    assert "grows: 47.0 % (+7.0 points)" in text
    assert "Loaves is now missed" in text
    assert "source" in text.lower()


def test_the_digest_says_loudly_that_a_week_brought_no_release(town):
    town.assess()
    _, text = weekly_digest(town.settings, town.now + timedelta(days=9))
    assert text.startswith("NO release this week")


def test_a_message_names_the_file_where_no_address_of_the_report_is_set(town):
    alert = Alert("source", "warning", "Guild is stale", "source:guild:stale:2026-01-01", "2026-03-02T05:30:00")
    _, text = compose([alert], town.settings, town.now)
    assert "file://" in text


# ---------------------------------------------------------------------- to each address, typed, and good again


def test_each_address_gets_an_alert_once_also_where_another_refuses_it(town, mailbox, monkeypatch):
    """An address that took the message is not sent it again while the other one is tried again."""
    deaf = type("DeafMailbox", (Mailbox,), {"messages": [], "status": 500})
    server = HTTPServer(("127.0.0.1", 0), deaf)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        both = f"{os.environ['SIGNPOSTS_NOTIFY_URL']} json://127.0.0.1:{server.server_port}/other"
        monkeypatch.setenv("SIGNPOSTS_NOTIFY_URL", both)
        town.assess()
        town.assess(alarm=True)
        assert outcomes(deliver(town.settings, town.now)) == ["failed"]
        deaf.status = 200
        assert outcomes(deliver(town.settings, town.now)) == ["sent"]
        assert deliver(town.settings, town.now) == []
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert len(mailbox.messages) == 1
    assert len(deaf.messages) == 2


@pytest.mark.parametrize(
    ("day", "kind"),
    [({"alarm": True}, "failure"), ({"status": "missed"}, "warning"), ({"status": "fulfilled"}, "info")],
)
def test_a_message_has_the_type_of_its_gravest_alert(day, kind, town, mailbox):
    town.assess()
    town.assess(**day)
    deliver(town.settings, town.now)
    assert [message["type"] for message in mailbox.messages] == [kind]


def test_what_was_red_and_is_good_again_is_sent_once_as_a_success(town, mailbox):
    stale, fresh = (date(2026, 1, 1), 61), (date(2026, 3, 3), 1)
    for source in (stale, stale, fresh, fresh):
        town.assess(source=source)
        deliver(town.settings, town.now)
    assert [message["type"] for message in mailbox.messages] == ["warning", "success"]
    assert "Good again: guild is no longer stale, as raised on 2026-03-02" in mailbox.messages[1]["message"]


def test_what_nobody_heard_of_is_not_said_to_be_good_again(town):
    for source in ((date(2026, 1, 1), 61), (date(2026, 3, 3), 1)):
        town.assess(source=source)
        deliver(town.settings, town.now)
    assert [alert.kind for alert in read_journal(town.settings.alert_journal).values()] == ["source"]


def test_a_cause_that_comes_back_after_it_was_good_again_is_sent_again(town, mailbox):
    for reason in ("two rows fail", None, "two rows fail", "two rows fail"):
        rows = [{"tracker_id": "bakery", "title": "Bakery", "reason": reason}] if reason else []
        town.warehouse.write_rows("withheld_tracker", rows)
        town.assess()
        deliver(town.settings, town.now)
    assert [message["type"] for message in mailbox.messages] == ["failure", "success", "failure"]
    assert "tracker bakery is released again" in mailbox.messages[1]["message"]


def test_a_message_that_goes_out_late_says_how_old_its_cause_is(town, mailbox, monkeypatch):
    url = os.environ["SIGNPOSTS_NOTIFY_URL"]
    monkeypatch.delenv("SIGNPOSTS_NOTIFY_URL")
    town.assess()
    town.assess(alarm=True)
    deliver(town.settings, town.now)
    monkeypatch.setenv("SIGNPOSTS_NOTIFY_URL", url)
    deliver(town.settings, town.now + timedelta(days=2))
    assert "Raised on 2026-03-03, 2 days ago." in mailbox.messages[0]["message"]


# ---------------------------------------------------------------------- held, withdrawn, held back


GUILD = {"tracker_id": "bakery", "indicator_id": "loaves", "source_id": "guild", "held": False, "status": "reported"}


def claims_of(town: Town, number: int, **changes: Any) -> None:
    rows = [
        GUILD
        | {"claim_id": f"guild-{place}", "first_claim_id": f"guild-{place}", "recorded_at": datetime(2026, 3, 1)}
        | changes
        for place in range(number)
    ]
    town.warehouse.write_rows("claim", rows)


def test_held_claims_are_sent_once_by_name_and_again_when_more_come(town, mailbox):
    claims_of(town, 2, held=True)
    assert tell_all(town, days=[{}, {}]) == [["held"], []]
    deliver(town.settings, town.now)
    assert "guild-0" in mailbox.messages[0]["message"]
    assert "signposts accept" in mailbox.messages[0]["message"]
    claims_of(town, 3, held=True, recorded_at=datetime(2026, 3, 4))
    assert tell_all(town, days=[{}])[0][0] == "held"


def test_nothing_held_fires_nothing(town):
    claims_of(town, 5)
    assert tell_all(town, days=[{}, {}]) == [[], []]


@pytest.mark.parametrize(("gone", "of", "fires"), [(12, 40, True), (9, 12, False), (12, 100, False)])
def test_a_mass_of_withdrawals_at_once_is_critical_and_a_few_are_not(gone, of, fires, town):
    town.assess()
    moment = town.now.replace(tzinfo=None) + timedelta(hours=1)
    rows = [
        GUILD | {"claim_id": f"guild-{n}", "first_claim_id": f"guild-{n}", "recorded_at": moment} for n in range(of)
    ]
    for row in rows[:gone]:
        row["status"] = "withdrawn"
    town.warehouse.write_rows("claim", rows)
    assert kinds(town.assess()) == (["withdrawn"] if fires else [])


def test_a_blocked_release_is_understood_by_somebody_who_sees_only_the_alert(town, mailbox, monkeypatch):
    """Tracker, table, expectation, the first row's key, and what to do: from the row at fault to the message."""
    monkeypatch.setenv("SIGNPOSTS_HOME", str(town.settings.home))
    row = {"claim_id": "loaves-001", "indicator_id": "loaves", "kind": "value", "status": "reported"}
    dates = {"published_on": FIRST_DAY, "recorded_at": datetime(2026, 3, 2)}
    town.assess()
    town.write("claim", row | dates | {"reliability_value": 1.2})

    @dg.asset
    def claim() -> None:
        """The table stands already."""

    checked = dg.Definitions(
        assets=[claim], asset_checks=[table_checks("claim")], resources={"run": MonitoringRun()}
    ).resolve_implicit_global_asset_job_def()
    result = checked.execute_in_process(raise_on_error=False)
    raise_withheld(town.settings, [failure.line for failure in failures_of_events(result.all_events)], town.now)
    (message,) = mailbox.messages
    assert message["type"] == "failure"
    (release,) = {row["release_id"] for row in earlier_releases(town.settings)}
    for part in (
        f"Nothing was published; the last release ({release}) stays in place.",
        "table claim, column_values_to_be_between:reliability_value: The reliability of every claim is a probability.",
        "1 row fails, the first tracker_id bakery, indicator_id loaves, claim_id loaves-001, reliability_value 1.2.",
        "Mend what it names and run `signposts run`; `signposts doctor` names every failing row",
    ):
        assert part in message["message"]


# ---------------------------------------------------------------------- each kind of alert


def on_days(*days: dict[str, Any]) -> Callable[[Town], list[Alert]]:
    """Return a cause that is there once these days have passed: what the last of them raises."""
    return lambda town: [town.assess(**day) for day in days][-1]


def held_claims(town: Town) -> list[Alert]:
    claims_of(town, 1, held=True)
    return town.assess()


def mass_withdrawn(town: Town) -> list[Alert]:
    claims_of(town, 12, status="withdrawn", recorded_at=town.now.replace(tzinfo=None) + timedelta(hours=1))
    return town.assess()


def tracker_withheld(town: Town) -> list[Alert]:
    town.write("withheld_tracker", {"title": "Bakery", "reason": "two claims have no source"})
    return town.assess()


def good_after_bad(town: Town) -> list[Alert]:
    for source in ((date(2026, 1, 1), 61), (date(2026, 3, 3), 1)):
        raised = town.assess(source=source)
        for alert in raised:
            note(town.settings.alert_journal, alert, "sent")
    return raised


CAUSES: dict[str, Callable[[Town], list[Alert]]] = {
    "threshold": on_days({"odds": NEAR}, {"odds": HIGH}, {"odds": HIGH}),
    "move": on_days({"odds": MOVED}, {"odds": MOVED}),
    "status": on_days({"status": "missed"}),
    "no_scenario_fits": on_days({"alarm": True}),
    "source": on_days({"source": (date(2026, 1, 1), 61)}),
    "held": held_claims,
    "withdrawn": mass_withdrawn,
    "withheld": tracker_withheld,
    "good_again": good_after_bad,
}


@pytest.mark.parametrize("kind", get_args(Kind))
def test_an_alert_is_raised_by_its_cause_once_and_not_without(kind: str, town: Town) -> None:
    assert tell_all(town, days=[{}, {}, {}]) == [[], [], []]
    assert kinds(CAUSES[kind](town)) == [kind]


def test_each_rule_raises_a_kind_of_alert_that_has_a_case() -> None:
    raised = {load_sql(f"alerts/{rule}").split("' as kind")[0].rpartition("'")[2] for rule in RULES}
    assert raised | {"good_again"} == set(get_args(Kind))
