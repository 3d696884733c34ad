"""The pages read well: spelt right, not too hard, not too long, with every term explained."""

import re
from functools import cache
from importlib.resources import files
from itertools import pairwise

import pytest
from prose import lab_markdown, sentences, texts, words
from symspellpy import SymSpell, Verbosity

from coldstart import facts
from coldstart.course import sections
from coldstart.facts.wording import typed
from coldstart.paths import BOOK
from coldstart.quiz.model import questions
from coldstart.site import glossary

WORDS_MIN, WORDS_MAX = 900, 2_300
LIX_MAX = 50  # "medium", as newspapers; the words of the field are long
SENTENCE_MAX = 50
CHAPTERS = [section.chapter for section in sections()]
LABS = [section.lab for section in sections()]
PAGES = [*sorted(BOOK.glob("*.md")), *LABS]


def markdown(path):
    return lab_markdown(path) if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")


DICTIONARY = files("symspellpy") / "frequency_dictionary_en_82_765.txt"


@cache
def dictionary():
    """Return 82,765 words of English, British and American, of Google's n-grams and SCOWL, and the words of the field."""
    listed = DICTIONARY.read_text(encoding="utf-8-sig").splitlines()
    return frozenset([line.split()[0] for line in listed] + (BOOK / "words.txt").read_text(encoding="utf-8").split())


def misspelt(text):
    """Return the words that are not known, each with what may be meant."""
    parts = {part for word in words(text) for part in word.replace("\u2019", "'").split("-")}
    return {word: nearest(word.lower()) for word in sorted(parts) if not is_known(word)}


def is_known(word):
    plain = word.removesuffix("'s").removesuffix("'").removesuffix("n't")
    if len(plain) < 2 or plain.isupper() or re.search(r"[a-z][A-Z]|^[A-Z]{2,}s$", plain):
        return True
    return not {plain, plain.lower()}.isdisjoint(dictionary())


@cache
def nearest(word):
    return [found.term for found in speller().lookup(word, Verbosity.TOP, 1)]


@cache
def speller():
    """It takes seconds to load; needed only for a word that is wrong."""
    known = SymSpell(max_dictionary_edit_distance=1)
    known.load_dictionary(str(DICTIONARY), 0, 1, encoding="utf-8-sig")
    return known


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_is_spelt_right(path):
    unknown = misspelt(" ".join(text.words for text in texts(markdown(path))))
    assert unknown == {}, f"{path.name}: correct them, or add a word of the field to book/words.txt"


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.slug)
def test_questions_are_spelt_right(section):
    said = {question.id: " ".join(text for _, text in question.texts()) for question in questions(section.slug)}
    unknown = {name: misspelt(" ".join(text.words for text in texts(said[name]))) for name in said}
    assert {name: found for name, found in unknown.items() if found} == {}, (
        "or add a word of the field to book/words.txt"
    )


def test_a_misspelling_is_noticed_and_the_right_word_named():
    assert misspelt("You recieve an event.") == {"recieve": ["receive"]}


def test_the_list_of_words_is_sorted_and_holds_none_twice_and_none_that_nobody_uses():
    listed = (BOOK / "words.txt").read_text(encoding="utf-8").splitlines()
    assert listed == sorted(set(listed))
    used = " ".join([*map(markdown, PAGES), *(t for s in sections() for q in questions(s.slug) for _, t in q.texts())])
    assert [word for word in listed if word not in used and word not in used.lower()] == []


def lix(path):
    """Return Björnsson's readability index: words a sentence, plus the percentage of words of more than six letters."""
    said = sentences(markdown(path))
    counted = [word for sentence in said for word in words(sentence)]
    return len(counted) / len(said) + 100 * sum(len(word) > 6 for word in counted) / len(counted)


@pytest.mark.parametrize("path", [*CHAPTERS, *LABS], ids=lambda path: path.name)
def test_a_page_is_no_harder_to_read_than_a_newspaper(path):
    assert lix(path) <= LIX_MAX


@pytest.mark.parametrize("path", [*CHAPTERS, *LABS], ids=lambda path: path.name)
def test_no_sentence_is_too_long_to_follow(path):
    assert [said for said in sentences(markdown(path)) if len(words(said)) > SENTENCE_MAX] == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.name)
def test_a_chapter_is_as_long_as_a_sitting(path):
    assert WORDS_MIN <= sum(len(words(text.words)) for text in texts(markdown(path))) <= WORDS_MAX


def test_the_glossary_is_in_the_order_of_the_alphabet():
    terms = [term.lower() for term in glossary.terms()]
    assert [pair for pair in pairwise(terms) if pair[0] > pair[1]] == []


@pytest.mark.parametrize("term", glossary.terms())
def test_a_term_of_the_glossary_is_used_and_explained_in_a_sentence(term):
    said = " ".join(map(markdown, [*CHAPTERS, *LABS]))
    assert re.search(rf"(?<![\w-]){re.escape(term)}", said, re.IGNORECASE), f"no chapter and no lab uses {term}"
    assert len(glossary.terms()[term]) > 20


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.name)
def test_no_figure_that_is_a_fact_is_typed_into_a_chapter(path):
    """What the old notes said is quoted as they said it."""
    ours = re.sub(r"^!!! quote .*$|\{fact:[^}]*\}", "", markdown(path), flags=re.MULTILINE)
    prose = " | ".join(text.words for text in texts(ours))
    found = {fact.id: match[0] for fact in facts.load().values() if (match := typed(fact).search(prose))}
    assert found == {}, "write {fact:ID}, or choose another figure for the scenario"
