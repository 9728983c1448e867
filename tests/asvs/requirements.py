"""Thirty requirements of OWASP ASVS 5.0 that can be tested here, each with the tests that hold it.

Numbers are those of the standard. A requirement without a test is not met, or not shown to be: `lacking` says why. The page
[Promises](docs/explanation/promises.md) counts them.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Requirement:
    """Some numbers of the standard, what they ask for in our words, the tests that hold it, and what is lacking."""

    numbers: str
    asks: str
    held: tuple[str, ...] = ()
    lacking: str = ""


_HERE: Final = "tests/asvs/test_office.py"
_ADDRESSES: Final = "tests/office/test_addresses.py"
_SIGN_IN: Final = "tests/office/accounts/test_sign_in.py"
_HEALTH: Final = "tests/office/operations/test_health.py"
_LODGING: Final = "tests/office/api/test_lodging.py"
_READING: Final = "tests/office/api/test_reading.py"

REQUIREMENTS: Final = (
    Requirement(
        "V1.2.4", "No SQL is made of what came in", (f"{_HERE}::test_v1_2_4_metacharacters_of_sql_are_only_text",)
    ),
    Requirement(
        "V1.2.1 V3.2.2",
        "What came in is never run in a page",
        (f"{_HERE}::test_v1_2_1_markup_in_a_declaration_is_shown_and_not_run",),
    ),
    Requirement(
        "V1.2.10",
        "No cell of an export is a formula",
        ("tests/office/insight/test_figures.py::test_no_cell_is_a_formula",),
    ),
    Requirement(
        "V1.3.2 V1.3.7",
        "No text is run as code, and the language of profiles is bounded",
        (
            "tests/architecture/test_source.py::test_nothing_is_pickled_and_no_text_is_run_as_code",
            "tests/flow/test_malformed.py::test_a_bomb_of_a_sentence_is_refused_within_a_second",
        ),
    ),
    Requirement(
        "V1.5.1 V1.5.2",
        "No entities of XML; nothing is unpickled",
        (
            "tests/flow/intake/test_ephyto.py::test_a_bomb_of_entities_is_refused_before_it_grows",
            "tests/flow/test_malformed.py::test_a_bomb_of_xml_is_refused_or_harmless_within_a_second",
            "tests/methods/test_boosting.py::test_a_model_is_never_pickled",
        ),
    ),
    Requirement(
        "V2.2.1 V2.2.2 V2.2.3",
        "Every field is checked, and fields against one another, on the server",
        (
            f"{_LODGING}::test_every_wrong_field_is_named",
            "tests/office/desk/test_desk.py::test_what_is_wrong_is_told_and_nothing_entered_is_lost",
        ),
    ),
    Requirement(
        "V2.3.1 V2.3.3",
        "Steps only in their order; all of a step or nothing",
        (
            "tests/office/journal/test_journal.py::test_an_entry_is_kept_only_with_what_it_tells_of",
            "tests/office/operations/test_returning.py::test_an_office_that_fails_at_any_entry_goes_on_from_there",
        ),
    ),
    Requirement(
        "V2.3.4",
        "Of many who take one thing, one wins",
        ("tests/office/desk/test_desk.py::test_a_stale_view_of_an_order_never_wins",),
        "fifty threads at once are not tried: one after the other with a stale view",
    ),
    Requirement(
        "V2.3.5",
        "What lowers takes two",
        ("tests/office/desk/test_desk.py::test_a_supervisor_who_proposed_less_does_not_agree_to_it",),
        "no constraint of the database says so",
    ),
    Requirement("V2.4.1", "A client is asked to wait", (f"{_READING}::test_a_client_is_counted_and_asked_to_wait",)),
    Requirement(
        "V3.3.1 V3.3.2 V3.3.3 V3.3.4",
        "Cookies are bound and closed",
        (f"{_HERE}::test_v3_3_cookies_are_bound_and_closed",),
    ),
    Requirement(
        "V3.4.1 V3.4.2 V3.4.3 V3.4.4 V3.4.5 V3.4.6",
        "Security headers on every answer",
        (
            f"{_ADDRESSES}::test_every_answer_carries_the_security_headers",
            f"{_HERE}::test_v3_4_errors_and_files_carry_the_headers_too",
        ),
    ),
    Requirement(
        "V3.5.1 V3.5.3",
        "No form from elsewhere; asking changes nothing",
        (f"{_HERE}::test_v3_5_1_a_form_from_elsewhere_changes_nothing", f"{_ADDRESSES}::test_asking_changes_nothing"),
    ),
    Requirement(
        "V4.1.1 V4.1.3 V4.2.1",
        "Types of content are told; forwarded headers cannot be forged; no smuggling",
        (
            f"{_HERE}::test_v4_1_1_every_page_says_its_type_and_charset",
            f"{_HERE}::test_v4_1_3_a_forged_forwarded_host_is_not_believed",
        ),
        "pairs of smuggled requests against the server are not tried",
    ),
    Requirement(
        "V5.2.1 V5.2.2 V5.2.3 V5.3.2 V5.4.2",
        "Files are bounded, and their names lead nowhere",
        (
            "tests/flow/test_malformed.py::test_bombs_of_other_kinds_cost_less_than_200_megabytes_at_every_door",
            "tests/flow/post/test_bundle.py::test_no_file_of_a_bundle_can_be_changed_added_or_left_out",
            "tests/flow/post/test_bundle.py::test_a_bundle_that_would_unpack_to_too_much_is_refused_before_it_is_unpacked",
        ),
    ),
    Requirement(
        "V6.2.1 V6.2.4 V6.2.9 V6.2.12",
        "Passwords are long, not common, and may be longer",
        (f"{_HERE}::test_v6_2_short_and_common_passwords_are_refused_and_long_ones_taken",),
        "the list of breached passwords is Django's list of common ones",
    ),
    Requirement(
        "V6.3.1 V6.3.2",
        "A name locks after failures; nobody is there by default",
        (
            f"{_SIGN_IN}::test_five_failures_lock_a_name_for_a_quarter_of_an_hour",
            f"{_HERE}::test_v6_3_2_nobody_is_there_by_default",
        ),
    ),
    Requirement(
        "V6.3.3 V6.5.1",
        "A second factor for whoever can change rules, each number once",
        (
            f"{_SIGN_IN}::test_whoever_is_no_officer_of_a_post_must_set_up_a_second_factor_first",
            f"{_HERE}::test_v6_5_1_a_number_of_the_second_factor_counts_once",
        ),
    ),
    Requirement(
        "V7.2.4 V7.3.1 V7.3.2",
        "A new session at sign-in; it ends in time",
        (
            f"{_HERE}::test_v7_2_4_the_session_gets_a_new_name_at_sign_in",
            f"{_SIGN_IN}::test_a_session_ends_after_half_an_hour_of_silence_and_after_ten_hours",
        ),
    ),
    Requirement(
        "V7.4.1 V7.4.2 V7.4.3 V7.4.5",
        "Sessions end with sign-out, with the account, with a new password",
        (
            f"{_SIGN_IN}::test_a_closed_account_is_out_at_the_next_request",
            f"{_HERE}::test_v7_4_1_a_session_that_was_signed_out_is_worth_nothing",
            f"{_HERE}::test_v7_4_3_a_new_password_ends_the_other_sessions",
        ),
    ),
    Requirement(
        "V8.2.1",
        "Every address by every role",
        (f"{_ADDRESSES}::test_every_address_admits_whom_it_should_and_nobody_else",),
    ),
    Requirement(
        "V8.2.2 V8.4.1",
        "Nothing of another agency or post",
        (
            "tests/office/registry/test_register.py::test_everybody_sees_what_is_of_their_agency_and_post_and_nothing_else",
            "tests/office/desk/test_desk.py::test_nobody_moves_an_order_of_another_agency_or_post",
            f"{_LODGING}::test_a_token_serves_its_post_only",
        ),
    ),
    Requirement(
        "V8.2.3 V15.3.1 V15.3.3",
        "No field too many, in either direction",
        (f"{_LODGING}::test_what_is_answered_never_says_why", f"{_READING}::test_an_agency_is_told_its_own_acts"),
    ),
    Requirement(
        "V8.3.2",
        "A right that is taken away is gone",
        (
            f"{_SIGN_IN}::test_a_role_that_is_taken_away_is_gone_at_the_next_request",
            f"{_READING}::test_a_revoked_token_is_refused_at_the_next_request",
        ),
    ),
    Requirement(
        "V11.4.2 V11.5.1",
        "Passwords by Argon2; tokens random and kept as digests",
        (f"{_HERE}::test_v11_4_2_passwords_are_kept_by_argon2id", f"{_READING}::test_tokens_are_not_kept"),
    ),
    Requirement(
        "V13.2.3 V13.4.1 V13.4.2 V13.4.5",
        "No default secret; nothing of the inside is public",
        (
            f"{_HERE}::test_v13_2_3_there_is_no_default_secret",
            f"{_HERE}::test_v13_4_2_the_settings_pass_the_check_for_deployment",
            f"{_HERE}::test_v13_4_1_nothing_of_the_inside_is_public",
        ),
    ),
    Requirement(
        "V14.2.1 V14.3.2",
        "No secret in an address; nothing of a session is kept on the way",
        (
            f"{_HERE}::test_v14_2_1_a_token_in_an_address_is_not_taken",
            f"{_ADDRESSES}::test_every_answer_carries_the_security_headers",
        ),
    ),
    Requirement(
        "V15.1.2 V15.2.1",
        "A bill of materials; known weaknesses are asked about",
        (
            "tests/architecture/test_supply.py::test_the_bill_of_materials_names_every_package_that_darvoza_runs_on",
            "tests/architecture/test_supply.py::test_an_audit_that_could_not_ask_is_not_one_that_found_nothing",
        ),
        "the audit was not run with its database: it could not be reached where this was built",
    ),
    Requirement(
        "V16.2.1 V16.3.1 V16.3.2 V16.4.1",
        "Who, when, what; failures and refusals too; no line can be imitated",
        (
            f"{_HERE}::test_v16_3_failed_sign_ins_and_refusals_are_written_down",
            f"{_HEALTH}::test_a_line_break_cannot_imitate_a_line",
            f"{_HEALTH}::test_nothing_that_came_in_stands_in_the_log",
        ),
    ),
    Requirement(
        "V16.5.1 V16.5.3",
        "A failure tells nothing and releases nothing",
        (
            f"{_HEALTH}::test_a_database_that_is_away_gives_503_and_releases_nothing",
            f"{_LODGING}::test_without_a_database_nothing_is_released",
        ),
    ),
)
