"""The example of the chapter on storage begins with a function."""

from common import function

function("reports")
