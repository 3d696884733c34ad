"""The command line: parse, call one room, and say what went wrong in one sentence."""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from typer.exceptions import TyperException

from coldstart import __version__, stack
from coldstart.errors import CourseError

app = typer.Typer(name="coldstart", add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
facts_app = typer.Typer(help="The facts that chapters and questions rely on.")
app.add_typer(facts_app, name="facts")
progress_app = typer.Typer(help="What you have answered: bring it to the browser or another machine, and back.")
app.add_typer(progress_app, name="progress")

console = Console(highlight=False, soft_wrap=True)
INTERRUPTED: Final = 130


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Coldstart: a course on AWS Lambda that runs."""
    if debug:
        os.environ["COLDSTART_DEBUG"] = "1"
    if version:
        console.print(f"coldstart {__version__}")
    elif not context.invoked_subcommand:
        console.print(context.get_help(), markup=False)


@app.command()
def learn(
    site_port: Annotated[int, typer.Option(help="Port of the site; the next free one when it is taken.")] = 8000,
    lab_port: Annotated[int, typer.Option(help="Port of JupyterLab; the next free one when it is taken.")] = 8888,
) -> None:
    """Serve the notes and JupyterLab on a running emulator until Ctrl-C."""
    from coldstart import learn as room

    raise typer.Exit(room.learn(site_port=site_port, lab_port=lab_port))


@app.command()
def run(
    section: Annotated[
        str, typer.Argument(metavar="[SECTION]", help="A section, such as 14-aliases or 14; without one, all.")
    ] = "",
    keep: Annotated[bool, typer.Option(help="Leave the lab's resources for a look around.")] = False,
) -> None:
    """Run one lab, or all, without a browser and print the checks."""
    from coldstart.course import section as find
    from coldstart.lab import run as room
    from coldstart.lab import several

    if not section and keep:
        raise CourseError("--keep is for one lab: name its section.", status=2)
    raise typer.Exit(room.run(find(section).slug, keep=keep) if section else several.run_all())


@app.command()
def quiz(
    section: Annotated[
        str, typer.Argument(help="A section; without one, you choose. `lint` checks the questions.")
    ] = "",
    seed: Annotated[int | None, typer.Option(help="Order of questions and options.")] = None,
) -> None:
    """Take a section's quiz in the terminal."""
    from coldstart.course import section as find
    from coldstart.quiz import lint, terminal

    if section == "lint":
        raise typer.Exit(lint.check())
    raise typer.Exit(terminal.run(find(section or _choose()).slug, seed))


@app.command()
def exam(
    time: Annotated[float | None, typer.Option(help="Extra time: 1.25, 1.5 or 2 times as much.")] = None,
    seed: Annotated[int | None, typer.Option(help="Choice and order of the questions.")] = None,
) -> None:
    """Take a mock exam, or go on with the one that is under way."""
    from coldstart.quiz import terminal

    raise typer.Exit(terminal.exam(time, seed))


@app.command()
def review(seed: Annotated[int | None, typer.Option(help="Order of the options.")] = None) -> None:
    """Answer again what is due by spaced repetition."""
    from coldstart.quiz import terminal

    raise typer.Exit(terminal.review(seed))


@app.command()
def history(
    number: Annotated[int | None, typer.Argument(help="A mock exam: every question of it, with its reasons.")] = None,
) -> None:
    """Say what you have answered, what is due, and where to read again."""
    from coldstart.quiz import terminal

    raise typer.Exit(terminal.history(number))


@app.command()
def export(
    form: Annotated[str, typer.Argument(metavar="FORMAT", help="anki, gift, moodle, qti, csv or paper.")],
    section: Annotated[str, typer.Argument(help="A section; without one, all.")] = "",
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The file to write; else one in build/exports. A paper's key stands beside it."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Order of questions and options.")] = None,
) -> None:
    """Write the questions for another program, or on paper."""
    from coldstart.quiz import exports

    for path in exports.export(form, section, out, seed):
        console.print(f"Written: {path}", markup=False)


@app.command()
def up() -> None:
    """Start the emulator."""
    endpoint = stack.up()
    console.print(f"The emulator answers at {endpoint.url} (account 000000000000, Region us-east-1).")
    console.print(
        "In a shell of your own: " + " ".join(f"{name}={value}" for name, value in endpoint.environment.items())
    )


@app.command()
def down() -> None:
    """Stop the emulator."""
    console.print(stack.down() or "The emulator is stopped.")


@app.command()
def reset(account: Annotated[str | None, typer.Option(help="Only this account: 12 digits.")] = None) -> None:
    """Forget everything in the emulator, or everything of one account."""
    console.print(stack.reset(account) or "The emulator is empty.")


@app.command()
def status() -> None:
    """Say whether the emulator runs, where, and what it enforces."""
    state = stack.status()
    if not state["running"]:
        console.print("The emulator does not run; `make up` starts it.")
        raise typer.Exit(1)
    executor = state.pop("executor")
    for name, value in {**state, **executor}.items():
        console.print(f"{name.replace('_', ' '):>12}  {value}", markup=False)


@app.command()
def why(
    function: Annotated[str, typer.Argument(metavar="FUNCTION", help="Its name or ARN.")],
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="s3, internet, 10.0.1.5:5432, example.com:443, or an ARN.")
    ],
    account: Annotated[str, typer.Option(help="The function's account: 12 digits.")] = "",
    region: Annotated[str, typer.Option(help="The function's Region.")] = "",
) -> None:
    """Explain hop by hop why a function reaches a target or not."""
    console.print(stack.why(function, target, account, region), markup=False)


