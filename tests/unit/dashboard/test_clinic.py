"""The clinic file: opening, migrating, accounts, sign-ins, patients, programmes, audit."""

import stat
from datetime import UTC, datetime, timedelta

import apsw
import pytest

from rascue.core.errors import ConfigError, StoreError, WrongUse
from rascue.dashboard.clinic.accounts import Accounts
from rascue.dashboard.clinic.audit import AuditTrail
from rascue.dashboard.clinic.database import ClinicDatabase
from rascue.dashboard.clinic.migrations import MIGRATIONS
from rascue.dashboard.clinic.patients import Patients, looks_personal
from rascue.dashboard.clinic.programs import Programs
from rascue.dashboard.clinic.sign_ins import SignIns
from rascue.dashboard.program_form import edited

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
PASSWORD = "a calm walk in the park"


@pytest.fixture
def database(tmp_path):
    opened = ClinicDatabase(tmp_path / "data" / "clinic.sqlite")
    yield opened
    opened.close()


# --- file ----------------------------------------------------------------------------------------


def test_the_file_is_durable_and_private(database):
    assert database.row("PRAGMA journal_mode") == ("wal",)
    assert database.row("PRAGMA synchronous") == (2,)
    assert database.row("PRAGMA user_version") == (len(MIGRATIONS),)
    assert stat.S_IMODE(database.path.stat().st_mode) == 0o600


def test_opening_again_keeps_everything(tmp_path):
    path = tmp_path / "clinic.sqlite"
    first = ClinicDatabase(path)
    Patients(first).add("one", NOW)
    first.close()
    second = ClinicDatabase(path)
    assert [patient.label for patient in Patients(second).all()] == ["one"]
    second.close()


def test_a_file_of_a_newer_program_is_refused(tmp_path):
    path = tmp_path / "clinic.sqlite"
    with apsw.Connection(str(path)) as connection:
        connection.pragma("user_version", len(MIGRATIONS) + 1)
    connection.close()
    with pytest.raises(StoreError, match="newer rascue"):
        ClinicDatabase(path)


def test_a_file_that_is_no_database_is_named(tmp_path):
    path = tmp_path / "clinic.sqlite"
    path.write_bytes(b"rubbish" * 1000)
    with pytest.raises(StoreError, match=r"clinic\.sqlite"):
        ClinicDatabase(path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StoreError, match="--data"):
        ClinicDatabase(tmp_path / "data" / "clinic.sqlite")


def test_a_group_of_statements_happens_together_or_not_at_all(database):
    def add_and_fail():
        with database.transaction() as connection:
            connection.execute("INSERT INTO patient VALUES (1, 'id', 'label', 'now')")
            raise WrongUse("no")

    with pytest.raises(WrongUse):
        add_and_fail()
    assert Patients(database).all() == []


# --- accounts and sign-ins -----------------------------------------------------------------------


def test_passwords_are_stored_as_argon2id_hashes(database):
    Accounts(database).create("Robin", PASSWORD, NOW)
    (password_hash,) = database.row("SELECT password_hash FROM account")
    assert password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_names_are_told_apart_without_case(database):
    accounts = Accounts(database)
    accounts.create("Robin", PASSWORD, NOW)
    with pytest.raises(WrongUse, match="already"):
        accounts.create("ROBIN", PASSWORD, NOW)
    assert accounts.verify("robin ", PASSWORD).name == "Robin"
    assert accounts.verify("robin", PASSWORD + "x") is None
    assert accounts.verify("robin", "x" * 10**6) is None


def test_tokens_are_stored_as_hashes_only(database):
    account = Accounts(database).create("Robin", PASSWORD, NOW)
    token = SignIns(database, NOW).begin(account, NOW)
    (token_hash,) = database.row("SELECT token_hash FROM sign_in")
    assert token not in str(token_hash)
    assert SignIns(database, NOW).account_of(token, NOW) == account
    assert SignIns(database, NOW).account_of("", NOW) is None


def test_looking_on_keeps_nobody_signed_in(database):
    account = Accounts(database).create("Robin", PASSWORD, NOW)
    sign_ins = SignIns(database, NOW)
    token = sign_ins.begin(account, NOW)
    half, late = NOW + timedelta(minutes=20), NOW + timedelta(minutes=35)
    assert sign_ins.account_of(token, half, is_activity=False) == account
    assert sign_ins.account_of(token, late) is None


def test_expired_sign_ins_are_swept_out_by_the_next(database):
    account = Accounts(database).create("Robin", PASSWORD, NOW)
    sign_ins = SignIns(database, NOW)
    sign_ins.begin(account, NOW)
    sign_ins.begin(account, NOW + timedelta(hours=1))
    assert database.row("SELECT count(*) FROM sign_in") == (1,)


