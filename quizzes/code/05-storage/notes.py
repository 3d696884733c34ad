from pathlib import Path

NOTES = Path("/tmp/notes.txt")


def handler(event, context):
    with NOTES.open("a") as notes:
        notes.write(event["word"] + "\n")
    if not event["word"].isalpha():
        raise ValueError("not a word")
    return len(NOTES.read_text().splitlines())