@app.command()
def site() -> None:
    """Build the site into build/site."""
    from coldstart.site.build import build

    console.print(f"The site is at {build() / 'index.html'}; it opens from there without a server.")


@app.command()
def links(
    visit: Annotated[bool, typer.Option("--visit", help="Ask for every page; this needs the internet.")] = False,
) -> None:
    """Compare the links that lead out of the course with the list of those that were found."""
    from coldstart.site import links as room

    raise typer.Exit(room.check(visit=visit))


@app.command()
def doctor() -> None:
    """Say what this machine has, and what each missing part changes."""
    from coldstart import doctor as room

    raise typer.Exit(room.doctor())


@app.command("test")
def _test(
    rooms: Annotated[list[str] | None, typer.Argument(help="Only these: style, types, emulator, course.")] = None,
) -> None:
    """Run every test."""
    from coldstart import suite

    raise typer.Exit(suite.run(rooms or []))


@app.command()
def bench(names: Annotated[list[str] | None, typer.Argument(help="Only these benchmarks.")] = None) -> None:
    """Measure against the floor, and print the tables."""
    from coldstart import suite

    raise typer.Exit(suite.bench(names or []))


@app.command()
def regen(section: Annotated[str, typer.Argument(help="Only this section.")] = "") -> None:
    """Run the labs and store their outputs in the notebooks."""
    from coldstart.course import section as find
    from coldstart.lab import several as room

    raise typer.Exit(room.regen(find(section).slug if section else None))


@facts_app.command()
def check() -> None:
    """Prove every fact, and print the table."""
    from coldstart.facts import report

    raise typer.Exit(report.check())


@facts_app.command()
def drift(
    before: Annotated[str, typer.Argument(help="A version of botocore, such as 1.40.0, or a folder that has one.")],
    after: Annotated[str, typer.Argument(help="The same; without it, the installed one.")] = "installed",
) -> None:
    """Compare two versions of botocore: which facts, chapters and questions does the difference touch?"""
    from coldstart import drift as room

    raise typer.Exit(room.drift(before, after))


@progress_app.command("export")
def _export(file: Annotated[Path, typer.Argument(help="A new file.")]) -> None:
    """Write what you have answered into a file that the site's practice page imports."""
    from coldstart.quiz import store

    store.export(file)
    console.print(f"{file} holds what you have answered; import it where you go on.", markup=False)


@progress_app.command("import")
def _import(file: Annotated[Path, typer.Argument(help="A file that was exported here or in the browser.")]) -> None:
    """Add what a file holds to what you have answered here."""
    from coldstart.quiz import store

    before, after = store.bring_in(file)
    answers, exams = len(after.log) - len(before.log), len(after.exams) - len(before.exams)
    console.print(f"New here: answers {answers}, mock exams {exams}; nothing was taken away.", markup=False)


@progress_app.command("path")
def _path() -> None:
    """Say in which file your answers are."""
    from coldstart.quiz import store

    console.print(str(store.path()), markup=False)


def _choose() -> str:
    """Ask which section, with the list in front of the person."""
    from coldstart.course import sections

    for candidate in sections():
        console.print(f"  {candidate.number}  {candidate.title}")
    return str(typer.prompt("Which section"))


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status: 0, 1 for a failure, 2 for wrong usage, 130 for Ctrl-C."""
    for name in (
        "SIGINT",
        "SIGTERM",
        "SIGHUP",
    ):  # an ended session or a closed terminal is a Ctrl-C: everything is stopped
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
    try:
        outcome: Any = app(arguments, prog_name="coldstart", standalone_mode=False)
    except CourseError as error:
        return _say(str(error), error.status)
    except TyperException as error:
        return _say(f"{error.format_message().rstrip('.')}; `coldstart --help` lists what there is.", error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        outcome = INTERRUPTED
    except OSError as error:
        return _say(f"{error.strerror or error}{f' ({error.filename})' if error.filename else ''}.", 1)
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence, and the way to the whole story
        return _say(f"{type(error).__name__}: {error}. `coldstart --debug …` shows where.", 1)
    if outcome == INTERRUPTED:  # typer's form of Ctrl-C
        return _say("Stopped.", INTERRUPTED)
    return int(outcome) if isinstance(outcome, int) else 0


def _say(sentence: str, status: int) -> int:
    if os.environ.get("COLDSTART_DEBUG") and sys.exc_info()[0]:
        raise  # noqa: PLE0704 - called from an except block only
    Console(stderr=True, highlight=False).print(f"coldstart: {sentence}", markup=False, soft_wrap=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
