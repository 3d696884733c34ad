"""The quiz on the full screen of a terminal: arrows or numbers to mark, Enter to check and to go on."""

from collections.abc import Iterator, Set
from contextlib import contextmanager
from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Footer, Static

from coldstart.errors import CourseError
from coldstart.quiz.places import Question
from coldstart.quiz.render import parsed
from coldstart.quiz.session import Session, verdict, wanted

INTERRUPTED = 130


class Row(Static, can_focus=True):
    """An option: its number, whether it is marked, and after the answer its reason."""

    def __init__(self, number: int, option: dict[str, Any], *, several: bool, marked: bool = False) -> None:
        super().__init__()
        self.number, self.option, self.several, self.marked = number, option, several, marked
        self.draw()

    def draw(self, said: str = "") -> None:
        """Show the option; with what was said about it once the question is answered."""
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column(ratio=1)
        box = ("[x]" if self.marked else "[ ]") if self.several else ("(•)" if self.marked else "( )")
        grid.add_row(Text(f"{self.number} {box}"), self._body(said))
        self.update(grid)

    def _body(self, said: str) -> RenderableType:
        text = _markdown(self.option["text"])
        if not said:
            return text
        sign = "✓" if self.option["correct"] else "✗"
        return Group(text, Text(f"{sign} {said}", style="bold"), _markdown(self.option["why"]["text"]))


class QuestionApp(App[int]):
    """A question with its options on the full screen, and the keys that mark them."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #head { padding: 0 2; background: $panel; color: $text; }
    #page { padding: 1 2; }
    #stem { margin-bottom: 1; max-width: 100; }
    Row { padding: 0 1; margin-bottom: 1; max-width: 100; border-left: outer $surface; }
    Row:focus { background: $boost; border-left: outer $accent; }
    Row.right { border-left: outer $success; }
    Row.wrong { border-left: outer $error; }
    #said { text-style: bold; padding: 0 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", key_display="↑", priority=True),
        Binding("down,j", "move(1)", "down", key_display="↓", priority=True),
        Binding("space", "mark", "mark"),
        *[Binding(str(number), f"mark({number})", show=False) for number in range(1, 7)],
        Binding("ctrl+c", f"leave({INTERRUPTED})", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.fault: CourseError | OSError | None = None

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Leave the screen when something cannot be kept; ``fault`` says what, for a sentence on the terminal."""
        try:
            yield
        except (CourseError, OSError) as error:
            self.fault = error
            self.exit(1)

    def compose(self) -> ComposeResult:
        """Lay out the head, the question's page and the keys."""
        yield Static(id="head")
        yield VerticalScroll(id="page", can_focus=False)
        yield Static(id="said")
        yield Footer()

    @property
    def rows(self) -> list[Row]:
        """The options of the question that is shown."""
        return list(self.query_one("#page").query(Row))

    async def lay_out(self, question: Question, marked: Set[str] = frozenset()) -> None:
        """Show a question from its beginning.

        Args:
            question: Of the bank.
            marked: Ids of the options that are marked already.
        """
        several = question["choose"] > 1
        rows = [
            Row(number, option, several=several, marked=option["id"] in marked)
            for number, option in enumerate(question["options"], 1)
        ]
        page = self.query_one("#page")
        await page.remove_children()
        await page.mount(Static(_markdown(question["stem"]["text"]), id="stem"), *rows)
        rows[0].focus(scroll_visible=False)
        page.scroll_home(animate=False)

    def action_move(self, step: int) -> None:
        """Go to the option before or after; up from the first shows the question again."""
        rows = self.rows
        target = rows.index(self.focused) + step if isinstance(self.focused, Row) else 0
        if target < 0:
            self.query_one("#page").scroll_home(animate=False)
        elif target < len(rows):
            rows[target].focus()

    def action_mark(self, number: int | None = None) -> None:
        """Mark or unmark an option: the one with this number, or the one in focus."""
        rows = self.rows
        chosen = self.focused if number is None else next((row for row in rows if row.number == number), None)
        if not isinstance(chosen, Row):
            return
        chosen.focus()
        for row in rows:
            row.marked = not row.marked if row is chosen else row.marked and row.several
            row.draw()
        self.say("")

    def action_leave(self, status: int) -> None:
        """Leave the screen."""
        self.exit(status)

    def head(self, text: str) -> None:
        """Write the first line of the screen."""
        self.query_one("#head", Static).update(text)

    def say(self, text: str) -> None:
        """Write the line below the question."""
        self.query_one("#said", Static).update(text)


class QuizApp(QuestionApp):
    """A session on the full screen; ``run()`` returns the exit status."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "check, go on"),
        Binding("q,escape", "leave(0)", "leave"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.question = session.current
        self.answered = False

    async def on_mount(self) -> None:
        """Show the first question."""
        await self._show()

    async def _show(self) -> None:
        self.question = self.session.current
        if self.question is None:
            self.exit(0)
            return
        self.answered = False
        await self.lay_out(self.question)
        self._score(len(self.session.answers) + 1)
        self.say("")

    def _score(self, number: int) -> None:
        total, given = len(self.session.questions), len(self.session.answers)
        score = f"   {self.session.right} of {given} correct so far" if given else ""
        self.head(f"{self.session.bank['title']}   Question {number} of {total}{score}")

    def action_mark(self, number: int | None = None) -> None:
        """Mark an option, as long as the question is not answered."""
        if not self.answered:
            super().action_mark(number)

    async def action_go_on(self) -> None:
        """Check the marked options; after that, show the next question."""
        if self.answered:
            await self._show()
            return
        if self.question is None:
            return
        picked = {row.option["id"] for row in self.rows if row.marked}
        if len(picked) != self.question["choose"]:
            self.say(f"Mark {wanted(self.question)} first, with Space or the number.")
            return
        self.answered = True
        correct = False
        with self.keeping():
            correct = self.session.answer(self.question, picked)
        for row in self.rows:
            row.draw(verdict(row.option, picked))
            row.add_class("right" if row.option["correct"] else "wrong" if row.marked else "rest")
        self.say("Correct. Enter goes on." if correct else "Not correct. Enter goes on.")
        self._score(len(self.session.answers))


def _markdown(text: str) -> Markdown:
    """Markdown as the page shows it: what looks like HTML stays text, which rich's own parser would drop."""
    shown = Markdown("", code_theme="ansi_dark")
    shown.parsed = parsed(text)
    return shown
