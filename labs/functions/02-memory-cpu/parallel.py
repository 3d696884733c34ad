"""Counts primes in two processes at once.

Lambda has no shared memory for semaphores, so `multiprocessing.Pool` and `Queue` do not work there; a `Process` with a `Pipe` does.
"""

from multiprocessing import Pipe, Process

from primes import is_prime


def count(numbers, answer):
    answer.send(sum(map(is_prime, numbers)))


def handler(event, context):
    parts = [
        [
            number
            for number in range(event["work"])
            if number // 2 % 2 == half
        ]
        for half in (0, 1)
    ]
    pipes = [Pipe(duplex=False) for _ in parts]
    processes = [
        Process(target=count, args=(part, sender))
        for part, (_, sender) in zip(parts, pipes, strict=True)
    ]
    for process, (_, sender) in zip(processes, pipes, strict=True):
        process.start()
        sender.close()  # only the child holds it now: if the child dies, recv() ends instead of waiting for ever
    primes = sum(receiver.recv() for receiver, _ in pipes)
    for process in processes:
        process.join()
    return {"primes": primes}
