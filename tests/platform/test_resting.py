"""Jobs that rest until someone wakes them."""

import pytest
from django.utils import timezone

from coworkmed.platform import jobs
from coworkmed.platform.models import Job, Schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def declared(monkeypatch):
    jobs.every_job()  # or reading them would declare them in place of these
    monkeypatch.setattr(jobs, "DECLARED", {})
    done = []
    jobs.job("busy", every="every 1 minute")(lambda: done.append("busy"))
    jobs.job("calm", every="every 1 minute", resting=True)(lambda: done.append("calm"))
    jobs.job("once")(lambda: done.append("once"))
    return done


def run():
    jobs.install()
    Schedule.objects.update(next=timezone.now())
    jobs.tick()
    jobs.run_due()


def test_on_a_new_site_only_what_does_not_rest_is_done(declared):
    assert (jobs.rests("busy"), jobs.rests("calm")) == (False, True), "before anything is installed, too"
    run()
    assert declared == ["busy"]
    assert (jobs.rests("busy"), jobs.rests("calm")) == (False, True)


def test_what_was_woken_stays_awake_and_what_rests_goes_on_resting(declared):
    jobs.rest("calm", resting=False)
    jobs.rest("busy", resting=True)
    run()
    run()
    assert declared == ["calm", "calm"]


def test_another_rule_wakes_nobody(declared, monkeypatch):
    jobs.install()
    jobs.rest("busy", resting=True)
    jobs.every_job()  # or reading them would declare them in place of these
    monkeypatch.setattr(jobs, "DECLARED", {})
    for name in ("busy", "calm"):
        jobs.job(name, every="every 2 minutes", resting=name == "calm")(lambda: None)
    jobs.install()
    assert jobs.rests("busy") and jobs.rests("calm")


def test_what_it_had_asked_for_is_taken_back(declared):
    jobs.rest("calm", resting=False)
    Schedule.objects.update(next=timezone.now())
    jobs.tick()
    assert Job.objects.filter(name="calm", state="waiting").exists()
    jobs.rest("calm", resting=True)
    jobs.run_due()
    assert "calm" not in declared


def test_a_job_without_a_schedule_has_none_to_rest(declared):
    for name in ("once", "nobody"):
        with pytest.raises(KeyError):
            jobs.rest(name, resting=True)
