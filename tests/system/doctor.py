"""Asking the doctor, for tests."""

import json

from conftest import wait_for


def examine(inspector, *options):
    return json.loads(inspector.text("doctor", "json", *options))


def found(inspector, code, *options):
    """The diagnoses of that code."""
    return [d for d in examine(inspector, *options)["diagnoses"] if d["code"] == code]


def wait_until_found(inspector, code, *options):
    return wait_for(lambda: found(inspector, code, *options), "the doctor to find " + code)


def lines(diagnosis, program):
    return [cure["line"] for cure in diagnosis["cures"] if cure["program"] == program]


def programs(diagnosis):
    return {cure["program"] for cure in diagnosis["cures"]}
