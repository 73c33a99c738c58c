#!/bin/sh
# A program that cannot start.
exit 3
