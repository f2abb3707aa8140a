"""``python -m alignspec`` is the command ``alignspec``."""

from alignspec.command import main

if __name__ == "__main__":
    main()
