"""Images from Dockerfiles, without Docker."""

from __future__ import annotations

import json
import tarfile
import zipfile

import pytest
from containers import PYTHON, build, image_command
from localstack_dockerless.errors import DockerlessError
from localstack_dockerless.images import bases, dockerfile, oci
from localstack_dockerless.images.build import Build


def blob(layout, digest):
    return layout / "blobs" / digest.replace(":", "/")


def manifest(layout):
    index = json.loads((layout / "index.json").read_bytes())
    return json.loads(blob(layout, index["manifests"][0]["digest"]).read_bytes())


def config(layout):
    return json.loads(blob(layout, manifest(layout)["config"]["digest"]).read_bytes())


def files(layout):
    """Names, kinds and modes in all layers."""
    found = {}
    for layer in manifest(layout)["layers"]:
        with tarfile.open(blob(layout, layer["digest"])) as tar:
            found |= {member.name: member for member in tar}
    return found


def test_the_dockerfile_of_aws_becomes_an_image(tmp_path):
    layout = build(tmp_path, f'{PYTHON}COPY app.py ${{LAMBDA_TASK_ROOT}}\nCMD [ "app.handler" ]\n', app__py="")
    found = config(layout)
    assert found["config"]["Entrypoint"] == ["/lambda-entrypoint.sh"]
    assert found["config"]["Cmd"] == ["app.handler"]
    assert found["config"]["WorkingDir"] == "/var/task"
    assert found["config"]["Labels"] == {oci.RUNTIME_LABEL: "python3.13"}
    assert "LAMBDA_TASK_ROOT=/var/task" in found["config"]["Env"]
    assert found["architecture"] == bases.architecture()
    assert list(files(layout)) == ["var", "var/task", "var/task/app.py"]


def test_every_part_has_the_digest_it_is_named_by(tmp_path):
    layout = build(tmp_path, f"{PYTHON}COPY app.py .\n", app__py="pass")
    for file in (layout / "blobs" / "sha256").iterdir():
        assert oci.digest(file.read_bytes()) == f"sha256:{file.name}"
    assert len(config(layout)["rootfs"]["diff_ids"]) == len(manifest(layout)["layers"]) == 1


def test_the_same_files_make_the_same_image_whatever_their_times_and_modes(tmp_path):
    text = f"{PYTHON}COPY app.py .\n"
    first = build(tmp_path / "a", text, app__py="pass")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "app.py").touch(0o600)
    second = build(tmp_path / "b", text, app__py="pass")
    assert (first / "index.json").read_bytes() == (second / "index.json").read_bytes()


def test_options_do_what_a_dockerfile_does(tmp_path):
    text = 'FROM public.ecr.aws/lambda/python:3.13\nENV "A=b c"\nCOPY "app.py" "./"\nCMD ["app.handler"]\n'
    expected = build(tmp_path, text, app__py="pass")
    options = ("--from", "python3.13", "--env", "A=b c", "--copy", "app.py", "--cmd", "app.handler")
    done = image_command("build", str(tmp_path), "-o", str(tmp_path / "image.tar"), *options)
    assert done.returncode == 0, done.stderr
    with tarfile.open(tmp_path / "image.tar") as archive:
        names = archive.getnames()
        index = json.load(archive.extractfile("index.json"))
    assert "oci-layout" in names
    assert index["manifests"][0]["digest"] == done.stdout.strip()
    assert manifest(expected)["layers"][0]["digest"].removeprefix("sha256:") in "".join(names)


@pytest.mark.parametrize(
    ("line", "copied"),
    [
        ("COPY a.txt .", ["var/task/a.txt"]),
        ("COPY a.txt b.txt /data/", ["data/a.txt", "data/b.txt"]),
        ("COPY *.txt ./", ["var/task/a.txt", "var/task/b.txt"]),
        ("COPY a.txt /data/renamed", ["data/renamed"]),
        ("COPY folder ./", ["var/task/inner.txt"]),
        ("COPY folder /data", ["data/inner.txt"]),
        ('COPY ["a.txt", "./"]', ["var/task/a.txt"]),
        ("WORKDIR sub\nCOPY a.txt .", ["var/task/sub/a.txt"]),
        ("ENV D=/data\nCOPY a.txt $D/../x/", ["x/a.txt"]),
    ],
)
def test_copy_puts_files_where_docker_puts_them(tmp_path, line, copied):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inner.txt").write_text("")
    layout = build(tmp_path, f"{PYTHON}{line}\n", a__txt="", b__txt="")
    assert sorted(name for name, member in files(layout).items() if member.isreg()) == copied


