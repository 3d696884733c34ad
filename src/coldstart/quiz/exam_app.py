"""The mock exam on the full screen of a terminal: any order, flags, an answer sheet, the time that is left."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from coldstart.quiz.app import QuestionApp
from coldstart.quiz.places import gist
from coldstart.quiz.sitting import Sitting
from coldstart.quiz.words import clock, question_state, unfinished

SECOND: Final = 1.0
LOW: Final = 300  # seconds that are left when the line says so in words


class Ask(ModalScreen[bool]):
    """A text with two ways out: a key of the subclass is yes, Escape is no."""

    CSS = """
    Ask { align: center middle; }
    Ask > Vertical { width: 76; max-width: 100%; height: auto; padding: 1 2; background: $panel; border: round $accent; }
    Ask .keys { text-style: bold; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,n", "dismiss(False)"),
    ]

    def __init__(self, text: str, keys: str) -> None:
        super().__init__()
        self.text, self.keys = text, keys

    def compose(self) -> ComposeResult:
        """Show the text and the keys."""
        with Vertical():
            yield Static(self.text, markup=False)
            yield Static(self.keys, classes="keys", markup=False)


class Welcome(Ask):
    """What comes before the first question."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "dismiss(True)")]


class End(Ask):
    """Whether the exam shall end; not with Enter, which one types all the time."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "dismiss(True)")]


class Sheet(ModalScreen[int | None]):
    """The answer sheet: every question with its state; gives the place to go to, or None."""

    CSS = """
    Sheet { align: center middle; }
    Sheet > Vertical { width: 90%; height: 90%; background: $panel; border: round $accent; }
    Sheet OptionList { height: 1fr; border: none; background: $panel; }
    Sheet Static { padding: 0 1; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,s", "dismiss(None)"),
    ]

    def __init__(self, sitting: Sitting) -> None:
        super().__init__()
        self.sitting = sitting

    def compose(self) -> ComposeResult:
        """List the questions, and the keys."""
        with Vertical():
            yield Static(f"Answer sheet. {unfinished(self.sitting)}", markup=False)
            yield OptionList(*[Option(self._line(place)) for place in range(len(self.sitting.questions))], markup=False)
            yield Static("Enter goes to a question, Escape goes back.", markup=False)

    def on_mount(self) -> None:
        """Stand on the question that is shown."""
        self.query_one(OptionList).highlighted = self.sitting.exam.at

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go to the question."""
        self.dismiss(event.option_index)

    def _line(self, place: int) -> str:
        question, room = self.sitting.questions[place], max(20, self.app.size.width * 9 // 10 - 36)
        return f"{place + 1:>3}  {question_state(self.sitting, question):<22}  {gist(question, room)}"


class ExamApp(QuestionApp):
    """An exam on the full screen; ``run()`` returns the exit status, and ``sitting.finished`` tells whether it ended."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,right,n", "step(1)", "next", key_display="⏎"),
        Binding("left,p", "step(-1)", "back", key_display="←"),
        Binding("f", "flag", "flag"),
        Binding("s", "sheet", "answer sheet"),
        Binding("e", "end", "end"),
        Binding("q,escape", "leave(0)", "leave"),
    ]

    def __init__(self, sitting: Sitting, welcome: str) -> None:
        super().__init__()
        self.sitting, self.welcome = sitting, welcome
        self.counting = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the arrows to the answer sheet while it is open."""
        return action != "move" or len(self.screen_stack) == 1

    async def on_mount(self) -> None:
        """Show the first question behind the welcome; time counts from Enter on."""
        await self._show()
        self.push_screen(Welcome(self.welcome, "Enter begins, Escape leaves."), self._begin)
        self.set_interval(SECOND, self.tick)

    def _begin(self, agreed: bool | None) -> None:
        if not agreed:
            self.exit(0)
            return
        self.counting = True
        with self.keeping():
            self.sitting.resume()
            self.sitting.keep()

    def tick(self) -> None:
        """Count the time, and end the exam with it."""
        if not self.counting or self.sitting.finished:
            return
        over = False
        with self.keeping():
            over = self.sitting.tick()
        if over:
            self._finish(agreed=True)
        self._status()

    async def _show(self) -> None:
        question = self.sitting.current
        await self.lay_out(question, self.sitting.picked(question))
        self._status()
        self.say("")

    def _status(self) -> None:
        sitting, left = self.sitting, self.sitting.left
        flagged = "   flagged" if sitting.current["id"] in sitting.exam.flags else ""
        low = " left, the last minutes" if left <= LOW else " left"
        self.head(f"Question {sitting.exam.at + 1} of {len(sitting.questions)}   {clock(left)}{low}{flagged}")

    def action_mark(self, number: int | None = None) -> None:
        """Mark or unmark an option; the answer is kept at once."""
        super().action_mark(number)
        with self.keeping():
            self.sitting.answer(self.sitting.current, {row.option["id"] for row in self.rows if row.marked})

    async def action_step(self, step: int) -> None:
        """Go to the question before or after; after the last one comes the answer sheet."""
        place = self.sitting.exam.at + step
        if place >= len(self.sitting.questions):
            self.action_sheet()
            return
        await self._go(place)

    async def _go(self, place: int | None) -> None:
        if place is not None:
            with self.keeping():
                self.sitting.go(place)
            await self._show()

    def action_flag(self) -> None:
        """Flag the question, or take its flag away."""
        with self.keeping():
            self.sitting.flag()
        self._status()

    def action_sheet(self) -> None:
        """Open the answer sheet."""
        self.push_screen(Sheet(self.sitting), self._go)

    def action_end(self) -> None:
        """End the exam, after a question."""
        text = f"End the exam? {unfinished(self.sitting)}\nAn exam that has ended cannot be continued."
        self.push_screen(End(text, "y ends it, Escape goes back."), self._finish)

    def _finish(self, agreed: bool | None) -> None:
        if agreed:
            self.exit(0)
            with self.keeping():
                self.sitting.finish()
