import io
import zipfile
from pathlib import Path

folder, archive = Path("invoices"), io.BytesIO()
with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
    for path in sorted(folder.rglob("*.py")):
        target.write(path, path.relative_to(folder))  # app.py at the root
functions.create_function(
    FunctionName="invoices",
    Runtime="python3.13",
    Handler="app.handler",
    Role=role,
    Code={"ZipFile": archive.getvalue()},
)
