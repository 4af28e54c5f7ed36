"""Likely personal data: what is proposed for a look, and the false friends that are left alone."""

from __future__ import annotations

import pytest

from clustering.engine.personal import KINDS, find_personal


def personal_in(line: str, language: str = "en") -> list[tuple[str, str]]:
    return [(hint.kind, line[hint.start : hint.end]) for hint in find_personal([line], language=language)]


@pytest.mark.parametrize(
    ("language", "line", "kind", "what"),
    [
        ("en", "Name: J. Doe   536-90-4399", "social security", "536-90-4399"),
        ("en", "Soc. Sec. No. 536904399", "social security", "536904399"),
        ("en", "Social Security Number: 536 90 4399", "social security", "536 90 4399"),
        ("fr", "N° de sécurité sociale 2 95 10 99 126 111 93", "social security", "2 95 10 99 126 111 93"),
        ("es", "D.N.I. 54362315K", "social security", "54362315K"),
        ("de", "Steuer-ID 36 574 261 809", "social security", "36 574 261 809"),
        ("en", "Visa 4111 1111 1111 1111, exp. 04/71", "card", "4111 1111 1111 1111"),
        ("en", "Charge to 3782-822463-10005", "card", "3782-822463-10005"),
        ("de", "Bitte auf DE89 3704 0044 0532 0130 00 BIC COBADEFF", "bank account", "DE89 3704 0044 0532 0130 00"),
        ("de", "Konto-Nr. 1234567", "bank account", "1234567"),
        ("en", "Savings account no. 004-556-1293", "bank account", "004-556-1293"),
        ("en", "write to j.doe@library.example.edu soon", "e-mail", "j.doe@library.example.edu"),
        ("en", "Call me at (401) 863-2146 after six", "phone", "(401) 863-2146"),
        ("de", "Tel. 030 / 22 73 35 52", "phone", "030 / 22 73 35 52"),
        ("fr", "Téléphone : 01 42 68 53 00", "phone", "01 42 68 53 00"),
        ("en", "Date of Birth: Jan. 14, 1931", "date of birth", "Date of Birth: Jan. 14, 1931"),
        ("de", "geboren am 3. Mai 1931 in Kiel", "date of birth", "geboren am 3. Mai 1931"),
        ("fr", "né le 12/05/1931 à Lyon", "date of birth", "né le 12/05/1931"),
        ("es", "nacido el 3 de mayo de 1931", "date of birth", "nacido el 3 de mayo de 1931"),
        ("en", "His medical history is known to us", "medical", "medical history"),
        ("de", "Die Krankengeschichte liegt bei", "medical", "Krankengeschichte"),
        ("fr", "un certificat médical du docteur", "medical", "certificat médical"),
        ("es", "El diagnóstico fue claro", "medical", "diagnóstico"),
    ],
)
def test_it_proposes(language: str, line: str, kind: str, what: str) -> None:
    assert personal_in(line, language) == [(kind, what)]


@pytest.mark.parametrize(
    "line",
    [
        "FORM 1040-A (Rev. 12-69)", "GPO : 1969 O - 345-678-90", "Form No. 300-12-45678", "Case 000-12-3456",
        "HX89 .A5 1954", "JK2391.C5 H35", "LC 73-123456", "ISBN 0-306-40615-2", "ISBN 978-0-306-40615-7",
        "Bar code 31236 01234 5678", "Order 4111 1111 1111 1112", "Serial 1234567890123456",
        "in the years 1931, 1954 and 1969-1972", "born in 1931 in Ohio", "Jan. 14, 1954",
        "Providence, R.I. 02912", "Providence, RI 02912-1234", "P.O. Box 3145", "Vol. 12, No. 34, pp. 567-890",
        "4018632146", "$1,234,567.89", "on account of the weather in 1954", "the patient work of our members",
        "The People v. 14 Defendants, 355 U.S. 225", "HH000123_0045", "Local 1199, AFL-CIO, 310 West 43rd Street",
    ],
)  # fmt: skip
def test_false_friends_are_left_alone(line: str) -> None:
    assert personal_in(line) == []


def test_places_come_in_reading_order_and_each_once() -> None:
    lines = ["Dear sir,", "call (401) 863-2146, SSN 536-90-4399, or j.doe@example.org", "", "DOB 1/14/1931"]
    hints = find_personal(lines, language="en")
    kinds = [(hint.line, hint.kind) for hint in hints]
    assert kinds == [(1, "phone"), (1, "social security"), (1, "e-mail"), (3, "date of birth")]
    assert {hint.kind for hint in hints} < set(KINDS)


def test_a_page_in_no_known_language_is_read_with_english_words() -> None:
    assert personal_in("Date of birth 1/14/1931", "") == personal_in("Date of birth 1/14/1931", "xx") != []
