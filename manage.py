#!/usr/bin/env python
"""Django's command line."""

import os
import sys

#: Matrices are small here: more threads of BLAS wait for each other, and took half of the processor (measured on live streams).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
