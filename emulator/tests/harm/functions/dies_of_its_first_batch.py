"""Is killed with the first batch in its hands; tells a queue of the second."""

import json
import os
import signal
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

MARK = Path(os.environ.get("TMPDIR", "/tmp"), "was here")


def handler(event, _context):
    if not MARK.exists():
        MARK.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    body = json.dumps([record.get("body") or record["kinesis"]["sequenceNumber"] for record in event["Records"]])
    message = urlencode({"Action": "SendMessage", "Version": "2012-11-05", "MessageBody": body})
    urlopen(os.environ["TELL"], message.encode()).read()
