"""The seam to LocalStack: its RuntimeExecutor, with a local process where a container would be."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakSet

from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InitializationType, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from localstack_dockerless import runtimes, sandbox
from localstack_dockerless.executor import (
    code,
    configured,
    early,
    external,
    last_words,
    layers,
    network,
    streams,
    subscription,
    wrapper,
)
from localstack_dockerless.executor.environment import Environment, NotBegun, Stopped
from localstack_dockerless.executor.hot_reload import Fingerprint, fingerprint
from localstack_dockerless.executor.network import Network, Surroundings
from localstack_dockerless.executor.result import Figures, Rest
from localstack_dockerless.executor.runtime_api import Invocation
from localstack_dockerless.executor.updates import is_superseded
from localstack_dockerless.executor.variables import function_environment
from localstack_dockerless.services.xray.daemon import DAEMON
from localstack_dockerless.services.xray.segments import Trace

HOST = "127.0.0.1"
"""Where functions find the emulator, in networks of their own."""

_retired: WeakSet[Environment] = WeakSet()
_stopped: WeakSet[ProcessExecutor] = WeakSet()
"""Whose extensions may not have ended yet."""

_creating = threading.Lock()


def _box(spec: sandbox.Spec) -> sandbox.Box:
    """The first one finds out what the machine offers, and must not do so twice at a time."""
    with _creating:
        return sandbox.create(spec)


def _record(trace: Trace, answer: early.Answer, begun: float) -> None:
    """Records an invocation's part of a trace once it is over; the answer has just been given."""
    answered = time.time()

    def over(_log: str, figures: Figures | None) -> None:
        ended = time.time() if answer.result.rest else answered
        if figures:  # else the environment was stopped, and a reset may have forgotten the account
            trace.end(begun, answered, ended, figures.runtime, figures.init, failed=answer.is_error)

    early.when_over(answer, over)


