"""A function's image: what LocalStack's Lambda keeps of it, and what an execution environment asks it for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, ImageCode

from localstack_dockerless.executor import code
from localstack_dockerless.images.unpack import InvalidImage
from localstack_dockerless.runtimes import Runtime, RuntimeUnavailable
from localstack_dockerless.sandbox import Root, bubblewrap, rootfs
from localstack_dockerless.services.container_images import unpacked
from localstack_dockerless.services.container_images.launch import Launch
from localstack_dockerless.services.ecr.blobs import Place


@dataclass(frozen=True)
class Image(ImageCode):
    """An image in ECR, by its digest; a tag that is moved later does not move the function.

    Args:
        account: of the function.
        place: the image's repository.
    """

    account: str
    place: Place

    @property
    def digest(self) -> str:
        """The image's."""
        return f"sha256:{self.code_sha256}"

    @property
    def resolved_image_uri(self) -> str:
        """The image by its digest; LocalStack's own spoils one that was given so."""
        return f"{self.image_uri.partition('/')[0]}/{self.place.repository}@{self.digest}"

    def check(self, version: FunctionVersion) -> None:
        """Have the image's files there for a version, until `release`.

        Raises:
            RuntimeUnavailable: it cannot be run.
        """
        try:
            bubblewrap.means()
        except bubblewrap.Unusable as reason:
            raise RuntimeUnavailable(
                f"Functions from container images need bubblewrap, and {reason}; deploy a .zip file archive instead."
            ) from reason
        try:
            unpacked.hold(self.account, self.place, self.digest, _user(version))
            if self._launch().root.alone:
                rootfs.tools()
        except (InvalidImage, rootfs.Incomplete) as error:
            raise RuntimeUnavailable(str(error), "InvalidImage") from error
        except unpacked.Deleted as error:
            message = f"Image {self.image_uri} does not exist in its repository any more."
            raise RuntimeUnavailable(message, "ImageDeleted") from error

    def release(self, version: FunctionVersion) -> None:
        """A version needs the image no longer; its files go when no execution environment uses them."""
        if unpacked.give_back(self.account, self.digest, _user(version)):
            code.destroy_cached(Image._remove, self)

    def _remove(self) -> None:
        unpacked.remove(self.account, self.digest)

    def get_unzipped_code_location(self) -> Path:
        """Where the image's files are; the name is that of LocalStack's other kinds of code."""
        return unpacked.root(self.account, self.digest)

    def is_hot_reloading(self) -> bool:
        """Never; see above."""
        return False

    def destroy(self) -> None:
        """Nothing: ECR's images belong to ECR."""

    def runtime(self, overrides: Any) -> Runtime:
        """How the image's program runs.

        Args:
            overrides: the function's ImageConfig.

        Raises:
            RuntimeUnavailable: see `Launch.runtime`.
        """
        return self._launch(overrides).runtime(unpacked.home(self.account, self.digest) / "entrypoint.sh")

    def root(self, overrides: Any) -> Root:
        """The image's files, for the sandbox."""
        return self._launch(overrides).root

    def problem(self, overrides: Any) -> str:
        """Why its program cannot be started, or nothing."""
        return self._launch(overrides).problem()

    def _launch(self, overrides: Any = None) -> Launch:
        return Launch(self.get_unzipped_code_location(), unpacked.config(self.account, self.digest), overrides)


def _user(version: FunctionVersion) -> str:
    return f"{version.qualified_arn} {version.config.internal_revision}"
