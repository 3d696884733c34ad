"""What a full disk is to a client: an error of the service, with words for the person whose disk it is."""

from __future__ import annotations

import errno

from localstack.aws.api import CommonServiceException


def refuse_if_full(error: OSError) -> None:
    """Raise what AWS's clients understand if the disk is full; return for any other error.

    Raises:
        CommonServiceException: InternalError, with a status that SDKs do not try again: it would take them half a minute.
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        message = "The disk of this machine is full; free some room and try again."
        raise CommonServiceException("InternalError", message, status_code=507) from error