class ProcessExecutor(RuntimeExecutor):
    """One execution environment as LocalStack sees it."""

    further_mounts: ClassVar[list[Callable[[FunctionVersion], Iterable[sandbox.Mount]]]] = []
    """Asked for every new environment what it mounts beside what its runtime does; what they raise ends the start."""

    surroundings: ClassVar[Surroundings | None] = None
    """What is put into the network of every new environment."""

    def __init__(self, id: str, function_version: FunctionVersion) -> None:  # noqa: A002 - LocalStack's name
        super().__init__(id, function_version)
        self.client_context: str | None = None
        self.trace: Trace | None = None
        self._environment: Environment | None = None
        self._network: Network | None = None
        self._log = ""
        self._seen: Fingerprint | None = None
        self._place = ("", "")
        self.rest: Rest | None = None

    def start(self, env_vars: dict[str, str]) -> None:
        """INIT.

        Raises:
            StatusErrorException: It failed, and provisioned concurrency has to know. On demand the next invocation
                repeats it and reports the failure, with its log.
            NotBegun: See there.
        """
        provisioned = env_vars.get("AWS_LAMBDA_INITIALIZATION_TYPE") == InitializationType.provisioned_concurrency
        runtime = configured.runtime(self._config)
        if self._package.is_hot_reloading():
            self._seen = fingerprint(self._package.get_unzipped_code_location())
        self._place = env_vars["AWS_LAMBDA_LOG_GROUP_NAME"], env_vars["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._environment = self._create(runtime, env_vars, provisioned=provisioned)
        self._look_around()
        try:
            problem = self._environment.initialize()
        except Stopped as stopped:
            raise NotBegun("The execution environment was stopped while it started.") from stopped
        if problem and provisioned:
            raise StatusErrorException("Environment startup failed", payload=problem.body)

    def stop(self) -> None:
        """SHUTDOWN: at once, unless the function was updated; then a running invocation may finish, as on Lambda."""
        if self._environment is None:
            return
        _stopped.add(self)
        if is_superseded(self.function_version):
            _retired.add(self._environment)
            self._environment.retire()
        else:
            self._environment.stop()

    @classmethod
    def stop_retired(cls) -> None:
        """Ends what still runs on the old code of updated functions."""
        for environment in list(_retired):
            environment.stop()

    @classmethod
    def stop_at_once(cls, account: str | None) -> None:
        """Leaves extensions that are still shutting down no more time, and their last words unheard.

        Args:
            account: Whose; None for all.
        """
        for executor in list(_stopped):
            if account in (None, executor.function_version.id.account):
                _stopped.discard(executor)
                if executor._environment:
                    executor._environment.stop()

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        """INVOKE.

        Raises:
            Stopped: The environment was stopped meanwhile; the caller gets a service error and may try again.
        """
        assert self._environment is not None  # noqa: S101 - LocalStack starts before it invokes
        invocation = Invocation(
            request_id=payload["invoke-id"],
            body=payload["payload"].encode(),
            invoked_arn=payload["invoked-function-arn"],
            trace_id=self.trace.header if self.trace else payload["trace-id"],
            deadline=time.time() + self._config.timeout,
            client_context=self.client_context,
            stream=streams.current(),
        )
        if invocation.stream:
            invocation.stream.version = self.function_version.id.qualifier
        self._look_around()
        self._renew_if_changed(self._environment)
        begun = time.time()
        result = self._environment.invoke(invocation)
        self._log = result.log
        self.rest = result.rest
        answer = early.Answer(invocation.request_id, result)
        if self.trace:
            _record(self.trace, answer, begun)
        return answer

    def get_address(self) -> str:
        """Asked for by LocalStack for containers only."""
        return HOST

    def get_endpoint_from_executor(self) -> str:
        """Where the function finds LocalStack."""
        return HOST

    def get_runtime_endpoint(self) -> str:
        """LocalStack's own call-back, which this executor has no use for."""
        return f"http://{HOST}"

    def get_logs(self) -> str:
        """The log of the last invocation."""
        return self._log

    @classmethod
    def check(cls, function_version: FunctionVersion) -> None:
        """Whether such a function can run here.

        Raises:
            RuntimeUnavailable: It cannot; the message says why.
        """
        image: Any = function_version.config.image
        if image:
            image.check(function_version)
        configured.runtime(function_version.config)

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        """Unpacks code and layers."""
        if function_version.config.code:
            function_version.config.code.prepare_for_execution()
        layers.prepare(function_version)

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """Gives back an image; code belongs to LocalStack, layers may serve other functions."""
        image: Any = function_version.config.image
        if image:
            image.release(function_version)

    def _renew_if_changed(self, environment: Environment) -> None:
        """Code that is hot reloaded is loaded anew after a change."""
        if not self._package.is_hot_reloading():
            return
        now = fingerprint(self._package.get_unzipped_code_location())
        if self._seen not in (None, now):
            environment.renew()
        self._seen = now

    def _create(self, runtime: runtimes.Runtime, env_vars: Mapping[str, object], *, provisioned: bool) -> Environment:
        package = self._package
        code.use(package)
        ended = contextlib.ExitStack()
        ended.callback(code.release, package)

        def box(runtime_api: str) -> sandbox.Box:
            return _box(self._spec(runtime, env_vars, runtime_api))

        try:
            if not package.get_unzipped_code_location().exists():
                raise NotBegun("The function was updated or deleted meanwhile.")
            self._network = self._connect(ended)
            return Environment(
                configured.settings(self.function_version, runtime, self._place[1], provisioned=provisioned),
                box,
                lambda printed: self._closed(ended, printed),
                self._network,
            )
        except BaseException:
            ended.close()
            raise

    def _connect(self, ended: contextlib.ExitStack) -> Network:
        connected = network.connect()
        ended.callback(connected.close)
        if connected.xray:
            ended.callback(DAEMON.open(connected.xray, self.function_version))
        if self.surroundings:
            ended.callback(self.surroundings.serve(self.function_version, connected))
        return connected

    def _look_around(self) -> None:
        """Finds what there is to reach now."""
        around, connected = self.surroundings, self._network
        if around and connected and connected.seen != around.version:
            around.refresh(self.function_version, connected)

    def _closed(self, ended: contextlib.ExitStack, printed: str) -> None:
        ended.close()
        if self in _stopped and printed:
            last_words.write(self.function_version, *self._place, printed)
        _stopped.discard(self)

    @property
    def _config(self) -> Any:
        return self.function_version.config

    @property
    def _package(self) -> Any:
        return self._config.code or self._config.image

    def _spec(self, runtime: runtimes.Runtime, env_vars: Mapping[str, object], runtime_api: str) -> sandbox.Spec:
        config = self._config
        own = config.environment or {}
        connected = self._network
        environment = function_environment(
            env_vars,
            own,
            of_runtime=runtime.environment,
            runtime_api=runtime_api,
            endpoint=connected.endpoint if connected else "",
            proxy=connected.endpoint if connected and config.vpc_config and not connected.namespace else "",
        )
        return sandbox.Spec(
            identifier=self.id,
            command=runtime.command if config.image else wrapper.command(runtime.command, config.runtime, own),
            environment=environment,
            code=Path(self._package.get_unzipped_code_location()),
            layers=layers.directories(self.function_version),
            root=config.image.root(config.image_config) if config.image else None,
            mounts=(*runtime.mounts, *(mount for ask in self.further_mounts for mount in ask(self.function_version))),
            memory_mb=config.memory_size,
            ephemeral_mb=config.ephemeral_storage.size,
            directory=Path(tempfile.gettempdir()) / "environments" / self.id,
            names=dict.fromkeys(subscription.HOSTS, runtime_api.partition(":")[0]),
            network=connected.namespace if connected else None,
            several=bool(external.find(configured.opt(self.function_version))),
        )