def test_what_is_executable_stays_so(tmp_path):
    (tmp_path / "run").touch(0o700)
    (tmp_path / "link").symlink_to("run")
    layout = build(tmp_path, "FROM scratch\nCOPY run link data /bin/\n", data="")
    found = files(layout)
    assert (found["bin/run"].mode, found["bin/data"].mode) == (0o755, 0o644)
    assert (found["bin/link"].issym(), found["bin/link"].linkname) == (True, "run")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("COPY a .", "line 1: the first instruction has to be FROM."),
        ("FROM alpine", "line 1: 'alpine' is not a base that is there"),
        ("FROM public.ecr.aws/lambda/python:2.7", "line 1: 'public.ecr.aws/lambda/python:2.7' is not a base"),
        ("FROM scratch\nFROM scratch", "line 2: a second FROM"),
        ("FROM scratch\n\n# no\nUSER me", "line 4: USER is not supported; supported are CMD, COPY"),
        ("FROM scratch\nRUN echo", "line 2: RUN is supported for `pip install` after a base image for Python only."),
        (f"{PYTHON}RUN yum install x", "line 2: only `pip install` is supported in RUN"),
        (f"{PYTHON}RUN pip install x && rm y", "line 2: only `pip install` is supported in RUN"),
        (f"{PYTHON}RUN pip install --user x", "line 2: the option --user of pip install is not supported."),
        (f"{PYTHON}RUN pip install -t /opt x", "line 2: packages go to /var/task, not to /opt."),
        (f"{PYTHON}RUN pip install -r missing.txt", "line 2: 'missing.txt' has not been copied into the image."),
        (f"{PYTHON}COPY missing .", "line 2: 'missing' is not in "),
        (f"{PYTHON}COPY ../a .", "line 2: '../a' is outside of "),
        (f"{PYTHON}COPY outside .", "line 2: 'outside' is a link that leads out of "),
        (f"{PYTHON}COPY --chown=1 a .", "line 2: COPY takes files and where they go, and no options."),
        (f"{PYTHON}COPY a", "line 2: COPY takes files and where they go, and no options."),
        (f"{PYTHON}COPY a /usr/bin/", "line 2: /usr is the machine's in an image on this base"),
        (f"{PYTHON}COPY 'a .", 'line 2: "\'a ." has an opening quotation mark and no closing one.'),
        (f"{PYTHON}ENV A", "line 2: 'A' is not NAME=VALUE."),
        (f"{PYTHON}COPY . .", "line 2: .dockerignore is not followed"),
        (f"{PYTHON}CMD x", "Nothing is copied into the image"),
        ("# escape=`\nFROM scratch", "line 1: another escape character is not supported"),
    ],
)
def test_what_is_not_supported_is_refused_in_a_sentence_that_names_the_line(tmp_path, text, words):
    (tmp_path / "a").touch()
    (tmp_path / ".dockerignore").touch()
    (tmp_path / "outside").symlink_to("/etc/hostname")
    with pytest.raises(DockerlessError) as error:
        Build(tmp_path).run(dockerfile.read(text))
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_the_command_fails_with_that_sentence(tmp_path):
    done = image_command("build", str(tmp_path), "-o", str(tmp_path / "out"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{tmp_path}/Dockerfile cannot be read")
    assert not (tmp_path / "out").exists()


def test_pip_install_puts_packages_next_to_the_handler(tmp_path, runtimes):
    with zipfile.ZipFile(tmp_path / "tiny-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny.py", "ANSWER = 42")
        wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("tiny-1.0.dist-info/RECORD", "")
    text = f"{PYTHON}COPY needed.txt ${{LAMBDA_TASK_ROOT}}\nRUN pip install --no-cache-dir --no-index -r needed.txt\n"
    layout = build(tmp_path, text, needed__txt=f"{tmp_path}/tiny-1.0-py3-none-any.whl\n")
    assert "var/task/tiny.py" in files(layout)
    assert not any("__pycache__" in name for name in files(layout))
