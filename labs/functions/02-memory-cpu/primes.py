"""Computes all the time: counts the primes below a number, by trial."""

from math import isqrt


def is_prime(number):
    return number > 1 and all(
        number % divisor for divisor in range(2, isqrt(number) + 1)
    )


def handler(event, context):
    return {"primes": sum(map(is_prime, range(event["work"])))}
