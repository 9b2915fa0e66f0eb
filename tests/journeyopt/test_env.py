"""The environment is read once, and nothing in it is guessed."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from journeyopt import env


@pytest.mark.parametrize("value", ["yes", "1", "true", "TRUE", " "])
def test_a_flag_is_true_or_false_and_nothing_like_it(monkeypatch, value):
    monkeypatch.setenv("BEHIND_PROXY", value)

    with pytest.raises(ImproperlyConfigured, match="True or False"):
        env.flag("BEHIND_PROXY", False)


@pytest.mark.parametrize("value", ["many", "1.5", "-3", "0"])
def test_a_number_is_whole_and_not_below_what_makes_sense(monkeypatch, value):
    monkeypatch.setenv("ENGINE_BATCH", value)

    with pytest.raises(ImproperlyConfigured, match="ENGINE_BATCH"):
        env.number("ENGINE_BATCH", 2000, least=1)


def test_what_is_not_set_has_its_default(monkeypatch):
    for name in ("ENGINE_BATCH", "BEHIND_PROXY", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)

    assert env.number("ENGINE_BATCH", 2000) == 2000
    assert env.flag("BEHIND_PROXY", True) is True
    assert env.words("ALLOWED_HOSTS", ["a"]) == ["a"]


def test_a_database_address_is_taken_apart():
    found = env.database("postgresql://ana:p%40ss@db.example.org:5433/shop?sslmode=require")
    patient = env.database("postgresql://db.example.org/shop?connect_timeout=60")

    assert (found["USER"], found["PASSWORD"], found["HOST"]) == ("ana", "p@ss", "db.example.org")
    assert (found["PORT"], found["NAME"], found["OPTIONS"]) == (
        "5433",
        "shop",
        {**env.PATIENCE, "sslmode": "require"},
    )
    assert patient["OPTIONS"]["connect_timeout"] == "60"
    assert env.database("postgresql://postgres:@/shop?host=/run/pg")["HOST"] == "/run/pg"


@pytest.mark.parametrize("address", ["mysql://db/shop", "db.example.org", "sqlite:///x"])
def test_another_kind_of_database_is_refused(address):
    with pytest.raises(ImproperlyConfigured, match="postgresql"):
        env.database(address)


def test_a_mail_server_says_how_it_is_reached():
    assert env.smtp("smtp://127.0.0.1:8025")["port"] == 8025
    assert env.smtp("smtp://u:s%3A@mail.example.org?tls=start") == {
        "hostname": "mail.example.org",
        "port": 587,
        "username": "u",
        "password": "s:",
        "use_tls": False,
        "start_tls": True,
    }
    assert env.smtp("smtp://mail.example.org?tls=direct")["port"] == 465


@pytest.mark.parametrize("address", ["http://mail", "smtp://", "smtp://mail?tls=maybe"])
def test_a_mail_server_that_cannot_be_meant_is_refused(address):
    with pytest.raises(ImproperlyConfigured, match="SMTP_URL"):
        env.smtp(address)


def test_a_secret_is_drawn_once_and_only_its_owner_may_read_it(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    file = tmp_path / "new" / "secret_key"

    first, again = env.kept_secret("SECRET_KEY", file), env.kept_secret("SECRET_KEY", file)

    assert first == again
    assert len(first) > 40
    assert file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("SECRET_KEY", "mine")
    assert env.kept_secret("SECRET_KEY", file) == "mine"
