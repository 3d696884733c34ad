"""Takes memory without end."""


def handler(_event, _context):
    kept = []
    while True:
        kept.append(bytearray(16 << 20))
