"""`python -m sandbox`: the demo on this machine, with the bot as its child unless told otherwise."""

import sys


def main() -> int:
    """Run; the exit status. Ctrl-C ends it at any moment, also while it still loads, without a traceback."""
    try:
        from sandbox.command import start

        return start(sys.argv[1:])
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
