"""Anki's own library imports the deck: notes, cards, and what happens the second time."""

import json
from html.parser import HTMLParser

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from anki.scheduler.v3 import CardAnswer
from exported import asked, keys, order

from coldstart.quiz import exports

NEWER = "1900000000"


class Listed(HTMLParser):
    """The options of a list: ids, and which of them are called correct."""

    def __init__(self, markup):
        super().__init__()
        self.order, self.correct = [], []
        self.feed(markup)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "li" and "data-option" in found:
            self.order.append(found["data-option"])
            if found.get("class") == "correct":
                self.correct.append(found["data-option"])


@pytest.fixture
def collection(tmp_path):
    opened = Collection(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


def imported(collection, banks, tmp_path):
    path = tmp_path / "deck.apkg"
    path.write_bytes(exports.files("anki", banks)[""])
    request = ImportAnkiPackageRequest(package_path=str(path), options=ImportAnkiPackageOptions(with_scheduling=False))
    return collection.import_anki_package(request).log


def notes(collection):
    return {note["Id"]: note for note in map(collection.get_note, collection.find_notes(""))}


def test_notes_and_cards_are_the_questions_of_the_bank(collection, banks, tmp_path):
    real, demo = banks[:-1], banks[-1:]
    imported(collection, real, tmp_path)
    imported(collection, [{**demo[0], "section": "02-memory-cpu"}], tmp_path)
    questions, found = asked(banks), notes(collection)
    assert sorted(found) == sorted(questions)  # Anki lists notes by when they were made
    assert collection.card_count() == len(questions)
    for name, note in found.items():
        question = questions[name]
        assert Listed(note["Options"]).order == Listed(note["Answer"]).order == order(question)
        assert Listed(note["Answer"]).correct == keys(question)
        assert Listed(note["Options"]).correct == []
        assert note["Stem"] == question["stem"]["html"]
        assert all(each["why"]["html"] in note["Answer"] for each in question["options"])
        assert all(source in note["Evidence"] for source in question["sources"])
        assert set(note.tags) >= {question["level"], question["section"]["slug"]}


def test_each_section_is_a_deck(collection, banks, tmp_path):
    imported(collection, banks[:-1], tmp_path)
    decks = {entry.name for entry in collection.decks.all_names_and_ids()}
    assert decks >= {f"Coldstart::{items['section'][:2]} {items['title']}" for items in banks[:-1]}


def test_a_card_shows_code_and_keeps_its_answer_for_the_back(collection, tricky, tmp_path):
    imported(collection, [tricky], tmp_path)
    card = notes(collection)["demo-trace"].cards()[0]
    assert '<pre class="highlight">' in card.question()
    assert card.question().count("<pre") == 2, "stem and option"
    assert "Because" not in card.question()
    assert "Because" in card.answer()
    assert "{{" not in card.question().replace("{{1}}", "")


def test_the_second_import_changes_nothing(collection, tricky, tmp_path):
    assert len(imported(collection, [tricky], tmp_path).new) == 4
    again = imported(collection, [tricky], tmp_path)
    assert (len(again.new), len(again.updated), len(again.duplicate)) == (0, 0, 4)


def test_a_changed_question_is_updated_and_what_was_learnt_stays(collection, tricky, tmp_path, monkeypatch):
    imported(collection, [tricky], tmp_path)
    collection.decks.select(collection.decks.id("Coldstart::02 Memory and CPU"))
    card = answered(collection)
    changed = json.loads(json.dumps(tricky))
    for question in changed["questions"]:
        question["stem"] = {"html": "<p>New words</p>", "text": "New words"}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NEWER)
    log = imported(collection, [changed], tmp_path)
    assert (len(log.new), len(log.updated)) == (0, 4)
    assert {note["Stem"] for note in notes(collection).values()} == {"<p>New words</p>"}
    assert collection.get_card(card.id).reps == card.reps == 1


def answered(collection):
    """The first card that is due, after it was answered."""
    queued = collection.sched.get_queued_cards().cards[0]
    card = collection.get_card(queued.card.id)
    card.start_timer()
    collection.sched.answer_card(collection.sched.build_answer(card=card, states=queued.states, rating=CardAnswer.EASY))
    return collection.get_card(card.id)


def test_sections_that_were_exported_one_by_one_do_not_displace_each_other(collection, banks, tmp_path):
    for items in banks[:3]:
        imported(collection, [items], tmp_path)
    imported(collection, banks[:-1], tmp_path)
    assert set(notes(collection)) == set(asked(banks[:-1]))
    assert collection.card_count() == len(asked(banks[:-1]))