# --- patients ------------------------------------------------------------------------------------


def test_codes_are_given_in_order_and_never_again(database):
    patients = Patients(database)
    assert [patients.add("x", NOW).code for _ in range(2)] == ["P-0001", "P-0002"]
    assert patients.get("P-0002").label == "x"
    with pytest.raises(WrongUse, match="P-0009"):
        patients.get("P-0009")


@pytest.mark.parametrize("label", ["Anna Berg", "Émile Zola, hip", "born 12.03.1950", "1950-03-12"])
def test_labels_that_look_personal(label):
    assert looks_personal(label)


@pytest.mark.parametrize("label", ["", "left hip", "Group B", "stroke 2, MS", "study 4/7"])
def test_labels_that_do_not(label):
    assert not looks_personal(label)


# --- programmes ----------------------------------------------------------------------------------


@pytest.fixture
def programs(database):
    return Programs(database)


@pytest.fixture
def copy(programs):
    shipped = next(kept for kept in programs.all() if kept.program.steps[-1].target is None)
    return programs.copy(shipped.program.name, "For  my group", "Robin", NOW)


def test_a_copy_is_kept_under_its_own_name_and_comes_first(programs, copy):
    assert (copy.program.name, copy.program.title) == ("for_my_group", "For my group")
    assert (copy.program.version, copy.shipped) == ("1", False)
    assert programs.all()[0] == copy
    with pytest.raises(WrongUse, match="already"):
        programs.copy("for_my_group", "for my GROUP", "Robin", NOW)
    with pytest.raises(WrongUse, match="letters or digits"):
        programs.copy("for_my_group", " ! ", "Robin", NOW)


def test_each_change_is_a_new_version_and_old_ones_stay(database, programs, copy):
    longer = edited(copy.program, {"0.minutes": "1.5"})
    assert programs.save(longer, "Kim", NOW).program.version == "2"
    assert programs.get("for_my_group").program.steps[0].duration_s == 90.0
    assert programs.get("for_my_group").author == "Kim"
    assert database.row("SELECT count(*) FROM program") == (2,)


def test_a_shipped_programme_cannot_be_changed(programs):
    shipped = next(kept for kept in programs.all() if kept.shipped)
    with pytest.raises(WrongUse, match="copy it first"):
        programs.save(shipped.program, "Robin", NOW)


def test_what_limits_forbid_is_not_kept(database, programs, copy):
    too_long = edited(copy.program, {"0.minutes": "10000"})
    with pytest.raises(ConfigError, match="duration_s"):
        programs.save(too_long, "Robin", NOW)
    assert database.row("SELECT count(*) FROM program") == (1,)


def test_a_form_changes_what_it_names_and_nothing_else(copy):
    program = copy.program
    k = next(k for k, step in enumerate(program.steps) if step.target)
    fields = {f"{k}.target": "97,5", f"{k}.end_target": "", f"{k}.level_dbfs": "-21"}
    changed = edited(program, fields).steps[k]
    assert (changed.target.value, changed.target.end_value) == (97.5, None)
    assert changed.level_dbfs == -21
    assert changed.params == program.steps[k].params
    assert edited(program, {}) == program


def test_another_policy_starts_with_its_own_defaults(copy):
    k = next(k for k, step in enumerate(copy.program.steps) if step.target)
    changed = edited(copy.program, {f"{k}.strategy": "follow"}).steps[k]
    assert (changed.strategy, changed.params) == ("follow", {})


@pytest.mark.parametrize("word", ["fast", "1e", "--", "1.2.3"])
def test_words_for_numbers_are_refused_by_name(copy, word):
    with pytest.raises(WrongUse, match="Block 1, minutes"):
        edited(copy.program, {"0.minutes": word})


# --- audit ---------------------------------------------------------------------------------------


def test_the_trail_keeps_order_and_detail(database):
    audit = AuditTrail(database)
    audit.add(NOW, "Robin", "session.start", "P-0001", program="steady")
    audit.add(NOW, "Robin", "session.stop", "P-0001")
    rows = audit.rows()
    assert [row.action for row in rows] == ["session.start", "session.stop"]
    assert rows[0].detail_json == '{"program": "steady"}'
    assert audit.first_broken() is None


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE audit SET actor = 'somebody' WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("UPDATE audit SET hash = 'x' WHERE seq = 3", 3),
        ("UPDATE audit SET seq = 9 WHERE seq = 3", 3),
    ],
)
def test_tampering_shows(database, tampering, broken):
    audit = AuditTrail(database)
    for k in range(4):
        audit.add(NOW, "Robin", f"action {k}")
    with database.transaction() as connection:
        connection.execute(tampering)
    assert audit.first_broken() == broken
